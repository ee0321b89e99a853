/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NAND flash without the chips: what the flash translation layer is tested on, and
 * later the flash behind the C model and the Verilated card. It keeps to the rules of
 * the parts (pages of a block in order, once after each erase), takes their time in
 * virtual nanoseconds, wears out, forgets, and loses power in the middle of things,
 * the same way for the same seed. The ECC is the hardware's: here it is its outcome.
 *
 * A die does one operation at a time: start, then poll until it is not NAND_BUSY.
 * Time stands still until nand_advance.
 */
#ifndef NAND_H
#define NAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct nand;

struct nand_config {
	uint32_t channels;
	uint32_t dies; /* a channel */
	uint32_t planes;
	uint32_t blocks; /* a die; block b is in plane b % planes, one operation a die */
	uint32_t pages;  /* a block */
	uint32_t page_bytes;
	uint32_t spare_bytes; /* for the ECC: they only take time on the bus */
	uint32_t codeword_bytes;
	uint32_t correctable; /* bits a codeword */

	uint32_t read_us; /* tR */
	uint32_t program_us;
	uint32_t erase_us;
	uint32_t bus_mb_s;

	uint32_t factory_bad; /* blocks of 1000 */
	uint32_t endurance;   /* erases from which on operations begin to fail; 0: never */

	/* Raw bit errors of a codeword, on average: base, and for each 1000 of these. */
	double bits;
	double bits_erases;
	double bits_reads; /* of the block since its erase */
	double bits_days;  /* since the page was programmed, times (1 + erases / 1000) */

	uint64_t seed;
};

enum nand_result {
	NAND_IDLE, /* nothing was started */
	NAND_BUSY,
	NAND_OK,
	NAND_FAILED,        /* a program or an erase: the block is worn out */
	NAND_UNCORRECTABLE, /* a read */
	NAND_MISUSE,        /* the caller broke a rule; stderr tells which */
	NAND_OFF,
};

/* When, as seen from one operation, power goes away. */
enum nand_cut { NAND_CUT_BEFORE, NAND_CUT_DURING, NAND_CUT_AFTER };

/* 4 MiB in 64 blocks on 4 dies, without errors: for tests. */
struct nand_config nand_config_small(uint64_t seed);
/* The shape and times of a 16 KiB-page TLC part in single-bit mode, as data sheets have them. */
struct nand_config nand_config_typical(uint64_t seed);

struct nand *nand_create(const struct nand_config *config);
void nand_destroy(struct nand *nand);
const struct nand_config *nand_config_of(const struct nand *nand);
uint32_t nand_dies(const struct nand *nand);

/* False: off, or the die is busy (which is misuse). Buffers are the caller's until the end. */
bool nand_read(struct nand *nand, uint32_t die, uint32_t block, uint32_t page, void *to);
/* Bytes [from, from + bytes) of it. to NULL: none. */
bool nand_read_part(struct nand *nand, uint32_t die, uint32_t block, uint32_t page, uint32_t from,
		    uint32_t bytes, void *to);
bool nand_program(struct nand *nand, uint32_t die, uint32_t block, uint32_t page, const void *from);
bool nand_erase(struct nand *nand, uint32_t die, uint32_t block);
/* Not BUSY: the operation is over and told of once. corrected: most bits of a codeword. */
enum nand_result nand_poll(struct nand *nand, uint32_t die, uint32_t *corrected);

/*
 * For one who has pins and keeps time himself (sim/verilator): what a die does is over now; how
 * many bits are wrong in a codeword of what it read last (the data of an uncorrectable page
 * have some on top); it is cut off by a command.
 */
enum nand_result nand_end(struct nand *nand, uint32_t die, uint32_t *corrected);
uint32_t nand_wrong_bits(const struct nand *nand, uint32_t die, uint32_t codeword);
void nand_abort(struct nand *nand, uint32_t die);

/* Of the page that the die read last: it looked erased. */
bool nand_read_erased(const struct nand *nand, uint32_t die);

/* The mark that the maker left. */
bool nand_factory_bad(const struct nand *nand, uint32_t die, uint32_t block);

/* To the end of the operation that ends first. False: none is under way. */
bool nand_advance(struct nand *nand);
uint64_t nand_ns(const struct nand *nand);
void nand_pass_days(struct nand *nand, uint32_t days);
uint32_t nand_day(const struct nand *nand);

/* Power goes away at the operation with this number; the first is 0. What is under way
 * on other dies then is torn, or not. */
void nand_cut_at(struct nand *nand, uint64_t operation, enum nand_cut when);
void nand_cut_now(struct nand *nand);
bool nand_is_off(const struct nand *nand);
void nand_power_on(struct nand *nand);

/* For tests: a page is beyond correction, whatever its age; a block fails its next
 * program or erase. */
void nand_damage(struct nand *nand, uint32_t die, uint32_t block, uint32_t page);
void nand_wear_out(struct nand *nand, uint32_t die, uint32_t block);
/* So many erases of a block are said to be good and do nothing. */
void nand_lie(struct nand *nand, uint32_t die, uint32_t block, uint32_t erases);
/* These bytes are in some page, whatever the layers above say. */
bool nand_holds(const struct nand *nand, const void *what, size_t bytes);

struct nand_figures {
	uint64_t operations; /* started, of all kinds */
	uint64_t reads;
	uint64_t programs;
	uint64_t erases;
	uint64_t misuses;
	uint64_t torn;
	uint32_t erase_most; /* of one block */
	uint32_t erase_least;
};
struct nand_figures nand_figures(const struct nand *nand);

#ifdef __cplusplus
}
#endif

#endif /* NAND_H */
