/* SPDX-License-Identifier: Apache-2.0 */
/* A host's memory, page by page: what was not made cannot be reached. */
#ifndef HOST_MEMORY_HPP
#define HOST_MEMORY_HPP

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <unordered_map>

class HostMemory
{
      public:
	using Page = std::array<uint8_t, 4096>;

      private:
	std::unordered_map<uint64_t, Page> pages_;
	uint64_t next_page_ = 0x100000;

      public:
	/* Copies to or from, or only looks. False: not all of it is there. */
	bool access(uint64_t addr, size_t bytes, void *to, const void *from)
	{
		while (bytes) {
			auto page = pages_.find(addr >> 12);
			size_t part = std::min<size_t>(bytes, 4096 - addr % 4096);

			if (page == pages_.end())
				return false;
			if (to) {
				std::memcpy(to, &page->second[addr % 4096], part);
				to = static_cast<uint8_t *>(to) + part;
			} else if (from) {
				std::memcpy(&page->second[addr % 4096], from, part);
				from = static_cast<const uint8_t *>(from) + part;
			}
			addr += part;
			bytes -= part;
		}
		return true;
	}

	/* So many pages of 4 KiB behind each other; the bus address of the first. */
	uint64_t allocate(unsigned int pages = 1)
	{
		uint64_t addr = next_page_ << 12;

		for (unsigned int n = 0; n < pages; n++)
			pages_[next_page_++].fill(0);
		next_page_++; /* what lies between cannot be reached */
		return addr;
	}

	/* Pages at an address of the caller's. */
	void map(uint64_t addr, unsigned int pages)
	{
		for (unsigned int n = 0; n < pages; n++)
			pages_[(addr >> 12) + n].fill(0);
	}

	bool there(uint64_t addr) const
	{
		return pages_.count(addr >> 12) != 0;
	}

	Page &page(uint64_t addr)
	{
		return pages_.at(addr >> 12);
	}

	void forget(uint64_t addr)
	{
		pages_.erase(addr >> 12);
	}
};

#endif /* HOST_MEMORY_HPP */
