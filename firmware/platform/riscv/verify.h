/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VERIFY_H
#define VERIFY_H

#include <stdbool.h>
#include <stdint.h>

/* The image was signed by whom the card trusts. */
bool verify(const uint8_t *signed_part, uint32_t bytes, const uint8_t signature[64]);

#endif /* VERIFY_H */
