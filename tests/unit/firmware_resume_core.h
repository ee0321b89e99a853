/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The core of the test of restarts within the tier: when it restarts, and what its platform does
 * then. Included once.
 */
#ifndef FIRMWARE_RESUME_CORE_H
#define FIRMWARE_RESUME_CORE_H

#include "firmware_resume_vault.h"
#include "flash_priv.h"
#include "tap.h"

static struct tap *random_of;
static void *memory;
static uint8_t read_to[TIER_RECORD_MOST];
/* What happened. */
static uint64_t restarts, again, beside, reads, syncs, cuts, left, collected;
static bool may_crash;

static const struct tier_geometry geometry = {
    .dies = 3, .blocks = 15, .pages = 32, .page_bytes = 4096, .correctable = 40};

static uint64_t below(uint64_t n)
{
	return tap_random(random_of) % n;
}

static struct tier *tier_now(void)
{
	return memory;
}

/* ---------------------------------------------------------------- the core */

/* As the core's platform marks it (firmware/platform/riscv/flash.c). */
static volatile bool inside;

static bool run_inside(struct fw *fw)
{
	bool more;

	inside = true;
	more = tier_ops.run(fw);
	inside = false;
	return more;
}

static void notices(struct fw *fw)
{
	bool was = inside;

	inside = true;
	tier_ops.notices(fw);
	inside = was;
}

static bool reserve(struct fw *fw, uint32_t contents, uint32_t order, bool durable, uint64_t pages)
{
	bool was = inside, good;

	inside = true;
	good = tier_ops.reserve(fw, contents, order, durable, pages);
	inside = was;
	return good;
}

static uint8_t pool_create(struct fw *fw, const struct fw_pool *pool)
{
	inside = true;
	return tier_ops.pool_create(fw, pool);
}

static uint8_t pool_flush(struct fw *fw, const struct fw_pool *pool, uint32_t contents)
{
	inside = true;
	return tier_ops.pool_flush(fw, pool, contents);
}

static uint8_t pool_set(struct fw *fw, const struct fw_pool *pool)
{
	bool was = inside;
	uint8_t status;

	inside = true;
	status = tier_ops.pool_set(fw, pool);
	inside = was;
	return status;
}

static uint8_t pool_destroy(struct fw *fw, const struct fw_pool *pool)
{
	bool was = inside;
	uint8_t status;

	inside = true;
	status = tier_ops.pool_destroy(fw, pool);
	inside = was;
	return status;
}

static struct fw_tier_ops watched;

static void arm(void)
{
	crash_in = may_crash && below(2) == 0 ? 1 + below(below(4) ? 300 : 3000) : 0;
	crash_further = below(2) ? 0 : 1 + (unsigned int)below(3000);
	hal.crash_in = may_crash && below(4) == 0 ? 1 + (unsigned int)below(400) : 0;
}

/* What the platform does then. */
static void restarted(void)
{
	struct fw_platform platform = hal.fw.platform;
	struct tier *tier = tier_now();

	no_further();
	crash_in = hal.crash_in = 0;
	restarts++;
	if (inside) {
		again += tier->resumes != TIER_WHOLE;
		collected +=
		    tier->fl && tier->resumes == TIER_WHOLE ? tier->fl->figures.collected : 0;
		left += tier->left_end;
		drain_flash();
		vault.taken = false;
		if (!tier_resume(memory, &geometry, &hal.fw, &flash)) {
			wrong("it does not go on");
		}
	} else {
		beside++;
		tier_adopt(tier, &hal.fw, &flash);
	}
	arm();
	fw_restart(&hal.fw, &platform);
	no_further();
	inside = false;
}

/* True: there is more to do. */
static bool step(void)
{
	if (sigsetjmp(crash, 0)) {
		restarted();
		return true;
	}
	fw_step(&hal.fw);
	no_further();
	inside = false;
	return hal.fw.tier_busy || fw_due(&hal.fw);
}

#endif /* FIRMWARE_RESUME_CORE_H */
