/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tier in flash: card memory is a cache of it. Cold records of persistent pools go there
 * when memory runs short, those of durable pools always, and a power cycle brings the latter
 * back. It is the owner of the flash translation layer (flash.h) on behalf of the vault, which
 * it reaches by hal_tier.h.
 *
 * A platform that has flash gives the firmware these operations and memory for them
 * (struct fw_platform); one that has none links nothing of it.
 */
#ifndef TIER_H
#define TIER_H

#include <stddef.h>

#include "fw.h"
#include "hal_flash.h"

#ifdef __cplusplus
extern "C" {
#endif

struct tier;

struct tier_geometry {
	uint32_t dies;
	uint32_t blocks; /* a die */
	uint32_t pages;  /* a block */
	uint32_t page_bytes;
	uint32_t correctable; /* bits of a codeword that its ECC corrects */
};

/* Erases of a block that flash of this kind is sold for, for fw_platform.flash_endurance. */
#define TIER_ENDURANCE 3000u

/* Bytes of memory; 0: no flash translation layer fits this. */
size_t tier_bytes(const struct tier_geometry *geometry);
/* In that memory; for fw_platform.tier. */
struct tier *tier_init(void *memory, const struct tier_geometry *geometry, struct hal_flash *flash);

/*
 * For a core that was restarted, and its memory not. Between two calls of the operations the
 * tier goes on as it is: tier_adopt. Cut off in the midst of one, it finds out anew what is in
 * flash, with the vault as it is as the truth: tier_resume, when flash has ended what it had
 * begun; its steps (run) do the rest, and what is asked meanwhile waits. Until the first of
 * them nothing of the vault is looked at. False: it had not started, so there is nothing to go on
 * with.
 *
 * When that fails, or is restarted again and again, the tier stands still, until the vault is made
 * anew or power goes: what is in card memory is served as ever; what would need flash fails, and a
 * shutdown does, too. Its memory is as it was, or as tier_init left it.
 */
void tier_adopt(struct tier *tier, struct fw *fw, struct hal_flash *flash);
bool tier_resume(void *memory, const struct tier_geometry *geometry, struct fw *fw,
		 struct hal_flash *flash);
void tier_stand_still(struct tier *tier, struct fw *fw);

extern const struct fw_tier_ops tier_ops;

#ifdef __cplusplus
}
#endif

#endif /* TIER_H */
