/* SPDX-License-Identifier: Apache-2.0 */
/* What the two parts of the vault's stand-in share. */
#ifndef FLASH_RIG_PRIV_H
#define FLASH_RIG_PRIV_H

#include "flash_rig.h"

struct fl_key rig_key_of(const struct rig *rig, uint32_t slot, uint32_t key);
void rig_make(const struct fl_key *key, uint64_t version, uint8_t *to, uint32_t bytes);
struct fl_record rig_record_of(const struct rig *rig, uint32_t slot, uint32_t key);
/* Durable, and in DRAM alone. */
bool rig_dirty(const struct rig_pool *pool, const struct rig_entry *entry);
enum fl_result rig_demote_now(struct rig *rig, uint32_t slot, uint32_t key);

void rig_remember(struct rig_entry *entry);
void rig_forget_before(struct rig_entry *entry, uint32_t place);
void rig_start_history(struct rig_entry *entry);

#endif /* FLASH_RIG_PRIV_H */
