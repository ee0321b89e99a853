// SPDX-License-Identifier: Apache-2.0
/*
 * For a C model that was built without Monocypher, as the package index could not be reached:
 * no image is signed by anybody.
 */
#include "verify.h"

void fw_verify_begin(struct hal_verify *verify, const uint8_t signature[64])
{
	(void)verify;
	(void)signature;
}

void fw_verify_more(struct hal_verify *verify, const void *part, uint32_t bytes)
{
	(void)verify;
	(void)part;
	(void)bytes;
}

bool fw_verify_end(struct hal_verify *verify)
{
	(void)verify;
	return false;
}

bool fw_verify(const uint8_t *signed_part, uint32_t bytes, const uint8_t signature[64])
{
	(void)signed_part;
	(void)bytes;
	(void)signature;
	return false;
}
