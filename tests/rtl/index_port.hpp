/* SPDX-License-Identifier: Apache-2.0 */
/* Commands and answers of rtl/index, as index_pkg packs them. */
#ifndef INDEX_PORT_HPP
#define INDEX_PORT_HPP

#include <algorithm>

#include "stream.hpp"

/* C: a function may be named like a structure there. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
extern "C" {
#include "hash.h"
#include "index.h"
}
#pragma GCC diagnostic pop

namespace index_port
{

/* A field, by 32-bit words; get_bits and set_bits of stream.hpp go bit by bit. */
template <class Beat> void put(Beat &beat, unsigned int low, unsigned int width, uint64_t value)
{
	uint32_t *words = reinterpret_cast<uint32_t *>(&beat);

	while (width > 0) {
		unsigned int at = low % 32;
		unsigned int part = std::min(width, 32 - at);
		uint32_t mask = uint32_t((1ull << part) - 1) << at;

		words[low / 32] =
		    (words[low / 32] & ~mask) | (uint32_t(value & ((1ull << part) - 1)) << at);
		value >>= part;
		low += part;
		width -= part;
	}
}

template <class Beat> uint64_t take(const Beat &beat, unsigned int low, unsigned int width)
{
	const uint32_t *words = reinterpret_cast<const uint32_t *>(&beat);
	uint64_t value = 0;

	for (unsigned int done = 0; done < width;) {
		unsigned int at = (low + done) % 32;
		unsigned int part = std::min(width - done, 32 - at);

		value |= (words[(low + done) / 32] >> at & ((1ull << part) - 1)) << done;
		done += part;
	}
	return value;
}

enum op { FIND, INSERT, REMOVE, REPLACE, SCAN, INIT };

struct Location {
	bool stash = false;
	uint32_t bucket = 0;
	uint32_t slot = 0;

	bool operator==(const Location &other) const
	{
		return stash == other.stash && bucket == other.bucket && slot == other.slot;
	}

	uint64_t bits() const
	{
		return uint64_t(stash) << 29 | uint64_t(bucket) << 5 | slot;
	}

	static Location of(uint64_t bits)
	{
		return {bool(bits >> 29 & 1), uint32_t(bits >> 5 & 0xffffff), uint32_t(bits & 31)};
	}
};

/* index_pkg::key_t: 72 bits. */
template <class Beat> void put_key(Beat &beat, unsigned int low, const struct index_key &key)
{
	put(beat, low, 24, key.match >> 32 & 0x3fffff);
	put(beat, low + 22, 2, key.match >> 62);
	put(beat, low + 24, 24, key.second);
	put(beat, low + 48, 24, key.first);
}

template <class Beat> struct index_key take_key(const Beat &beat, unsigned int low)
{
	struct index_key key = {uint32_t(take(beat, low + 48, 24)),
				uint32_t(take(beat, low + 24, 24)), 0};

	key.match = take(beat, low, 22) << 32 | take(beat, low + 22, 2) << 62;
	return key;
}

using Command = VlWide<8>;
using Answer = VlWide<4>;

struct Asked {
	op what = FIND;
	uint8_t id = 0;
	struct index_key key = {};
	unsigned int cursor = 0;
	Location location;
	uint64_t expected = 0;
	uint64_t entry = 0;

	Command beat() const
	{
		Command beat{};

		put(beat, 0, 64, entry);
		put(beat, 64, 64, expected);
		put(beat, 128, 30, location.bits());
		put(beat, 158, 6, cursor);
		put_key(beat, 164, key);
		put(beat, 236, 8, id);
		put(beat, 244, 3, what);
		return beat;
	}
};

struct Answered {
	uint8_t id;
	bool ok, error, more;
	unsigned int cursor;
	uint16_t epoch;
	Location location;
	uint64_t entry;

	explicit Answered(const Answer &beat)
	    : id(uint8_t(take(beat, 119, 8))), ok(take(beat, 118, 1)), error(take(beat, 117, 1)),
	      more(take(beat, 116, 1)), cursor(unsigned(take(beat, 110, 6))),
	      epoch(uint16_t(take(beat, 94, 16))), location(Location::of(take(beat, 64, 30))),
	      entry(take(beat, 0, 64))
	{
	}
};

} // namespace index_port

#endif /* INDEX_PORT_HPP */
