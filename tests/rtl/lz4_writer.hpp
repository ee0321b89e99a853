/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes LZ4 blocks sequence by sequence, good ones and bad ones, as no compressor
 * would: any parse, any offset. What they make is kept beside, as long as it is good.
 */
#ifndef LZ4_WRITER_HPP
#define LZ4_WRITER_HPP

#include "packed_page.hpp"
#include "stream.hpp"

class Lz4Writer
{
	rtl::Random &random_;
	Bytes block_, page_;

	void length(size_t rest)
	{
		for (; rest >= 255; rest -= 255)
			block_.push_back(255);
		block_.push_back(uint8_t(rest));
	}

	void token(size_t literals, size_t match)
	{
		block_.push_back(
		    uint8_t(std::min<size_t>(literals, 15) << 4 | std::min<size_t>(match, 15)));
		if (literals >= 15)
			length(literals - 15);
		while (literals--) {
			block_.push_back(uint8_t(random_()));
			page_.push_back(block_.back());
		}
	}

      public:
	explicit Lz4Writer(rtl::Random &random) : random_(random)
	{
	}

	/* match counts from 4. */
	void sequence(size_t literals, size_t offset, size_t match)
	{
		token(literals, match - 4);
		block_.push_back(uint8_t(offset));
		block_.push_back(uint8_t(offset >> 8));
		if (match - 4 >= 15)
			length(match - 4 - 15);
		for (size_t n = 0; n < match; n++)
			page_.push_back(offset && offset <= page_.size()
					    ? page_[page_.size() - offset]
					    : uint8_t(0));
	}

	/* The last sequence; its token's match nibble means nothing. */
	void last(size_t literals)
	{
		token(literals, random_.below(16));
	}

	/* Bytes to the end of the page. */
	size_t room() const
	{
		return page_.size() > page_bytes ? 0 : page_bytes - page_.size();
	}

	size_t out() const
	{
		return page_.size();
	}

	Bytes &block()
	{
		return block_;
	}

	const Bytes &page() const
	{
		return page_;
	}

	/* The packed page; its CRC is right if the page is. */
	PackedPage finish() const
	{
		return packed(KIND_LZ4, block_, crc32c(page_.data(), page_.size()));
	}
};

/* A length: mostly short, sometimes at the edges of the length bytes, sometimes long. */
inline size_t random_length(rtl::Random &random)
{
	static const size_t edges[] = {14, 15,  16,  17,  30,  31,  32,
				       33, 269, 270, 271, 524, 525, 526};

	switch (random.below(10)) {
	case 0:
		return edges[random.below(sizeof(edges) / sizeof(*edges))];
	case 1:
		return random.below(80);
	case 2:
		return random.one_in(4) ? random.below(1500) : random.below(300);
	default:
		return random.below(16);
	}
}

inline size_t random_offset(rtl::Random &random, size_t most)
{
	size_t offset = random.one_in(2) ? random.between(1, 40) : random.between(1, most);

	return std::min(offset, most);
}

/* A good block of random sequences, which may be longer than a page. */
inline Lz4Writer random_block(rtl::Random &random)
{
	Lz4Writer writer(random);
	/* Some pages of short sequences only, which are the most work a byte. */
	bool brief = random.one_in(4);

	for (;;) {
		size_t literals = brief ? random.below(3) : random_length(random);
		size_t match = 4 + (brief ? random.below(3) : random_length(random));
		size_t room = writer.room();

		if (writer.out() + literals == 0)
			literals = 1;
		if (literals + match + 5 > room || room - literals < 12) {
			writer.last(room);
			return writer;
		}
		writer.sequence(literals, random_offset(random, writer.out() + literals), match);
	}
}

#endif /* LZ4_WRITER_HPP */
