/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VERIFY_H
#define VERIFY_H

#include "hal.h"

/* The image was signed by whom the card trusts: all at once, or piece by piece (hal.h). */
bool fw_verify(const uint8_t *signed_part, uint32_t bytes, const uint8_t signature[64]);
void fw_verify_begin(struct hal_verify *verify, const uint8_t signature[64]);
void fw_verify_more(struct hal_verify *verify, const void *part, uint32_t bytes);
bool fw_verify_end(struct hal_verify *verify);

#endif /* VERIFY_H */
