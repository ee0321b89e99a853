/* SPDX-License-Identifier: Apache-2.0 */
/* What tests of flash that ages and breaks begin with and look at, again and again (flash_rig.h).
 */
#ifndef FLASH_CARE_H
#define FLASH_CARE_H

#include "flash_rig.h"
#include "tap.h"

#define GOOD(rig)      TAP_CHECK(!(rig)->wrong[0], "%s", (rig)->wrong)
#define EPHEMERAL_SLOT 3u
static inline struct fl_figures figures_of(const struct rig *rig)
{
	struct fl_figures figures;

	fl_get_figures(rig->fl, &figures);
	return figures;
}

static inline struct rig *begin(struct nand_config *nand, struct fl_config *config, uint64_t seed)
{
	struct rig *rig = rig_new(nand, config, seed);

	rig_format(rig);
	for (uint32_t slot = 0; slot < RIG_POOLS; slot++) {
		rig_create(rig, slot, slot < EPHEMERAL_SLOT);
	}
	return rig;
}

/* All is readable, all counts agree, flash was not misused. */
static inline bool sound(struct rig *rig)
{
	rig_settle(rig);
	rig_read_all(rig);
	rig_check(rig);
	if (nand_figures(rig->nand).misuses) {
		rig_fault(rig, "flash was misused", nand_figures(rig->nand).misuses, 0);
	}
	GOOD(rig);
	return true;
}

static inline void put_and_demote(struct rig *rig, uint32_t slot, uint32_t key)
{
	rig_put(rig, slot, key);
	rig_demote(rig, slot, key);
}

#endif /* FLASH_CARE_H */
