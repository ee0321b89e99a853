// SPDX-License-Identifier: Apache-2.0
/* Signatures of images: Monocypher's EdDSA (edwards25519, BLAKE2b), of which nothing is ours. */
#include "verify.h"

#include "monocypher.h"

/* Made by tools/fwimage.py of the key that signs. */
static const uint8_t key[32] = {
#include "key.inc"
};

bool verify(const uint8_t *signed_part, uint32_t bytes, const uint8_t signature[64])
{
	return crypto_eddsa_check(signature, key, signed_part, bytes) == 0;
}
