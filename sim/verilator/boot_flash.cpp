// SPDX-License-Identifier: Apache-2.0
#include "boot_flash.hpp"

#include <algorithm>
#include <cstring>

extern "C" {
#include "image.h"
}

namespace rtl_card
{

namespace
{

enum Command : uint8_t {
	PROGRAM = 0x02,
	STATUS = 0x05,
	ENABLE = 0x06,
	FAST_READ = 0x0b,
	ERASE = 0x20,
};

/* Before the first byte of data: the command, three of address, for FAST_READ one more. */
constexpr unsigned int addressed = 4;

} // namespace

BootFlash::BootFlash() : bytes_(FLASH_BYTES, 0xff)
{
}

void BootFlash::write(uint32_t at, const void *from, size_t bytes)
{
	std::memcpy(&bytes_.at(at + bytes - 1) - (bytes - 1), from, bytes);
}

void BootFlash::blank(uint32_t at, size_t bytes)
{
	std::memset(&bytes_.at(at + bytes - 1) - (bytes - 1), 0xff, bytes);
}

/* A byte has come; the one that goes out next. */
uint8_t BootFlash::byte(uint8_t in)
{
	unsigned int nr = count_++;

	if (nr == 0) {
		command_ = in;
		at_ = 0;
		page_.clear();
		if (now_ < ready_ && command_ != STATUS)
			command_ = 0; /* hears nothing else while it works */
		return command_ == STATUS ? now_ < ready_ : 0xff;
	}
	if (command_ == STATUS)
		return now_ < ready_;
	if (nr < addressed)
		at_ = at_ << 8 | in;
	else if (command_ == PROGRAM)
		page_.push_back(in);
	if (command_ != FAST_READ || nr < addressed)
		return 0xff;
	reads++;
	return bytes_[at_++ % bytes_.size()];
}

/* What was told takes effect now. */
void BootFlash::deselect()
{
	if (command_ == ENABLE && count_ == 1) {
		enabled_ = true;
	} else if (command_ == PROGRAM && enabled_ && !page_.empty()) {
		for (size_t n = 0; n < page_.size(); n++)
			bytes_[(at_ & ~(page - 1) & (bytes_.size() - 1)) + (at_ + n) % page] &=
			    page_[n];
		programs++;
		ready_ = now_ + program_takes;
		enabled_ = false;
	} else if (command_ == ERASE && enabled_ && count_ == addressed) {
		std::fill_n(bytes_.begin() + (at_ & ~(sector - 1) & (bytes_.size() - 1)), sector,
			    0xff);
		erases++;
		ready_ = now_ + erase_takes;
		enabled_ = false;
	}
	command_ = 0;
}

bool BootFlash::step(bool select_n, bool clock, bool in)
{
	now_++;
	if (select_n && selected_)
		deselect();
	if (!select_n && !selected_) {
		bits_ = count_ = 0;
		sending_ = 0xff;
		clock_ = clock;
	}
	selected_ = !select_n;
	if (!selected_)
		return true;
	if (clock && !clock_) {
		in_ = uint8_t(in_ << 1 | in);
		bits_++;
	}
	if (!clock && clock_) {
		if (bits_ == 8) {
			sending_ = byte(in_);
			bits_ = 0;
		} else {
			sending_ = uint8_t(sending_ << 1);
		}
	}
	clock_ = clock;
	return sending_ >> 7;
}

} // namespace rtl_card
