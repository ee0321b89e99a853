// SPDX-License-Identifier: Apache-2.0
/* What the compiler calls of a C library, by words: the small library's goes by bytes, and pages
 * are copied here. */
#include <stddef.h>
#include <stdint.h>

#define BOTH_ALIGNED(a, b) ((((uintptr_t)(a) | (uintptr_t)(b)) & 3) == 0)

typedef uint32_t __attribute__((may_alias)) word_of_any;

void *memcpy(void *restrict to, const void *restrict from, size_t bytes)
{
	uint8_t *at = to;
	const uint8_t *what = from;

	if (BOTH_ALIGNED(to, from)) {
		word_of_any *word = to;
		const word_of_any *source = from;

		for (; bytes >= 16; bytes -= 16, word += 4, source += 4) {
			uint32_t a = source[0], b = source[1], c = source[2], d = source[3];

			word[0] = a;
			word[1] = b;
			word[2] = c;
			word[3] = d;
		}
		for (; bytes >= 4; bytes -= 4) {
			*word++ = *source++;
		}
		at = (uint8_t *)word;
		what = (const uint8_t *)source;
	}
	while (bytes--) {
		*at++ = *what++;
	}
	return to;
}

void *memset(void *to, int value, size_t bytes)
{
	uint8_t *at = to;

	if (BOTH_ALIGNED(to, 0)) {
		word_of_any *word = to;
		uint32_t all = (uint8_t)value * 0x01010101u;

		for (; bytes >= 16; bytes -= 16, word += 4) {
			word[0] = all;
			word[1] = all;
			word[2] = all;
			word[3] = all;
		}
		for (; bytes >= 4; bytes -= 4) {
			*word++ = all;
		}
		at = (uint8_t *)word;
	}
	while (bytes--) {
		*at++ = (uint8_t)value;
	}
	return to;
}
