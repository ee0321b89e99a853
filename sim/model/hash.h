/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The keyed hash of the index: SipHash-1-3 over whole 64-bit words. Keyed, so
 * that no tenant of the card can aim for collisions and fill another's buckets;
 * it decides only where an entry is looked for, never whether it is the right
 * one (that is compared in full).
 */
#ifndef HASH_H
#define HASH_H

#include <stdint.h>

struct hash_key {
	uint64_t k0;
	uint64_t k1;
};

struct hash_state {
	uint64_t a, b, c, d;
};

static inline uint64_t hash_rotate(uint64_t value, unsigned int bits)
{
	return value << bits | value >> (64 - bits);
}

static inline void hash_round(struct hash_state *s)
{
	s->a += s->b;
	s->c += s->d;
	s->b = hash_rotate(s->b, 13) ^ s->a;
	s->d = hash_rotate(s->d, 16) ^ s->c;
	s->a = hash_rotate(s->a, 32) + s->d;
	s->c += s->b;
	s->d = hash_rotate(s->d, 21) ^ s->a;
	s->b = hash_rotate(s->b, 17) ^ s->c;
	s->c = hash_rotate(s->c, 32);
}

/* count words; the length is not mixed in: all uses with one key have one length. */
static inline uint64_t hash_words(const struct hash_key *key, const uint64_t *words,
				  unsigned int count)
{
	struct hash_state s = {
	    key->k0 ^ 0x736f6d6570736575ull,
	    key->k1 ^ 0x646f72616e646f6dull,
	    key->k0 ^ 0x6c7967656e657261ull,
	    key->k1 ^ 0x7465646279746573ull,
	};

	for (unsigned int i = 0; i < count; i++) {
		s.d ^= words[i];
		hash_round(&s);
		s.a ^= words[i];
	}
	s.c ^= 0xff;
	hash_round(&s);
	hash_round(&s);
	hash_round(&s);
	return s.a ^ s.b ^ s.c ^ s.d;
}

#endif /* HASH_H */
