// SPDX-License-Identifier: Apache-2.0
/* Signatures of images: Monocypher's EdDSA (edwards25519, BLAKE2b), of which nothing is ours. */
#include "verify.h"

#include <assert.h>
#include <string.h>

#include "monocypher.h"

/* Made by tools/fwimage.py of the key that signs. */
static const uint8_t key[32] = {
#include "key.inc"
};

/* Of an image that comes in pieces, the hash so far. */
struct checking {
	crypto_blake2b_ctx hash;
	uint8_t signature[64];
};

static_assert(sizeof(struct checking) <= sizeof(struct hal_verify), "hal.h has no room for it");

void fw_verify_begin(struct hal_verify *verify, const uint8_t signature[64])
{
	struct checking *checking = (struct checking *)verify;

	memcpy(checking->signature, signature, sizeof(checking->signature));
	crypto_blake2b_init(&checking->hash, 64);
	crypto_blake2b_update(&checking->hash, signature, 32);
	crypto_blake2b_update(&checking->hash, key, sizeof(key));
}

void fw_verify_more(struct hal_verify *verify, const void *part, uint32_t bytes)
{
	crypto_blake2b_update(&((struct checking *)verify)->hash, part, bytes);
}

bool fw_verify_end(struct hal_verify *verify)
{
	struct checking *checking = (struct checking *)verify;
	uint8_t hash[64], reduced[32];

	crypto_blake2b_final(&checking->hash, hash);
	crypto_eddsa_reduce(reduced, hash);
	return crypto_eddsa_check_equation(checking->signature, key, reduced) == 0;
}

bool fw_verify(const uint8_t *signed_part, uint32_t bytes, const uint8_t signature[64])
{
	struct hal_verify verify;

	fw_verify_begin(&verify, signature);
	fw_verify_more(&verify, signed_part, bytes);
	return fw_verify_end(&verify);
}
