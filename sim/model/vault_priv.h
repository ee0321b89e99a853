/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the vault's files share: its state, and how contents, objects and pages hang
 * together.
 *
 * A pool holds *contents*. Flushing or destroying the pool only takes its
 * contents away and gives it new ones (or none): the old ones are then dead, and
 * the sweep over the index finds their pages bit by bit. In the same way
 * flush_object takes the object's record out of the index and marks it dead.
 *
 * An object record lives in the store like a page; the unit it is at is the
 * object's number. It exists as long as pages have that number, dead ones
 * included, so a number is never used anew while an old page has it.
 *
 * What persistent pools may take is settled by commitments: each has the larger
 * of what its reserve takes at worst and of what it holds, and the sum never
 * exceeds what there is. Ephemeral and dead pages commit nothing: they give way.
 */
#ifndef VAULT_PRIV_H
#define VAULT_PRIV_H

#include "codec.h"
#include "hash.h"
#include "index.h"
#include "pamc_if.h"
#include "record.h"
#include "store.h"
#include "vault.h"
#include "vault_layout.h"
#include "vault_tier.h"

/* Card DRAM for each bucket of the index; may be set for tools/bench/capacity. */
#ifndef VAULT_DRAM_PER_BUCKET
#define VAULT_DRAM_PER_BUCKET 6144u
#endif

/* Share of the slots that are filled at most: nothing has been seen to fail below. */
#define VAULT_SLOT_LIMIT(slots) ((slots) / 16 * 15)
#define VAULT_NO_OBJECT         STORE_NOWHERE

/* Sums over pages; blocks for same and raw. */
struct vault_sums {
	uint64_t pages;
	uint64_t units;
	uint64_t stored;
	uint64_t same;
	uint64_t raw;
};

/* In card DRAM, one allocation of the shortest run. */
struct vault_object {
	uint64_t id[3];
	uint16_t contents;
	uint16_t dead;
	uint32_t pages;
	uint32_t units; /* of its pages */
	uint32_t same;
	uint32_t raw;
	uint32_t record_units; /* of this record */
	uint64_t stored;
};

/* What a pool holds; see above. */
struct vault_contents {
	bool in_use;
	bool dead;
	bool durable;
	uint8_t type;
	uint8_t order;
	uint16_t number;
	struct vault_sums sums; /* units: objects' records included */
	uint64_t slots;         /* of the index */
	uint64_t records;       /* pages and objects that name these contents, dead ones included */
	uint64_t reserve_units;
	uint64_t reserve_slots;
	uint64_t reserve_flash;
	bool reserve_durable; /* there is such a reserve, and the pages must be in flash */
	uint32_t oldest;      /* ephemeral, or with flash: the list's ends, or STORE_NOWHERE */
	uint32_t newest;
	uint64_t oldest_age;
	uint64_t limit; /* pages; 0: none */
	uint64_t counts[VAULT_COUNTS];
};

struct vault {
	/* What lasts when it starts anew (vault_init). */
	uint8_t *dram;
	uint64_t dram_bytes;
	struct codec *codec;
	uint64_t totals[VAULT_COUNTS];
	uint64_t index_full; /* inserts that found no place */
	unsigned int most_extents;
	struct store_extent *extent_list; /* scratch */
	uint64_t flash_bytes;             /* 0: no flash */
	void (*dropped)(void *context, uint64_t place, uint32_t bytes);
	void *dropped_context;

	/* What does not, down to stream. */
	struct store store;
	struct index index;
	uint64_t index_bytes;
	uint64_t map_bytes;
	uint64_t slot_limit;
	struct hash_key page_key;
	struct hash_key object_key;
	/* The object found last: most pages come from the same as the one before. */
	uint64_t *recent_slot;
	uint64_t recent_entry;

	struct vault_contents contents[VAULT_CONTENTS];
	unsigned int contents_top; /* none at or above it was ever in use */
	uint64_t committed_units;
	uint64_t committed_slots;
	unsigned int reserves;  /* contents that have one */
	uint64_t flash_promise; /* of flash, what can be promised */

	struct vault_sums dead_objects; /* pages of flushed objects in contents that live */
	uint64_t dead_pages;            /* all that the sweep can find */
	uint64_t extents;
	uint64_t objects;
	uint64_t age; /* of the latest page in a list: its version */
	uint32_t sweep_step;
	uint32_t held; /* object that must stay although it has no page */
	uint64_t flash_pages;
	uint64_t durable_bytes; /* of durable records in DRAM, as in flash */
	bool short_of_room;     /* a put failed for want of memory */
	/* A walk over the index for a part of flash that is lost; lose_steps of it are done. */
	bool loses;
	uint64_t lose_at;
	uint64_t lose_end;
	uint32_t lose_steps;

	/* Scratch. */
	uint8_t stream[RECORD_STREAM_MOST];   /* encoded */
	uint8_t gathered[RECORD_STREAM_MOST]; /* read from several extents */
};

static inline struct vault_object *vault_object_at(const struct vault *vault, uint32_t object)
{
	return store_at(&vault->store, object);
}

static inline void vault_count(struct vault *vault, struct vault_contents *contents,
			       enum vault_count what, uint64_t by)
{
	contents->counts[what] += by;
	vault->totals[what] += by;
}

/* -- contents (vault_contents.c) -- */

/* Books units and slots to (or off) contents and their commitment. */
void vault_charge(struct vault *vault, struct vault_contents *contents, int64_t units,
		  int64_t slots);

/* Dead contents that nothing names any more may be used anew. */
void vault_contents_settle(struct vault_contents *contents);

/* Do the commitments fit what there is? Without flash. */
bool vault_committed(const struct vault *vault);
/* Changes a reserve, whether it can be kept or not. */
void vault_reserve_slots(struct vault *vault, struct vault_contents *contents, uint64_t units,
			 uint64_t slots);

/* -- objects (vault_object.c) -- */

/* VAULT_NO_OBJECT: there is none. */
uint32_t vault_object_find(struct vault *vault, const struct vault_contents *contents,
			   const uint64_t id[3]);
/* VAULT_NO_OBJECT: no room for it. May evict. */
uint32_t vault_object_create(struct vault *vault, struct vault_contents *contents,
			     const uint64_t id[3]);
/* Forgets a record that has no page and is not held. */
void vault_object_settle(struct vault *vault, uint32_t object);
bool vault_object_is_dead(const struct vault *vault, const struct vault_object *object);

/* -- pages (vault_page.c) -- */

struct index_key vault_page_key(const struct vault *vault, uint32_t object, uint64_t index);
/* NULL: absent. Good until the index changes. */
uint64_t *vault_page_find(struct vault *vault, uint32_t object, uint64_t index);

/* A page in the form in which it is stored. */
struct vault_encoded {
	struct record_page page; /* all but the object */
	const void *stream;
	size_t stream_bytes;
	uint32_t stored;
	uint32_t same;
	uint32_t raw;
};
/* blocks of data into vault->stream (or data itself). */
void vault_encode(struct vault *vault, const struct vault_contents *contents, const void *data,
		  struct vault_encoded *encoded);
/* False: damaged. data takes the whole page. */
bool vault_decode(struct vault *vault, uint64_t slot, void *data, struct vault_page *page);
/* What a record is, without decoding it. */
void vault_describe(struct vault *vault, uint64_t slot, struct vault_page *page,
		    struct vault_sums *sums);
/* The same of a stream, which may be longer than it says; the bytes that are its own. */
size_t vault_describe_stream(const struct record_page *record, const uint8_t *stream, size_t bytes,
			     struct vault_page *page, struct vault_sums *sums);
/* As vault_decode, from a stream in one piece. */
bool vault_decode_stream(const struct record_page *record, const uint8_t *stream, size_t bytes,
			 void *data, struct vault_page *page, struct vault_sums *sums);

enum vault_place { VAULT_PLACED, VAULT_NO_ROOM, VAULT_PROMISED };
/*
 * Allocates for an encoded page into vault->extent_list and books it.
 * NO_ROOM: vault_make_room may help; PROMISED: what is free is others'.
 */
enum vault_place vault_place(struct vault *vault, struct vault_contents *contents,
			     const struct vault_encoded *encoded, unsigned int *count,
			     uint32_t *units);
/* Takes back what vault_place did. */
void vault_unplace(struct vault *vault, struct vault_contents *contents, unsigned int count,
		   uint32_t units);
/* Adds a page just written to the sums of its object and contents, and to the list. */
void vault_page_added(struct vault *vault, struct vault_contents *contents, uint32_t unit,
		      uint32_t units, const struct vault_encoded *encoded);
/* Frees the record a slot's content tells of, and takes it off all sums; not off the index. */
void vault_page_forget(struct vault *vault, uint64_t entry);
/* The same, and removes it from the index. */
void vault_page_remove(struct vault *vault, uint64_t *slot);

/* -- flash (vault_tier.c) -- */

/* index_insert; an entry that makes room for it is not missed by vault_tier_lose. */
bool vault_insert(struct vault *vault, struct index_key key, uint64_t entry);

static inline bool vault_is_stub(const struct record_page *record)
{
	return record->shape == RECORD_STUB_SHAPE;
}
/* Bytes in flash of a page with these sums. */
uint32_t vault_tier_bytes(const struct vault_contents *contents, const struct vault_sums *sums);
/* What a stub stands for. */
void vault_tier_describe(struct vault *vault, uint32_t unit, struct vault_page *page,
			 struct vault_sums *sums);
/* The page of this stub was replaced or flushed. */
void vault_tier_forgotten(struct vault *vault, uint32_t unit);
/* Puts it into the list that records go to flash from. */
bool vault_tier_takes(const struct vault *vault, const struct vault_contents *contents,
		      size_t record_bytes);

/* -- promises with flash (vault_promise.c) -- */

/* Would they be kept if contents, which were charged for it already, also had this page (NULL:
 * an object)? */
bool vault_promise_holds(const struct vault *vault, const struct vault_contents *contents,
			 const struct vault_encoded *encoded);

/* With flash or without: may contents have what they were charged for, a page or (NULL) an
 * object? */
static inline bool vault_admits(const struct vault *vault, const struct vault_contents *contents,
				const struct vault_encoded *encoded)
{
	return vault->flash_bytes ? vault_promise_holds(vault, contents, encoded)
				  : vault_committed(vault);
}

/* -- room (vault_reclaim.c) -- */

void vault_fifo_add(struct vault *vault, struct vault_contents *contents, uint32_t unit);
void vault_fifo_remove(struct vault *vault, struct vault_contents *contents, uint32_t unit);
/* Drops the oldest page of contents. False: it has none. */
bool vault_evict_from(struct vault *vault, struct vault_contents *contents);
/* Reclaims one dead page or else drops the oldest ephemeral one. False: neither is left. */
bool vault_make_room(struct vault *vault);
/* Reclaims what is dead in one step of the index; true: found something. */
bool vault_sweep_step(struct vault *vault);

#endif /* VAULT_PRIV_H */
