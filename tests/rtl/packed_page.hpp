/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Packed pages as the decompressor gets them, and what is to come out: liblz4 says
 * which streams are good, a walk over the stream says which errors a bad one may end
 * with, first of all the first one in it.
 */
#ifndef PACKED_PAGE_HPP
#define PACKED_PAGE_HPP

#include <lz4.h>
#include <lz4hc.h>

#include "crc32c.h"
#include "tap.hpp"

constexpr size_t page_bytes = 4096;
constexpr size_t packed_beat_bytes = 16;

/* pamc_pkg::codec_e */
enum Kind : uint8_t { KIND_RAW = 0, KIND_LZ4 = 1, KIND_SAME = 2, KIND_ZSTD = 3 };

/* codec_pkg::decode_error_e */
enum Error : uint8_t {
	DECODE_OK,
	DECODE_OFFSET,
	DECODE_OVERRUN,
	DECODE_UNDERRUN,
	DECODE_TRUNCATED,
	DECODE_TRAILING,
	DECODE_CRC,
	DECODE_FORM
};

inline const char *error_name(unsigned int error)
{
	static const char *const names[] = {"OK",        "OFFSET",   "OVERRUN", "UNDERRUN",
					    "TRUNCATED", "TRAILING", "CRC",     "FORM"};

	return error < 8 ? names[error] : "?";
}

struct PackedPage {
	uint8_t kind = KIND_LZ4;
	Bytes data;
	uint32_t crc = 0;    /* of the page that is expected */
	unsigned length = 0; /* as told; mostly data.size() */
	unsigned beats = 0;  /* as sent; mostly what length says */
};

/* What may come out: one of these errors (a bit each), and the page when it is good. */
struct Verdict {
	unsigned int errors = 0;
	Bytes page;

	bool good() const
	{
		return errors == 1u << DECODE_OK;
	}
};

inline unsigned int beats_of(size_t length)
{
	return unsigned((length + packed_beat_bytes - 1) / packed_beat_bytes);
}

inline PackedPage packed(uint8_t kind, Bytes data, uint32_t crc)
{
	PackedPage page;

	page.kind = kind;
	page.length = unsigned(data.size());
	page.beats = beats_of(data.size());
	page.data = std::move(data);
	page.crc = crc;
	return page;
}

/* Errors a walk over an LZ4 block meets in its first bad sequence; 0 when all is well. */
inline unsigned int walk_errors(const Bytes &in)
{
	size_t n = in.size(), at = 0, out = 0;

	for (;;) {
		unsigned int errors = 0;
		bool cut = false;
		auto length = [&](size_t nibble) {
			size_t sum = nibble;

			if (nibble == 15) {
				uint8_t byte = 255;

				while (byte == 255 && at < n)
					sum += byte = in[at++];
				cut |= byte == 255 || at >= n;
			}
			return sum;
		};

		if (at >= n)
			return 1u << DECODE_TRUNCATED;
		uint8_t token = in[at++];
		size_t literals = length(token >> 4);
		bool last = !cut && at + literals == n;

		cut |= at + literals > n;
		if (out + literals > page_bytes)
			errors = 1u << DECODE_OVERRUN | 1u << DECODE_TRAILING;
		else if (out + literals == page_bytes && !last)
			errors = 1u << DECODE_TRAILING;
		else if (out + literals < page_bytes && last)
			errors = 1u << DECODE_UNDERRUN;
		if (last)
			return errors;
		if (!cut) {
			at += literals;
			out += literals;
			cut |= at + 2 >= n;
		}
		if (cut)
			return errors | 1u << DECODE_TRUNCATED;
		size_t offset = in[at] | in[at + 1] << 8;
		size_t start = out;

		at += 2;
		out += length(token & 15) + 4;
		if (!errors && (offset == 0 || offset > start))
			errors = 1u << DECODE_OFFSET;
		else if (!errors && (start > page_bytes - 12 || out > page_bytes - 5))
			errors = 1u << DECODE_OVERRUN;
		if (cut)
			errors |= 1u << DECODE_TRUNCATED;
		if (errors)
			return errors;
	}
}

/* Throws when liblz4 and the walk disagree, which would be a mistake in the latter. */
inline Verdict verdict(const PackedPage &packed)
{
	Verdict verdict;
	bool possible = false;
	/* A page that is cut by "last" may be found out at its end or before it. */
	bool wrong_end = packed.beats != beats_of(packed.length);

	if (packed.kind == KIND_LZ4)
		possible = packed.length >= 1 && packed.length <= page_bytes;
	else if (packed.kind == KIND_RAW)
		possible = packed.length == page_bytes;
	else if (packed.kind == KIND_SAME)
		possible = packed.length == 8;
	if (!possible) {
		verdict.errors = 1u << DECODE_FORM;
		return verdict;
	}

	verdict.page.resize(page_bytes);
	if (packed.kind == KIND_LZ4) {
		int got = LZ4_decompress_safe(reinterpret_cast<const char *>(packed.data.data()),
					      reinterpret_cast<char *>(verdict.page.data()),
					      int(packed.length), int(page_bytes));

		verdict.errors = walk_errors(packed.data);
		/* liblz4 lets an offset of 0 pass. */
		bool offset = verdict.errors == 1u << DECODE_OFFSET;

		if ((got == int(page_bytes)) != (verdict.errors == 0) && !(offset && got > 0))
			throw std::runtime_error("liblz4 says " + std::to_string(got) +
						 ", the walk errors " +
						 std::to_string(verdict.errors));
	} else if (packed.kind == KIND_RAW) {
		verdict.page = packed.data;
	} else {
		for (size_t n = 0; n < page_bytes; n++)
			verdict.page[n] = packed.data[n % 8];
	}
	if (wrong_end)
		verdict.errors |= 1u << DECODE_FORM;
	if (verdict.errors == 0)
		verdict.errors = crc32c(verdict.page.data(), page_bytes) == packed.crc
				     ? 1u << DECODE_OK
				     : 1u << DECODE_CRC;
	return verdict;
}

#endif /* PACKED_PAGE_HPP */
