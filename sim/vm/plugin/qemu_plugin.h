/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The part of QEMU's plugin interface that profile.c uses. Distributions ship
 * QEMU with plugins enabled but not the header to build them with. This is version
 * 7 of that interface; a QEMU with another one refuses the plugin and says so.
 * Documentation: "QEMU TCG Plugins" in QEMU's manual.
 */
#ifndef QEMU_PLUGIN_H
#define QEMU_PLUGIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define QEMU_PLUGIN_EXPORT __attribute__((visibility("default")))

struct qemu_plugin_tb;
struct qemu_plugin_scoreboard;

/* A number per virtual CPU, at an offset in an array per virtual CPU. */
typedef struct {
	struct qemu_plugin_scoreboard *score;
	size_t offset;
} qemu_plugin_u64;

enum qemu_plugin_op {
	QEMU_PLUGIN_INLINE_ADD_U64,
};

typedef void (*qemu_plugin_vcpu_tb_trans_cb_t)(struct qemu_plugin_tb *block, void *userdata);

/* Called when a block of guest code is translated. */
void qemu_plugin_register_vcpu_tb_trans_cb(uint64_t id, qemu_plugin_vcpu_tb_trans_cb_t callback,
					   void *userdata);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *block);
uint64_t qemu_plugin_tb_vaddr(const struct qemu_plugin_tb *block);
/* From the translation callback: whenever the block runs, add to a number. */
void qemu_plugin_register_vcpu_tb_exec_inline_per_vcpu(struct qemu_plugin_tb *block,
						       enum qemu_plugin_op op,
						       qemu_plugin_u64 entry, uint64_t addend);
struct qemu_plugin_scoreboard *qemu_plugin_scoreboard_new(size_t element_size);
/* Over all virtual CPUs. */
uint64_t qemu_plugin_u64_sum(qemu_plugin_u64 entry);

#endif
