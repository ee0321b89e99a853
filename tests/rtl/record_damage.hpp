/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Damages records in memory, and tells what a read or a walk of the result may give.
 */
#ifndef RECORD_DAMAGE_HPP
#define RECORD_DAMAGE_HPP

#include "record_benches.hpp"

/* What a read may end with (a bit each), and the blocks it gives then. */
struct Expected {
	unsigned int errors = 0;
	std::vector<PackedPage> blocks;
	/* Blocks are compared; they are not when a line is lost. */
	bool exact = true;
};

class Damage
{
	Memory &memory_;
	rtl::Random &random_;
	const Record &record_;
	Bytes before_;
	bool must_lose_ = false;

	uint8_t *at(uint32_t of_unit)
	{
		return static_cast<uint8_t *>(store_at(memory_.units(), of_unit));
	}

	record_header header()
	{
		record_header header;

		std::memcpy(&header, at(unit), sizeof(header));
		return header;
	}

	bool has_link(size_t n) const
	{
		return n + 1 < record_.extents.size();
	}

	uint8_t *link_at(size_t n)
	{
		return at(record_.extents[n].unit) + (n == 0 ? sizeof(record_header) : 0);
	}

	static bool possible(const record_link &link)
	{
		return link.units >= 3 && link.units <= 255 &&
		       uint64_t(link.unit) + link.units <= rig_units;
	}

	bool lost(uint32_t of_unit) const
	{
		return memory_.lost.count(of_unit / 2) != 0;
	}

	static bool shape_possible(uint16_t shape)
	{
		unsigned int bytes = record_shape_bytes(shape);

		switch (record_shape_codec(shape)) {
		case PAMC_CODEC_RAW:
			return bytes == 4096;
		case PAMC_CODEC_SAME:
			return bytes == 8;
		case PAMC_CODEC_LZ4:
			return true;
		default:
			return false;
		}
	}

      public:
	/* What to ask for. */
	uint32_t unit, units;
	unsigned int blocks;

	Damage(Memory &memory, rtl::Random &random, const Record &record)
	    : memory_(memory), random_(random), record_(record), before_(memory.bytes()),
	      unit(record.extents[0].unit), units(record.extents[0].units),
	      blocks(unsigned(record.blocks.size()))
	{
	}

	void undo()
	{
		memory_.bytes() = before_;
		memory_.lost.clear();
	}

	/* One link; of a record of one extent, its flag. */
	void link()
	{
		size_t links = record_.extents.size() - 1;

		if (links == 0 || random_.one_in(6)) {
			at(unit)[11] ^= 0x80;
			return;
		}
		size_t n = random_.below(links);
		record_link link;

		std::memcpy(&link, link_at(n), sizeof(link));
		switch (random_.below(7)) {
		case 0:
			link.units = uint16_t(random_.below(3));
			break;
		case 1:
			link.units = uint16_t(random_.between(256, 65535));
			break;
		case 2:
			link.unit = uint32_t(random_());
			break;
		case 3:
			link.unit = uint32_t(rig_units - link.units + random_.between(0, 2));
			break;
		case 4:
			/* To itself, or back. */
			link.unit = record_.extents[random_.below(n + 1)].unit;
			link.more = 1;
			break;
		case 5:
			link.more = !link.more;
			break;
		default:
			memory_.lost.insert(record_.extents[n].unit / 2);
			must_lose_ = true;
			break;
		}
		std::memcpy(link_at(n), &link, sizeof(link));
	}

	void lose_line()
	{
		const auto &extent = record_.extents[random_.below(record_.extents.size())];
		uint32_t first = extent.unit / 2, end = (extent.unit + extent.units + 1) / 2;
		/* The last lines may hold padding only. */
		uint32_t count = end - first > 4 ? end - first - 4 : 1;

		memory_.lost.insert(first + uint32_t(random_.below(count)));
		must_lose_ = true;
	}

	void any()
	{
		uint8_t *record = at(unit);
		size_t prefix = record_bytes(&record_.page, 0) + (has_link(0) ? 8 : 0);

		switch (random_.below(10)) {
		case 0:
			record[8 + random_.below(8)] ^= uint8_t(1u << random_.below(8));
			break;
		case 1:
			/* Another length. */
			record[10] ^= uint8_t(1u << random_.below(8));
			break;
		case 2:
			if (blocks > 1)
				record[prefix + random_.below(2 * blocks)] ^=
				    uint8_t(1u << random_.below(8));
			break;
		case 3:
			units = uint32_t(random_.between(0, 255));
			break;
		case 4:
			blocks = unsigned(random_.between(1, 16));
			break;
		case 5:
			unit = uint32_t(random_.one_in(2) ? random_() : random_.below(rig_units));
			break;
		case 6:
			lose_line();
			break;
		case 7:
			/* Less than is there; of several blocks, the last ones. */
			if (blocks == 1) {
				uint16_t shape =
				    RECORD_SHAPE(PAMC_CODEC_LZ4, random_.between(1, 200));

				record[10] = uint8_t(shape);
				record[11] = uint8_t((record[11] & 0xc0) | shape >> 8);
			} else {
				blocks = unsigned(random_.between(2, blocks));
				record[10] = uint8_t(blocks - 1);
			}
			break;
		default:
			link();
			break;
		}
	}

	/* The extents that a walk from the command's on gives. */
	std::vector<Freed> chain()
	{
		std::vector<Freed> list;
		store_extent extent = {unit, units};
		bool more = false;

		for (bool head = true;; head = false) {
			bool is_lost = (head || more) && lost(extent.unit);
			bool has = head ? header().shape >> 15 : more;
			record_link link;

			std::memcpy(&link, at(extent.unit) + (head ? 16 : 0), sizeof(link));
			bool good = !is_lost && possible(link) && list.size() < 767;

			list.push_back(
			    {extent.unit, extent.units, !(has && good), is_lost || (has && !good)});
			if (list.back().last)
				return list;
			extent = {link.unit, link.units};
			more = link.more != 0;
		}
	}

	Expected expected()
	{
		Expected want;
		Bytes stream;
		bool bad_link = false;
		std::vector<size_t> starts; /* of the extents, in the stream */

		if (must_lose_) {
			want.errors = 1u << READ_MEMORY;
			want.exact = false;
			return want;
		}
		if (units < 3 || uint64_t(unit) + units > rig_units) {
			want.errors = 1u << READ_EXTENT;
			return want;
		}
		uint16_t shape = header().shape;
		record_page page;

		/* What says that it is a stub has no blocks, and is told of without an error. */
		if (shape == RECORD_STUB_SHAPE) {
			want.errors = 1u << READ_OK;
			return want;
		}
		record_read(memory_.units(), unit, &page);
		if (page.shape != (shape & RECORD_SHAPE_MASK))
			fail("test: record_read");
		record_walk walk = record_first(memory_.units(), unit, units);

		for (;;) {
			starts.push_back(stream.size());
			stream.insert(stream.end(), walk.data, walk.data + walk.bytes);
			bad_link = walk.more && !possible(walk.link);
			if (bad_link || !walk.more || stream.size() > 80000)
				break;
			record_next(memory_.units(), &walk);
		}
		if (bad_link)
			want.errors |= 1u << READ_EXTENT;
		want.errors |= 1u << decode(page, stream, starts.back(), walk.more, want.blocks);
		/* When the stream ends it, no link that it needs is bad. */
		return want;
	}

      private:
	unsigned int decode(const record_page &page, Bytes stream, size_t last_start, bool more,
			    std::vector<PackedPage> &list)
	{
		unsigned int count = record_shape_blocks(page.shape);
		bool table = count > 1;
		std::vector<uint16_t> shapes = {page.shape};
		size_t size = stream.size(), pos = 0;

		if (count > 16 || count != blocks || (!table && !shape_possible(page.shape)))
			return READ_SHAPE;
		/* 16 bytes are given or none: what fills them up is zero. */
		stream.resize((size + 15) / 16 * 16);
		if (table) {
			pos = count * 2;
			if (pos > stream.size())
				return READ_SHORT;
			shapes.resize(count);
			std::memcpy(shapes.data(), stream.data(), pos);
		}
		for (uint16_t shape : shapes) {
			if (!shape_possible(shape))
				return READ_TABLE;
			unsigned int length = record_shape_bytes(shape);
			PackedPage block =
			    packed(record_shape_codec(shape), Bytes(length), table ? 0 : page.crc);
			size_t part = 0;

			for (; part < length; part += 16) {
				size_t bytes = std::min<size_t>(16, length - part);

				if (pos + bytes > stream.size())
					break;
				std::memcpy(block.data.data() + part, stream.data() + pos, bytes);
				pos += bytes;
			}
			list.push_back(block);
			if (part < length)
				return READ_SHORT;
		}
		if (pos > size)
			return READ_SHORT;
		return more || pos <= last_start ? READ_LONG : READ_OK;
	}

      public:
	std::string text(const Expected &want)
	{
		return "read of " + std::to_string(unit) + "+" + std::to_string(units) + ", " +
		       std::to_string(blocks) + " blocks, possible errors " +
		       std::to_string(want.errors) + "; was " + describe(record_);
	}

	void check(const Expected &want, const ReadResult &got)
	{
		std::string what =
		    "ended with error " + std::to_string(got.error) + ", " + text(want);

		if (!(want.errors >> got.error & 1))
			fail(what);
		if (got.blocks_told != got.blocks.size())
			fail("blocks told and given differ: " + what);
		if (got.header_error != (got.blocks.empty() && got.header_error))
			fail("blocks after a bad header: " + what);
		if (!want.exact)
			return;
		if (got.blocks.size() != want.blocks.size())
			fail(std::to_string(got.blocks.size()) + " blocks, not " +
			     std::to_string(want.blocks.size()) + ": " + what);
		for (size_t n = 0; n < got.blocks.size(); n++)
			if (got.blocks[n].data != want.blocks[n].data ||
			    got.blocks[n].kind != want.blocks[n].kind ||
			    got.blocks[n].crc != want.blocks[n].crc)
				fail("block " + std::to_string(n) + " is wrong: " + what);
	}
};

#endif /* RECORD_DAMAGE_HPP */
