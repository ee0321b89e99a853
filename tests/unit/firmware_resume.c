// SPDX-License-Identifier: Apache-2.0
/*
 * The core restarts in the midst of the tier's work, at any of its accesses to vault and flash or
 * some instructions behind it, or beside it at an access to the mailbox, and again while it finds
 * out anew what is in flash: everything that is asked is answered, every page reads as it was put,
 * what a SYNC completed is there when power was away, what was flushed before it is not, and no
 * room is lost.
 *
 * PAMCARD_SEED names a run; PAMCARD_LONG=1 draws many.
 */
#include "firmware_resume_core.h"
#include "tap.h"

#define SLOTS   4u /* of pools; 0 is not durable */
#define OBJECTS 3u
#define INDICES 40u
#define KEYS    (OBJECTS * INDICES)
#define PAST    64u
#define PLAIN   500u /* contents that the mailbox does not give out */
#define DATA    (MAILBOX_BASE + 4 * 4096)

struct past {
	uint64_t version[PAST]; /* since the last sync, its own first; 0: absent */
	unsigned int count;
};

static struct {
	bool exists;
	uint32_t place; /* in the firmware's table */
	uint64_t limit;
	struct past past[KEYS];
} slots[SLOTS];

static void rest(void)
{
	unsigned int idle = 0;

	may_crash = false;
	crash_in = hal.crash_in = 0;
	for (unsigned int n = 0; idle < 3 && n < 20000; n++) {
		idle = step() ? 0 : idle + 1;
	}
	if (idle < 3) {
		wrong("it does not come to rest");
	}
	if (tier_now()->still || !tier_now()->ready) {
		wrong("it stands still");
	}
	may_crash = true;
}

/* ---------------------------------------------------------------- the data path */

static struct fw_pool *pool_of(unsigned int slot)
{
	return &hal.fw.pools[slots[slot].place];
}

static struct hal_tier_record handle(unsigned int slot, unsigned int key)
{
	return (struct hal_tier_record){
	    .object = {1 + key / INDICES, 2, 3},
	    .index = key % INDICES,
	    .contents = slot ? pool_of(slot)->contents : PLAIN,
	    .durable = slot != 0,
	};
}

static uint32_t some_bytes(void)
{
	return below(50) == 0 ? 20000 + (uint32_t)below(TIER_RECORD_MOST - 20000)
			      : 100 + (uint32_t)below(4000);
}

static void remember(unsigned int slot, unsigned int key, uint64_t version)
{
	struct past *past = &slots[slot].past[key];

	if (past->count == PAST) {
		abort();
	}
	past->version[past->count++] = version;
}

static void drop_past(unsigned int slot)
{
	for (unsigned int key = 0; key < KEYS; key++) {
		struct hal_tier_record like = handle(slot, key);
		const struct page *page = find_page(&like);

		slots[slot].past[key].count = 0;
		remember(slot, key, page ? page->record.version : 0);
	}
}

/* Puts of others go on while something is waited for. */
static void meanwhile(unsigned int but)
{
	struct hal_tier_record like;
	unsigned int key = (unsigned int)below(KEYS);

	if (key == but || below(16)) {
		return;
	}
	like = handle(0, key);
	like.bytes = 100 + (uint32_t)below(2000);
	if (vault.free_units > UNITS / 8) {
		page_comes(&like);
	}
}

static enum hal_tier_answer ask_once(enum hal_tier_ask what, const struct hal_tier_record *about,
				     unsigned int key)
{
	vault.request = (struct hal_tier_request){.ask = what, .record = *about, .to = read_to};
	vault.taken = false;
	vault.asked = true;
	for (unsigned int n = 0; vault.asked && n < 20000; n++) {
		step();
		meanwhile(key);
	}
	if (vault.asked) {
		wrong("it is not answered");
		vault.asked = false;
	}
	return vault.answer;
}

static enum hal_tier_answer ask(enum hal_tier_ask what, const struct hal_tier_record *about,
				unsigned int key)
{
	enum hal_tier_answer told = ask_once(what, about, key);

	while (what == HAL_TIER_SYNC && told == HAL_TIER_AGAIN) {
		told = ask_once(HAL_TIER_SYNC_ON, about, key);
	}
	return told;
}

static void sync_pool(unsigned int slot);

static void put(unsigned int slot, unsigned int key)
{
	struct hal_tier_record like;
	uint64_t version;

	if (slot && slots[slot].past[key].count > PAST - 4) {
		sync_pool(slot);
	}
	like = handle(slot, key);
	like.bytes = some_bytes();
	if (slot) {
		if (!is_granted(like.bytes) &&
		    ask(HAL_TIER_DURABLE_ROOM, &like, KEYS) != HAL_TIER_DONE) {
			wrong("no room for what is durable");
			return;
		}
	}
	while (vault.free_units < 2400) {
		if (ask(HAL_TIER_ROOM, &like, KEYS) != HAL_TIER_DONE) {
			return;
		}
	}
	version = page_comes(&like)->record.version;
	if (slot) {
		remember(slot, key, version);
	}
}

static void get(unsigned int slot, unsigned int key)
{
	struct hal_tier_record like = handle(slot, key);
	enum hal_tier_answer answer = HAL_TIER_AGAIN;
	const struct page *page;

	for (unsigned int n = 0; n < 100 && answer == HAL_TIER_AGAIN; n++) {
		page = find_page(&like);
		if (!page || !(page->record.place & FL_FLASH)) {
			return;
		}
		memset(read_to, 0, sizeof(read_to));
		answer = ask(HAL_TIER_READ, &page->record, key);
	}
	reads++;
	page = find_page(&like); /* it may be in DRAM by now */
	if (answer != HAL_TIER_DONE || !page || !filled(page, read_to)) {
		wrong("a page in flash cannot be read as it was put");
	}
}

static void goes(unsigned int slot, unsigned int key)
{
	struct hal_tier_record like = handle(slot, key);
	struct page *page = find_page(&like);

	if (page) {
		page_goes(page);
	}
}

static void flush(unsigned int slot, unsigned int key)
{
	struct hal_tier_record like = handle(slot, key);

	if (slot && !find_page(&like)) {
		return;
	}
	if (slot) {
		if (slots[slot].past[key].count > PAST - 4) {
			sync_pool(slot);
		}
		remember(slot, key, 0);
		if (ask(HAL_TIER_FLUSH_PAGE, &like, KEYS) != HAL_TIER_DONE) {
			wrong("a flush fails");
		}
	}
	goes(slot, key);
}

static void flush_object(unsigned int slot, unsigned int object)
{
	struct hal_tier_record like = handle(slot, object * INDICES);

	sync_pool(slot);
	for (unsigned int key = object * INDICES; key < (object + 1) * INDICES; key++) {
		remember(slot, key, 0);
	}
	if (ask(HAL_TIER_FLUSH_OBJECT, &like, KEYS) != HAL_TIER_DONE) {
		wrong("a flush of an object fails");
	}
	for (unsigned int key = object * INDICES; key < (object + 1) * INDICES; key++) {
		goes(slot, key);
	}
}

static void sync_pool(unsigned int slot)
{
	struct hal_tier_record like = handle(slot, 0);

	if (ask(HAL_TIER_SYNC, &like, KEYS) != HAL_TIER_DONE) {
		wrong("a sync fails");
	}
	syncs++;
	drop_past(slot);
}

/* ---------------------------------------------------------------- pools */

/* Steps that are cut off the firmware does again. */
static struct mailbox_done admin(const struct pamc_admin_sqe *sqe)
{
	const struct mailbox_done *done = NULL;
	uint16_t cid;

	hal.entered = hal.taken = hal.done_count = 0;
	cid = mailbox_submit(&hal, sqe);
	for (unsigned int n = 0; n < 20000 && (!done || fw_due(&hal.fw)); n++) {
		step();
		done = mailbox_find(&hal, cid);
	}
	if (!done || done->status != PAMC_STATUS_SUCCESS) {
		wrong("a command about a pool fails");
		return (struct mailbox_done){.status = PAMC_STATUS_INTERNAL};
	}
	return *done;
}

static void create(unsigned int slot)
{
	struct pamc_admin_sqe sqe = {.opcode = PAMC_ADMIN_POOL_CREATE,
				     .addr = DATA,
				     .length = sizeof(struct pamc_pool_info)};
	struct pamc_pool_info info = {.type = PAMC_POOL_TYPE_PERSISTENT,
				      .flags = PAMC_POOL_DURABLE,
				      .limit = 10 + below(1000),
				      .name = {(uint8_t)('a' + slot)}};

	memcpy(mailbox_at(&hal, DATA), &info, sizeof(info));
	slots[slot].limit = info.limit;
	slots[slot].place = admin(&sqe).result % FW_POOLS;
	slots[slot].exists = true;
	drop_past(slot);
}

static void all_go(unsigned int slot, uint32_t contents)
{
	for (unsigned int key = 0; key < KEYS; key++) {
		struct hal_tier_record like = handle(slot, key);
		struct page *page;

		like.contents = contents;
		page = find_page(&like);
		if (page) {
			page_goes(page);
		}
	}
}

static void destroy(unsigned int slot)
{
	struct pamc_admin_sqe sqe = {.opcode = PAMC_ADMIN_POOL_DESTROY, .id = pool_of(slot)->id};
	uint32_t contents = pool_of(slot)->contents;

	admin(&sqe);
	all_go(slot, contents);
	slots[slot].exists = false;
}

static void flush_pool(unsigned int slot)
{
	struct pamc_admin_sqe sqe = {.opcode = PAMC_ADMIN_POOL_FLUSH, .id = pool_of(slot)->id};
	uint32_t contents = pool_of(slot)->contents;

	sync_pool(slot);
	for (unsigned int key = 0; key < KEYS; key++) {
		remember(slot, key, 0);
	}
	hal.contents[contents].pages = 1;
	admin(&sqe);
	if (pool_of(slot)->contents == contents) {
		wrong("a pool is not flushed");
	}
	all_go(slot, contents);
}

/* Flash has it with the next sync. */
static void set_pool(unsigned int slot)
{
	struct pamc_admin_sqe sqe = {.opcode = PAMC_ADMIN_POOL_SET, .id = pool_of(slot)->id};

	slots[slot].limit = 10 + below(1000);
	sqe.p.pool_set.what = PAMC_POOL_SET_LIMIT;
	sqe.p.pool_set.limit = slots[slot].limit;
	admin(&sqe);
	sync_pool(slot);
}

/* ---------------------------------------------------------------- power */

static bool power_on(void)
{
	memset(&vault, 0, sizeof(vault));
	memset(&hal, 0, sizeof(hal));
	vault.clock = 1;
	vault.free_units = UNITS;
	mailbox_open(&hal);
	hal.crash = &crash;
	watched = tier_ops;
	watched.run = run_inside;
	watched.notices = notices;
	watched.reserve = reserve;
	watched.pool_create = pool_create;
	watched.pool_flush = pool_flush;
	watched.pool_set = pool_set;
	watched.pool_destroy = pool_destroy;
	hal.fw.platform.journal = true;
	hal.fw.platform.tier = &watched;
	hal.fw.platform.tier_state = tier_init(memory, &geometry, &flash);
	return tier_ops.start(&hal.fw) && mailbox_enable(&hal);
}

static bool find_pools(void)
{
	unsigned int found = 0, there = 0;

	for (unsigned int place = 1; place < FW_POOLS; place++) {
		const struct fw_pool *pool = &hal.fw.pools[place];
		unsigned int slot = pool->name[0] - 'a';

		if (!pool->id) {
			continue;
		}
		TAP_CHECK(slot > 0 && slot < SLOTS && slots[slot].exists, "a pool that is none");
		TAP_EQUAL(pool->limit, slots[slot].limit);
		slots[slot].place = place;
		found++;
	}
	for (unsigned int slot = 1; slot < SLOTS; slot++) {
		there += slots[slot].exists;
	}
	TAP_EQUAL(found, there);
	return true;
}

static bool find_pages(void)
{
	unsigned int count = 0;

	for (unsigned int slot = 1; slot < SLOTS; slot++) {
		for (unsigned int key = 0; slots[slot].exists && key < KEYS; key++) {
			struct hal_tier_record like = handle(slot, key);
			const struct past *past = &slots[slot].past[key];
			const struct page *page = find_page(&like);
			uint64_t version = page ? page->record.version : 0;
			bool good = false;

			for (unsigned int n = 0; n < past->count; n++) {
				good |= past->version[n] == version;
			}
			count += page != NULL;
			TAP_CHECK(good, "pool %u page %u: version %#llx, not %#llx ... %#llx (%u)",
				  slot, key, (unsigned long long)version,
				  (unsigned long long)past->version[0],
				  (unsigned long long)past->version[past->count - 1], past->count);
		}
	}
	TAP_EQUAL(vault.in_flash, count);
	return true;
}

/* Power goes while it finds out, or soon after. */
static void cut_within(void)
{
	may_crash = false;
	inside = true;
	restarted();
	nand_cut_at(flash.nand, nand_figures(flash.nand).operations + below(150),
		    (enum nand_cut)below(3));
	for (unsigned int n = 0; n < 2000 && !nand_is_off(flash.nand); n++) {
		step();
		meanwhile(KEYS);
	}
}

static bool cut(void)
{
	cuts++;
	nand_cut_now(flash.nand);
	nand_power_on(flash.nand);
	TAP_CHECK(power_on(), "no start");
	if (!find_pools() || !find_pages()) {
		return false;
	}
	for (unsigned int slot = 1; slot < SLOTS; slot++) {
		if (slots[slot].exists) {
			drop_past(slot);
		}
	}
	return true;
}

/* ---------------------------------------------------------------- a run */

static bool read_all(void)
{
	struct fl_figures figures;
	uint64_t units = 0;
	const char *what;

	rest();
	may_crash = false;
	crash_in = hal.crash_in = 0;
	for (unsigned int slot = 0; slot < SLOTS; slot++) {
		for (unsigned int key = 0; (!slot || slots[slot].exists) && key < KEYS; key++) {
			get(slot, key);
		}
	}
	rest();
	TAP_CHECK(!vault.wrong, "%s", vault.wrong);
	tier_ops.notices(&hal.fw);
	what = fl_check(tier_now()->fl);
	TAP_CHECK(!what, "%s", what);
	for (unsigned int i = 0; i < PAGES; i++) {
		if (vault.pages[i].used && (vault.pages[i].record.place & FL_FLASH)) {
			units += (vault.pages[i].record.bytes + FL_UNIT_BYTES - 1) / FL_UNIT_BYTES;
		}
	}
	fl_get_figures(tier_now()->fl, &figures);
	TAP_EQUAL(figures.valid_units, units);
	may_crash = true;
	return true;
}

static void something(void)
{
	unsigned int slot = (unsigned int)below(SLOTS), key = (unsigned int)below(KEYS);
	unsigned int what = (unsigned int)below(100);

	if (slot && !slots[slot].exists) {
		if (below(8) == 0) {
			create(slot);
		}
		return;
	}
	if (what < 50) {
		put(slot, key);
	} else if (what < 75) {
		get(slot, key);
	} else if (what < 85) {
		flush(slot, key);
	} else if (what < 87 && slot) {
		flush_object(slot, key / INDICES);
	} else if (what < 92 && slot) {
		sync_pool(slot);
	} else if (what == 92 && slot) {
		flush_pool(slot);
	} else if (what == 93 && slot) {
		destroy(slot);
	} else if (what < 96 && slot) {
		set_pool(slot);
	} else {
		for (unsigned int n = 0; n < 20; n++) {
			step();
		}
	}
}

static bool run(unsigned int operations, bool power)
{
	struct nand_config config = nand_config_small(tap_random(random_of));

	config.channels = geometry.dies;
	config.dies = 1;
	config.planes = 1;
	config.blocks = geometry.blocks;
	config.pages = geometry.pages;
	config.page_bytes = geometry.page_bytes;
	config.factory_bad = 0;
	if (flash.nand) {
		nand_destroy(flash.nand);
	}
	flash.nand = nand_create(&config);
	memset(slots, 0, sizeof(slots));
	may_crash = false;
	crash_in = hal.crash_in = 0;
	TAP_CHECK(power_on(), "no card");
	create(1);
	create(2);
	may_crash = true;
	for (unsigned int n = 0; n < operations && !vault.wrong; n++) {
		if (crash_in == 0) {
			arm();
		}
		something();
		if (power && below(operations / 4) == 0) {
			TAP_CHECK(read_all(), "operation %u", n);
			may_crash = false;
			for (unsigned int slot = 1; slot < SLOTS && below(3); slot++) {
				if (slots[slot].exists) {
					sync_pool(slot);
				}
			}
			if (below(2)) {
				cut_within();
			}
			TAP_CHECK(cut(), "operation %u", n);
			may_crash = true;
		}
	}
	TAP_CHECK(!vault.wrong, "%s", vault.wrong);
	TAP_CHECK(!hal.broken && !hal.panics, "%s", hal.broken ? hal.broken : hal.panic);
	return read_all();
}

static bool runs(struct tap *tap, unsigned int count, unsigned int operations, bool power)
{
	bool one = getenv("PAMCARD_RUN");

	random_of = tap;
	restarts = again = beside = reads = syncs = cuts = left = collected = given_up = 0;
	for (unsigned int n = 0; n < count; n++) {
		uint64_t seed = one ? strtoull(getenv("PAMCARD_RUN"), NULL, 0) : tap_random(tap);
		uint64_t state = tap->random;

		tap->random = seed;
		TAP_CHECK(run(operations, power), "PAMCARD_RUN=%#llx", (unsigned long long)seed);
		tap->random = state;
		if (one) {
			break;
		}
	}
	printf("# %llu restarts, %llu of them beside the tier, %llu while it found out; %llu reads "
	       "from flash, %llu "
	       "syncs, %llu losses of power, %llu blocks collected, %llu records were leaving\n",
	       (unsigned long long)restarts, (unsigned long long)beside, (unsigned long long)again,
	       (unsigned long long)reads, (unsigned long long)syncs, (unsigned long long)cuts,
	       (unsigned long long)collected, (unsigned long long)left);
	TAP_CHECK(one || restarts > count, "there were hardly any restarts");
	TAP_CHECK(one || given_up > count, "what was being lost was gone on with");
	return true;
}

TAP_CASE(under_load)
{
	return runs(tap, getenv("PAMCARD_LONG") ? 1000 : 6, 2000, false);
}

TAP_CASE(and_power)
{
	return runs(tap, getenv("PAMCARD_LONG") ? 1000 : 6, 2000, true);
}

/* Flash that does not answer any more: nothing is waited for without end. */
TAP_CASE(no_flash)
{
	struct hal_tier_record like;
	struct fw_tier_figures figures;

	random_of = tap;
	TAP_CHECK(run(50, false), "no run");
	may_crash = false;
	like = handle(1, 1);
	like.bytes = 1000;
	page_comes(&like);
	inside = true;
	restarted();
	tier_ops.figures(&hal.fw, &figures);
	TAP_CHECK(!figures.broken, "flash is said to be broken before that is known");
	nand_cut_now(flash.nand);
	TAP_EQUAL(ask(HAL_TIER_SYNC, &like, KEYS), HAL_TIER_FAILED);
	TAP_CHECK(tier_now()->still, "it goes on");
	TAP_EQUAL(ask(HAL_TIER_DURABLE_ROOM, &like, KEYS), HAL_TIER_FAILED);
	tier_ops.figures(&hal.fw, &figures);
	TAP_CHECK(figures.broken, "it is not told");
	TAP_CHECK(!tier_ops.settle(&hal.fw), "settled without flash");
	TAP_CHECK(!tier_resume(memory, &geometry, &hal.fw, &flash), "it goes on from nothing");
	return true;
}

int main(void)
{
	struct tap tap;

	memory = aligned_alloc(64, (tier_bytes(&geometry) + 63) / 64 * 64);
	tap_begin(&tap);
	tap_run(&tap, "restarts in the midst of the tier's work", under_load);
	tap_run(&tap, "and losses of power after them", and_power);
	tap_run(&tap, "without flash it stands still", no_flash);
	nand_destroy(flash.nand);
	free(memory);
	return tap_done(&tap);
}
