/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The management core's boot flash: a SPI NOR memory, as much of it as the firmware uses. It
 * keeps what it holds over losses of power; takes shorter to program and to erase than a real
 * one (0.4 ms a page, 45 ms a sector), as a simulation has no time for that.
 */
#ifndef BOOT_FLASH_HPP
#define BOOT_FLASH_HPP

#include <cstdint>
#include <vector>

namespace rtl_card
{

class BootFlash
{
	std::vector<uint8_t> bytes_;
	uint64_t now_ = 0, ready_ = 0;
	bool selected_ = false, clock_ = false, enabled_ = false, out_ = true;
	unsigned int bits_ = 0, count_ = 0; /* of this byte; bytes of this command */
	uint8_t in_ = 0, command_ = 0, sending_ = 0xff;
	uint32_t at_ = 0;
	std::vector<uint8_t> page_;

	uint8_t byte(uint8_t in);
	void deselect();

      public:
	static constexpr uint32_t sector = 4096, page = 256;
	/* In cycles. */
	uint64_t program_takes = 2000, erase_takes = 20000;
	/* Bytes sent out, sectors erased, pages programmed. */
	uint64_t reads = 0, erases = 0, programs = 0;

	BootFlash();

	/* One cycle; what comes back. */
	bool step(bool select_n, bool clock, bool in);

	/* What a programmer at the card's maker does. */
	void write(uint32_t at, const void *from, size_t bytes);
	void blank(uint32_t at, size_t bytes);

	uint8_t &operator[](uint32_t at)
	{
		return bytes_.at(at);
	}
};

} // namespace rtl_card

#endif /* BOOT_FLASH_HPP */
