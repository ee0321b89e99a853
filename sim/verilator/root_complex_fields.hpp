/* SPDX-License-Identifier: Apache-2.0 */
/* Bits of the hard block's sideband words. */
#ifndef ROOT_COMPLEX_FIELDS_HPP
#define ROOT_COMPLEX_FIELDS_HPP

#include <cstdint>
#include <cstdio>
#include <string>

namespace pcie
{

/* Places of fields in tuser. */
constexpr unsigned int CQ_FIRST_BE = 0, CQ_LAST_BE = 8, CQ_BYTE_EN = 16, CQ_SOP = 80, CQ_EOP = 86,
		       CQ_EOP_PTR = 88, CQ_DISCONTINUE = 96;
constexpr unsigned int CC_SOP = 0, CC_EOP = 6, CC_EOP_PTR = 8, CC_DISCONTINUE = 16;
constexpr unsigned int RQ_FIRST_BE = 0, RQ_LAST_BE = 8, RQ_SOP = 20, RQ_EOP = 26, RQ_EOP_PTR = 28,
		       RQ_DISCONTINUE = 36;
constexpr unsigned int RC_SOP = 64, RC_EOP = 76, RC_EOP_PTR = 80, RC_DISCONTINUE = 96;

/* Bytes of a packet on the link beside its header and data: start, sequence, CRC. */
constexpr unsigned int framing = 8;

inline uint32_t field(const uint32_t *words, unsigned int low, unsigned int width)
{
	uint64_t two = words[low / 32];

	if (low % 32 + width > 32)
		two |= uint64_t(words[low / 32 + 1]) << 32;
	return uint32_t(two >> low % 32 & ((1ull << width) - 1));
}

inline void set_field(uint32_t *words, unsigned int low, unsigned int width, uint32_t value)
{
	for (unsigned int n = 0; n < width; n++)
		if (value >> n & 1)
			words[(low + n) / 32] |= 1u << (low + n) % 32;
}

inline std::string hex(uint64_t value)
{
	char text[24];

	std::snprintf(text, sizeof(text), "%llx", static_cast<unsigned long long>(value));
	return text;
}

} // namespace pcie

#endif /* ROOT_COMPLEX_FIELDS_HPP */
