// SPDX-License-Identifier: Apache-2.0
/*
 * For simulations of the whole card, which have no time for 15 million cycles at each boot: a
 * loader that takes any signature. No card may have it; the real one is tested alone.
 */
#include "verify.h"

bool verify(const uint8_t *signed_part, uint32_t bytes, const uint8_t signature[64])
{
	(void)signed_part;
	(void)bytes;
	(void)signature;
	return true;
}
