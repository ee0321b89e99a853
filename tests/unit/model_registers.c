// SPDX-License-Identifier: Apache-2.0
/*
 * Registers of the card model: what they hold, who may write them when, and what
 * resets and power loss do to them.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "image.h"
#include "rig.h"
#include "tap.h"

static struct rig rig;
static struct rig_queue admin, io;

TAP_CASE(reset_values)
{
	TAP_CHECK(rig_open(&rig, NULL));
	TAP_EQUAL(rig_read(&rig, PAMC_REG_MAGIC, 4), PAMC_MAGIC);
	TAP_EQUAL(rig_read(&rig, PAMC_REG_VERSION, 4), PAMC_REG_VERSION_RESET);
	TAP_EQUAL(rig_read(&rig, PAMC_REG_CAP, 8), PAMC_REG_CAP_RESET);
	TAP_EQUAL(rig_read(&rig, PAMC_REG_CTRL, 4), 0);
	TAP_EQUAL(rig_read(&rig, PAMC_REG_STATUS, 4), 0);
	TAP_EQUAL(rig_read(&rig, PAMC_REG_RESETS, 4), 0);
	TAP_EQUAL(rig_read(&rig, PAMC_REG_AQ_ATTR, 4), PAMC_REG_AQ_ATTR_RESET);
	TAP_EQUAL(rig_read(&rig, PAMC_REG_BAD_DOORBELL, 4), 0);
	TAP_CHECK(rig_read(&rig, PAMC_REG_BOOT_EPOCH, 8) != 0);
	rig_close(&rig);
	return true;
}

TAP_CASE(capabilities_follow_config)
{
	struct pam_model_config config;

	pam_model_config_init(&config);
	config.queue_pairs = 5;
	config.vectors = 3;
	config.dram_bytes = 4 << 20;
	TAP_CHECK(rig_open(&rig, &config));

	uint64_t cap = rig_read(&rig, PAMC_REG_CAP, 8);

	TAP_EQUAL(PAMC_GET(PAMC_CAP_QPS, cap), 5);
	TAP_EQUAL(PAMC_GET(PAMC_CAP_VECTORS, cap), 3);
	TAP_EQUAL(PAMC_GET(PAMC_CAP_PAGE_ORDERS, cap), 31);
	rig_close(&rig);
	return true;
}

TAP_CASE(configs_are_checked)
{
	struct pam_model_config config;

	pam_model_config_init(&config);
	config.queue_pairs = 1;
	TAP_CHECK(!rig_open(&rig, &config));
	rig_close(&rig);
	pam_model_config_init(&config);
	config.queue_pairs = PAMC_MAX_QP + 1;
	TAP_CHECK(!rig_open(&rig, &config));
	rig_close(&rig);
	pam_model_config_init(&config);
	config.vectors = PAMC_MAX_VECTORS + 1;
	TAP_CHECK(!rig_open(&rig, &config));
	rig_close(&rig);
	pam_model_config_init(&config);
	config.dram_bytes = 1000;
	TAP_CHECK(!rig_open(&rig, &config));
	rig_close(&rig);
	pam_model_config_init(&config);
	config.lz4 = PAM_MODEL_LZ4_CARD + 1;
	TAP_CHECK(!rig_open(&rig, &config));
	rig_close(&rig);
	pam_model_config_init(&config);
	config.size = sizeof(config) + 8;
	TAP_CHECK(!rig_open(&rig, &config));
	rig_close(&rig);
	pam_model_destroy(NULL);
	return true;
}

TAP_CASE(accesses_of_every_width)
{
	TAP_CHECK(rig_open(&rig, NULL));
	rig_write(&rig, PAMC_REG_SCRATCH, 0x11223344, 4);
	TAP_EQUAL(rig_read(&rig, PAMC_REG_SCRATCH, 4), 0x11223344);
	rig_write(&rig, PAMC_REG_SCRATCH + 1, 0xaa, 1);
	TAP_EQUAL(rig_read(&rig, PAMC_REG_SCRATCH, 4), 0x1122aa44);
	rig_write(&rig, PAMC_REG_SCRATCH + 2, 0xbbcc, 2);
	TAP_EQUAL(rig_read(&rig, PAMC_REG_SCRATCH, 8), 0xbbccaa44);
	rig_write(&rig, PAMC_REG_ASQ_BASE + 4, 0x12345678, 4);
	rig_write(&rig, PAMC_REG_ASQ_BASE, 0x9abcd000, 4);
	TAP_EQUAL(rig_read(&rig, PAMC_REG_ASQ_BASE, 8), UINT64_C(0x123456789abcd000));
	TAP_EQUAL(rig_read(&rig, PAMC_REG_ASQ_BASE + 6, 2), 0x1234);
	/* Not aligned, of no width, beyond the end, not a BAR: nothing happens. */
	rig_write(&rig, PAMC_REG_SCRATCH + 1, 0, 2);
	rig_write(&rig, PAMC_REG_SCRATCH, 0, 3);
	rig_write(&rig, PAMC_BAR_REGS_SIZE, 1, 4);
	rig_write(&rig, 0x40, 1, 4);
	pam_model_reg_write(rig.model, 1, PAMC_REG_SCRATCH, "\0\0\0", 4);
	pam_model_reg_write(rig.model, PAMC_BAR_DB, PAMC_BAR_DB_SIZE, "\0\0\0", 4);
	pam_model_reg_write(rig.model, PAMC_BAR_REGS, UINT64_MAX - 3, "\0\0\0", 4);
	TAP_EQUAL(rig_read(&rig, PAMC_REG_SCRATCH, 4), 0xbbccaa44);
	TAP_EQUAL(rig_read(&rig, PAMC_REG_SCRATCH + 2, 4), 0);
	TAP_EQUAL(rig_read(&rig, 0x40, 4), 0);
	TAP_EQUAL(rig_read(&rig, PAMC_BAR_REGS_SIZE, 4), 0);
	TAP_EQUAL(pam_model_reg_read(rig.model, PAMC_BAR_DB, 0, 4), 0);
	TAP_EQUAL(pam_model_reg_read(rig.model, PAMC_BAR_REGS, UINT64_MAX - 7, 8), 0);
	rig_close(&rig);
	return true;
}

TAP_CASE(read_only_registers_stay)
{
	static const unsigned int offsets[] = {
	    PAMC_REG_MAGIC,          PAMC_REG_VERSION, PAMC_REG_CAP,
	    PAMC_REG_CAP + 4,        PAMC_REG_STATUS,  PAMC_REG_BOOT_EPOCH,
	    PAMC_REG_BOOT_EPOCH + 4, PAMC_REG_RESETS,  PAMC_REG_BAD_DOORBELL};

	TAP_CHECK(rig_open(&rig, NULL));
	for (unsigned int i = 0; i < sizeof(offsets) / sizeof(*offsets); i++) {
		uint64_t before = rig_read(&rig, offsets[i], 4);

		rig_write(&rig, offsets[i], ~before, 4);
		TAP_EQUAL(rig_read(&rig, offsets[i], 4), before);
	}
	rig_close(&rig);
	return true;
}

TAP_CASE(admin_queue_registers_are_locked_while_enabled)
{
	TAP_CHECK(rig_open(&rig, NULL));
	TAP_CHECK(rig_enable(&rig, &admin, 5));
	rig_write(&rig, PAMC_REG_AQ_ATTR, 0xcc, 4);
	rig_write(&rig, PAMC_REG_ASQ_BASE, 0, 8);
	rig_write(&rig, PAMC_REG_ACQ_BASE, 0, 8);
	TAP_EQUAL(rig_read(&rig, PAMC_REG_AQ_ATTR, 4), 0x55);
	TAP_EQUAL(rig_read(&rig, PAMC_REG_ASQ_BASE, 8), admin.sq);
	TAP_EQUAL(rig_read(&rig, PAMC_REG_ACQ_BASE, 8), admin.cq);
	rig_write(&rig, PAMC_REG_SCRATCH, 5, 4);
	TAP_EQUAL(rig_read(&rig, PAMC_REG_SCRATCH, 4), 5);
	rig_close(&rig);
	return true;
}

/* Enables with these values; returns STATUS. */
static uint32_t enable_with(uint32_t attr, uint64_t asq, uint64_t acq)
{
	rig_disable(&rig);
	rig_write(&rig, PAMC_REG_AQ_ATTR, attr, 4);
	rig_write(&rig, PAMC_REG_ASQ_BASE, asq, 8);
	rig_write(&rig, PAMC_REG_ACQ_BASE, acq, 8);
	rig_write(&rig, PAMC_REG_CTRL, PAMC_CTRL_EN_MASK, 4);
	rig_run(&rig);
	return (uint32_t)rig_read(&rig, PAMC_REG_STATUS, 4);
}

TAP_CASE(bad_admin_queue_is_fatal)
{
	uint32_t bad = PAMC_STATUS_FATAL_MASK |
		       PAMC_PREP(PAMC_STATUS_CAUSE, (uint32_t)PAMC_FATAL_BAD_ADMIN_QUEUE);

	TAP_CHECK(rig_open(&rig, NULL));

	uint64_t ring = rig_alloc(&rig, 4096);

	TAP_EQUAL(enable_with(0x43, ring, ring), bad);
	TAP_EQUAL(enable_with(0x34, ring, ring), bad);
	TAP_EQUAL(enable_with(0xd4, ring, ring), bad);
	TAP_EQUAL(enable_with(0x4d, ring, ring), bad);
	TAP_EQUAL(enable_with(0x45, ring, ring), bad);
	TAP_EQUAL(enable_with(0x44, ring + 64, ring), bad);
	TAP_EQUAL(enable_with(0x44, ring, ring + 64), bad);
	TAP_EQUAL(enable_with(0xcc, UINT64_C(0xfffffffffffff000), ring), bad);
	TAP_EQUAL(enable_with(0x44, ring, ring), PAMC_STATUS_READY_MASK);
	rig_disable(&rig);
	TAP_EQUAL(rig_read(&rig, PAMC_REG_STATUS, 4), 0);
	rig_close(&rig);
	return true;
}

TAP_CASE(unreachable_admin_queue_is_fatal)
{
	uint32_t bad = PAMC_STATUS_READY_MASK | PAMC_STATUS_FATAL_MASK |
		       PAMC_PREP(PAMC_STATUS_CAUSE, (uint32_t)PAMC_FATAL_ADMIN_DMA);

	TAP_CHECK(rig_open(&rig, NULL));

	uint64_t ring = rig_alloc(&rig, 4096);

	/* The entries cannot be read. */
	TAP_EQUAL(enable_with(0x44, RIG_NOWHERE, ring), PAMC_STATUS_READY_MASK);
	rig_doorbell(&rig, 0, PAMC_DB_SQ_TAIL, 1);
	rig_run(&rig);
	TAP_EQUAL(rig_read(&rig, PAMC_REG_STATUS, 4), bad);
	rig_doorbell(&rig, 0, PAMC_DB_SQ_TAIL, 2);
	rig_run(&rig);
	TAP_EQUAL(rig.faults, 1);
	/* The completion cannot be written. */
	TAP_EQUAL(enable_with(0x44, ring, RIG_NOWHERE), PAMC_STATUS_READY_MASK);
	rig_doorbell(&rig, 0, PAMC_DB_SQ_TAIL, 1);
	rig_run(&rig);
	TAP_EQUAL(rig_read(&rig, PAMC_REG_STATUS, 4), bad);
	TAP_EQUAL(enable_with(0x44, ring, ring), PAMC_STATUS_READY_MASK);
	rig_close(&rig);
	return true;
}

TAP_CASE(resets_are_counted_and_keep_the_epoch)
{
	TAP_CHECK(rig_start(&rig, NULL, &admin, &io));

	uint64_t epoch = rig_read(&rig, PAMC_REG_BOOT_EPOCH, 8);

	rig_write(&rig, PAMC_REG_SCRATCH, 77, 4);
	rig_disable(&rig);
	TAP_EQUAL(rig_read(&rig, PAMC_REG_RESETS, 4), 1);
	TAP_EQUAL(rig_read(&rig, PAMC_REG_STATUS, 4), 0);
	TAP_EQUAL(rig_read(&rig, PAMC_REG_SCRATCH, 4), 77);
	rig_disable(&rig);
	TAP_EQUAL(rig_read(&rig, PAMC_REG_RESETS, 4), 1);
	/* Off and on again before the card looks is a reset all the same. */
	TAP_CHECK(rig_enable(&rig, &admin, 4));
	rig_write(&rig, PAMC_REG_CTRL, 0, 4);
	rig_write(&rig, PAMC_REG_CTRL, PAMC_CTRL_EN_MASK, 4);
	rig_run(&rig);
	TAP_EQUAL(rig_read(&rig, PAMC_REG_RESETS, 4), 2);
	TAP_EQUAL(rig_read(&rig, PAMC_REG_STATUS, 4), PAMC_STATUS_READY_MASK);
	pam_model_reset(rig.model);
	TAP_EQUAL(rig_read(&rig, PAMC_REG_RESETS, 4), 3);
	TAP_EQUAL(rig_read(&rig, PAMC_REG_CTRL, 4), 0);
	TAP_EQUAL(rig_read(&rig, PAMC_REG_STATUS, 4), 0);
	TAP_EQUAL(rig_read(&rig, PAMC_REG_ASQ_BASE, 8), 0);
	TAP_EQUAL(rig_read(&rig, PAMC_REG_AQ_ATTR, 4), PAMC_REG_AQ_ATTR_RESET);
	TAP_EQUAL(rig_read(&rig, PAMC_REG_SCRATCH, 4), 0);
	TAP_EQUAL(rig_read(&rig, PAMC_REG_BOOT_EPOCH, 8), epoch);
	pam_model_power_cycle(rig.model);
	TAP_EQUAL(rig_read(&rig, PAMC_REG_RESETS, 4), 0);
	TAP_CHECK(rig_read(&rig, PAMC_REG_BOOT_EPOCH, 8) != epoch);
	TAP_CHECK(rig_read(&rig, PAMC_REG_BOOT_EPOCH, 8) != 0);
	rig_close(&rig);
	return true;
}

/* The next card of the same seed has none of the pools, so its epoch must differ. */
TAP_CASE(epochs_differ_between_equal_seeds)
{
	uint64_t epoch;

	TAP_CHECK(rig_open(&rig, NULL));
	epoch = rig_read(&rig, PAMC_REG_BOOT_EPOCH, 8);
	rig_close(&rig);
	TAP_CHECK(rig_open(&rig, NULL));
	TAP_CHECK(rig_read(&rig, PAMC_REG_BOOT_EPOCH, 8) != epoch);
	rig_close(&rig);
	return true;
}

TAP_CASE(resets_keep_pools_and_power_loss_does_not)
{
	TAP_CHECK(rig_start(&rig, NULL, &admin, &io));

	uint32_t pool = rig_pool(&admin, PAMC_POOL_TYPE_PERSISTENT, 0, 0, 0);
	uint64_t page = rig_alloc(&rig, PAMC_BLOCK_SIZE);
	struct rig_queue_config config = {.sq_shift = 4, .cq_shift = 4};

	rig_fill(rig_at(&rig, page), PAMC_BLOCK_SIZE, 3);
	TAP_EQUAL(rig_page(&io, PAMC_OP_PUT, pool, 1, page, 0), PAMC_STATUS_SUCCESS);
	rig_disable(&rig);
	TAP_CHECK(rig_enable(&rig, &admin, 4));
	TAP_EQUAL(rig_queue_create(&admin, &io, 1, &config), PAMC_STATUS_SUCCESS);
	TAP_EQUAL(rig_page(&io, PAMC_OP_GET, pool, 1, page, 0), PAMC_STATUS_SUCCESS);
	pam_model_reset(rig.model);
	TAP_CHECK(rig_enable(&rig, &admin, 4));
	TAP_EQUAL(rig_queue_create(&admin, &io, 1, &config), PAMC_STATUS_SUCCESS);
	TAP_EQUAL(rig_page(&io, PAMC_OP_GET, pool, 1, page, 0), PAMC_STATUS_SUCCESS);
	pam_model_power_cycle(rig.model);
	TAP_CHECK(rig_enable(&rig, &admin, 4));
	TAP_EQUAL(rig_queue_create(&admin, &io, 1, &config), PAMC_STATUS_SUCCESS);
	TAP_EQUAL(rig_page(&io, PAMC_OP_GET, pool, 1, page, 0), PAMC_STATUS_BAD_POOL);
	rig_close(&rig);
	return true;
}

TAP_CASE(senseless_doorbells_are_counted)
{
	TAP_CHECK(rig_open(&rig, NULL));
	rig_doorbell(&rig, 0, PAMC_DB_SQ_TAIL, 1); /* not enabled */
	TAP_EQUAL(rig_read(&rig, PAMC_REG_BAD_DOORBELL, 4), 1);
	TAP_CHECK(rig_enable(&rig, &admin, 4));
	rig_doorbell(&rig, 1, PAMC_DB_SQ_TAIL, 1);        /* no such queue pair */
	rig_doorbell(&rig, 63, PAMC_DB_CQ_HEAD, 0);       /* nor this */
	rig_doorbell(&rig, 5, PAMC_DB_PUSH, 0);           /* nor this */
	rig_doorbell(&rig, 0, PAMC_DB_SQ_TAIL, 17);       /* tail past the ring */
	rig_doorbell(&rig, 0, PAMC_DB_SQ_TAIL, 0xffff);   /* behind the head */
	rig_doorbell(&rig, 0, PAMC_DB_CQ_HEAD, 1);        /* nothing was posted */
	rig_doorbell(&rig, 0, 0x10, 1);                   /* not a doorbell */
	rig_doorbell(&rig, 0, PAMC_DB_PUSH + 32 * 64, 1); /* behind the slots */
	TAP_EQUAL(rig_read(&rig, PAMC_REG_BAD_DOORBELL, 4), 9);
	rig_doorbell(&rig, 0, PAMC_DB_SQ_TAIL, 0);
	rig_doorbell(&rig, 0, PAMC_DB_CQ_HEAD, 0x80000000);
	TAP_EQUAL(rig_read(&rig, PAMC_REG_BAD_DOORBELL, 4), 9);
	TAP_EQUAL(rig_admin(&admin, PAMC_ADMIN_FEATURE_GET, PAMC_FEATURE_PRESSURE, 0, 0, NULL),
		  PAMC_STATUS_SUCCESS);
	pam_model_reset(rig.model);
	TAP_EQUAL(rig_read(&rig, PAMC_REG_BAD_DOORBELL, 4), 0);
	rig_close(&rig);
	return true;
}

/* Only the first of several writes has to wake the card. */
TAP_CASE(wakes_are_not_lost)
{
	TAP_CHECK(rig_start(&rig, NULL, &admin, &io));

	unsigned int before = atomic_load(&rig.wakes);
	union rig_sqe nop = {.io = {.opcode = PAMC_OP_NOP}};
	struct pamc_cqe cqe;

	rig_submit(&io, &nop);
	TAP_EQUAL(atomic_load(&rig.wakes), before + 1);
	rig_submit(&io, &nop);
	TAP_EQUAL(atomic_load(&rig.wakes), before + 1);
	TAP_CHECK(rig_wait(&io, &cqe));
	TAP_CHECK(rig_wait(&io, &cqe));
	before = atomic_load(&rig.wakes);
	rig_run(&rig);
	rig_submit(&io, &nop);
	TAP_EQUAL(atomic_load(&rig.wakes), before + 1);
	rig_close(&rig);
	return true;
}

TAP_CASE(shutdown_finishes_and_then_refuses)
{
	union rig_sqe nop = {.io = {.opcode = PAMC_OP_NOP}};
	struct pamc_cqe cqe = {0};

	TAP_CHECK(rig_start(&rig, NULL, &admin, &io));

	union rig_sqe aen = {.admin = {.opcode = PAMC_ADMIN_ASYNC_EVENT}};
	uint32_t pool = rig_pool(&admin, PAMC_POOL_TYPE_PERSISTENT, 0, 0, 0);
	uint64_t page = rig_alloc(&rig, PAMC_BLOCK_SIZE);

	TAP_EQUAL(rig_page(&io, PAMC_OP_PUT, pool, 1, page, 0), PAMC_STATUS_SUCCESS);
	TAP_EQUAL(rig_page(&io, PAMC_OP_PUT, pool, 2, page, 0), PAMC_STATUS_SUCCESS);
	rig_submit(&admin, &aen);
	rig_run(&rig);
	rig_write(&rig, PAMC_REG_CTRL, PAMC_CTRL_EN_MASK | PAMC_CTRL_SHUTDOWN_MASK, 4);
	rig_run(&rig);
	TAP_EQUAL(rig_read(&rig, PAMC_REG_STATUS, 4),
		  PAMC_STATUS_READY_MASK | PAMC_STATUS_SHUTDOWN_MASK);
	TAP_CHECK(rig_wait(&admin, &cqe));
	TAP_EQUAL(rig_status(&cqe), PAMC_STATUS_ABORTED);
	TAP_EQUAL(rig_command(&io, &nop, NULL), PAMC_STATUS_ABORTED);
	TAP_EQUAL(rig_page(&io, PAMC_OP_PUT, pool, 1, page, 0), PAMC_STATUS_ABORTED);
	rig_write(&rig, PAMC_REG_CTRL, PAMC_CTRL_EN_MASK, 4);
	rig_run(&rig);
	TAP_EQUAL(rig_read(&rig, PAMC_REG_STATUS, 4), PAMC_STATUS_READY_MASK);
	TAP_EQUAL(rig_page(&io, PAMC_OP_GET, pool, 1, page, 0), PAMC_STATUS_MISS);
	TAP_EQUAL(rig_page(&io, PAMC_OP_GET, pool, 2, page, 0), PAMC_STATUS_SUCCESS);
	rig_close(&rig);
	return true;
}

TAP_CASE(shutdown_state_of_a_power_cycle_is_told)
{
	struct pamc_log_health health;

	TAP_CHECK(rig_start(&rig, NULL, &admin, &io));
	rig_write(&rig, PAMC_REG_CTRL, PAMC_CTRL_EN_MASK | PAMC_CTRL_SHUTDOWN_MASK, 4);
	rig_run(&rig);
	pam_model_power_cycle(rig.model);
	pam_model_power_cycle(rig.model);
	TAP_EQUAL(pam_model_log(rig.model, PAMC_LOG_HEALTH, &health, sizeof(health)),
		  sizeof(health));
	TAP_EQUAL(health.power_cycles, 2);
	TAP_EQUAL(health.unsafe_shutdowns, 1);
	rig_close(&rig);
	return true;
}

TAP_CASE(two_cards_do_not_meet)
{
	static struct rig other;
	static struct rig_queue other_admin, other_io;

	TAP_CHECK(rig_start(&rig, NULL, &admin, &io));
	TAP_CHECK(rig_start(&other, NULL, &other_admin, &other_io));

	uint32_t pool = rig_pool(&admin, PAMC_POOL_TYPE_PERSISTENT, 0, 0, 0);
	uint64_t page = rig_alloc(&rig, PAMC_BLOCK_SIZE);
	uint64_t other_page = rig_alloc(&other, PAMC_BLOCK_SIZE);

	TAP_EQUAL(rig_page(&io, PAMC_OP_PUT, pool, 1, page, 0), PAMC_STATUS_SUCCESS);
	TAP_EQUAL(rig_page(&other_io, PAMC_OP_GET, pool, 1, other_page, 0), PAMC_STATUS_BAD_POOL);
	TAP_EQUAL(rig_pool(&other_admin, PAMC_POOL_TYPE_PERSISTENT, 0, 0, 0), pool);
	TAP_EQUAL(rig_page(&other_io, PAMC_OP_GET, pool, 1, other_page, 0), PAMC_STATUS_MISS);
	rig_close(&other);
	TAP_EQUAL(rig_page(&io, PAMC_OP_GET, pool, 1, page, 0), PAMC_STATUS_SUCCESS);
	rig_close(&rig);
	return true;
}

/* Boot flash with something in both slots that is no image: nothing can be started, which hosts are
 * told in place of READY, whatever they do, until there is an image, or none at all. */
TAP_CASE(no_image_is_fatal)
{
	uint32_t fatal =
	    PAMC_STATUS_FATAL_MASK | PAMC_PREP(PAMC_STATUS_CAUSE, (uint32_t)PAMC_FATAL_FIRMWARE);
	char path[] = "/tmp/boot-flash-XXXXXX";
	struct pam_model_config config;
	uint8_t slot[2][4096] = {{0}};
	int file = mkstemp(path);

	TAP_CHECK(file >= 0 && ftruncate(file, FLASH_BYTES) == 0, "no file");
	pam_model_config_init(&config);
	config.boot_flash = path;
	TAP_CHECK(rig_open(&rig, &config));
	unlink(path);
	TAP_EQUAL(rig_read(&rig, PAMC_REG_STATUS, 4), fatal);
	TAP_CHECK(!rig_enable(&rig, &admin, 4), "it starts");
	TAP_EQUAL(rig_read(&rig, PAMC_REG_STATUS, 4), fatal);
	rig_write(&rig, PAMC_REG_CTRL, 0, 4);
	rig_run(&rig);
	TAP_EQUAL(rig_read(&rig, PAMC_REG_STATUS, 4), fatal);
	pam_model_reset(rig.model);
	TAP_EQUAL(rig_read(&rig, PAMC_REG_STATUS, 4), fatal);
	pam_model_power_cycle(rig.model);
	TAP_EQUAL(rig_read(&rig, PAMC_REG_STATUS, 4), fatal);
	/* As a new card: the firmware is a part of it. */
	memset(slot, 0xff, sizeof(slot));
	TAP_CHECK(pwrite(file, slot[0], sizeof(slot[0]), FLASH_SLOT(1)) == sizeof(slot[0]) &&
		      pwrite(file, slot[1], sizeof(slot[1]), FLASH_SLOT(2)) == sizeof(slot[1]),
		  "not written");
	pam_model_power_cycle(rig.model);
	TAP_EQUAL(rig_read(&rig, PAMC_REG_STATUS, 4), 0);
	TAP_CHECK(rig_enable(&rig, &admin, 4), "it does not start");
	TAP_EQUAL(rig_read(&rig, PAMC_REG_STATUS, 4), PAMC_STATUS_READY_MASK);
	close(file);
	rig_close(&rig);
	return true;
}

/* A card whose host keeps its firmware, as the Verilated one: it starts, and takes none. */
TAP_CASE(cards_without_boot_flash_start)
{
	struct pam_model_config config;
	struct pamc_log_firmware log;

	pam_model_config_init(&config);
	config.no_boot_flash = true;
	TAP_CHECK(rig_start(&rig, &config, &admin, &io));
	pam_model_power_cycle(rig.model);
	pam_model_log(rig.model, PAMC_LOG_FIRMWARE, &log, sizeof(log));
	TAP_EQUAL(log.slots, 0);
	rig_close(&rig);
	return true;
}

int main(void)
{
	struct tap tap;

	tap_begin(&tap);
	tap_run(&tap, "reset values", reset_values);
	tap_run(&tap, "capabilities follow config", capabilities_follow_config);
	tap_run(&tap, "configs are checked", configs_are_checked);
	tap_run(&tap, "accesses of every width", accesses_of_every_width);
	tap_run(&tap, "read only registers stay", read_only_registers_stay);
	tap_run(&tap, "admin queue registers are locked while enabled",
		admin_queue_registers_are_locked_while_enabled);
	tap_run(&tap, "bad admin queue is fatal", bad_admin_queue_is_fatal);
	tap_run(&tap, "unreachable admin queue is fatal", unreachable_admin_queue_is_fatal);
	tap_run(&tap, "resets are counted and keep the epoch",
		resets_are_counted_and_keep_the_epoch);
	tap_run(&tap, "epochs differ between equal seeds", epochs_differ_between_equal_seeds);
	tap_run(&tap, "resets keep pools and power loss does not",
		resets_keep_pools_and_power_loss_does_not);
	tap_run(&tap, "senseless doorbells are counted", senseless_doorbells_are_counted);
	tap_run(&tap, "wakes are not lost", wakes_are_not_lost);
	tap_run(&tap, "shutdown finishes and then refuses", shutdown_finishes_and_then_refuses);
	tap_run(&tap, "shutdown state of a power cycle is told",
		shutdown_state_of_a_power_cycle_is_told);
	tap_run(&tap, "two cards do not meet", two_cards_do_not_meet);
	tap_run(&tap, "cards without boot flash start", cards_without_boot_flash_start);
	tap_run(&tap, "no image is fatal", no_image_is_fatal);
	return tap_done(&tap);
}
