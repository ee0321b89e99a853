/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The flash's code by its definition, bit by bit and with nothing of the RTL: generator from
 * minimal polynomials, parity by long division, syndromes by trying all bits, the locator by
 * Massey's algorithm with division, its roots by trying all places.
 */
#ifndef BCH_REFERENCE_HPP
#define BCH_REFERENCE_HPP

#include <array>
#include <bitset>
#include <cstdint>
#include <vector>

namespace bch
{

constexpr unsigned int M = 14, ORDER = (1u << M) - 1, T = 40, PARITY_BITS = M * T;
constexpr unsigned int DATA = 1024, PARITY = PARITY_BITS / 8, MARK = 2,
		       STORED = DATA + PARITY + MARK;

using Chunk = std::vector<uint8_t>;

class Field
{
	std::array<uint16_t, ORDER> power_{};
	std::array<uint16_t, ORDER + 1> log_{};

      public:
	Field()
	{
		unsigned int value = 1;

		for (unsigned int n = 0; n < ORDER; n++) {
			power_[n] = uint16_t(value);
			log_[value] = uint16_t(n);
			value = value << 1 ^ (value >> (M - 1) ? 0x402bu : 0u);
		}
	}

	unsigned int power(uint64_t exponent) const
	{
		return power_[exponent % ORDER];
	}

	unsigned int times(unsigned int a, unsigned int b) const
	{
		return a && b ? power_[(log_[a] + log_[b]) % ORDER] : 0;
	}

	unsigned int over(unsigned int a, unsigned int b) const
	{
		return a ? power_[(log_[a] + ORDER - log_[b]) % ORDER] : 0;
	}
};

inline const Field &field()
{
	static const Field field;

	return field;
}

/* Product of (x - a^e) over all conjugates of a, a^3 ... a^(2T-1). */
inline std::bitset<PARITY_BITS + 1> generator()
{
	std::vector<bool> seen(ORDER);
	std::vector<unsigned int> product{1};

	for (unsigned int odd = 1; odd < 2 * T; odd += 2)
		for (unsigned int e = odd; !seen[e]; e = 2 * e % ORDER) {
			seen[e] = true;
			product.push_back(0);
			for (size_t n = product.size() - 1; n > 0; n--)
				product[n] =
				    product[n - 1] ^ field().times(product[n], field().power(e));
			product[0] = field().times(product[0], field().power(e));
		}
	std::bitset<PARITY_BITS + 1> bits;

	for (size_t n = 0; n < product.size(); n++)
		bits[n] = product[n] & 1;
	return bits;
}

inline bool bit(const Chunk &chunk, unsigned int n)
{
	return chunk[n / 8] >> n % 8 & 1;
}

/* The coefficient that a bit of a stored chunk is of. */
inline unsigned int exponent(unsigned int bit_number)
{
	return 8 * STORED - 1 - bit_number;
}

inline Chunk encode(const Chunk &data)
{
	static const std::bitset<PARITY_BITS + 1> divisor = generator();
	std::bitset<PARITY_BITS + 1> rest;
	Chunk stored = data;

	for (unsigned int n = 0; n < 8 * DATA + PARITY_BITS; n++) {
		rest <<= 1;
		rest[0] = n < 8 * DATA && !bit(data, n);
		if (rest[PARITY_BITS])
			rest ^= divisor;
	}
	stored.resize(STORED, 0);
	for (unsigned int n = 0; n < PARITY_BITS; n++)
		if (!rest[PARITY_BITS - 1 - n])
			stored[DATA + n / 8] |= uint8_t(1u << n % 8);
	return stored;
}

struct Decoded {
	bool uncorrectable = false;
	unsigned int corrected = 0;
	Chunk data;
};

inline Decoded decode(const Chunk &stored)
{
	const Field &f = field();
	std::vector<unsigned int> s(2 * T + 1), locator{1}, prior{1};
	Decoded answer;

	answer.data.assign(stored.begin(), stored.begin() + DATA);
	for (unsigned int n = 0; n < 8 * (DATA + PARITY); n++)
		if (!bit(stored, n))
			for (unsigned int j = 1; j <= 2 * T; j++)
				s[j] ^= f.power(uint64_t(j) * exponent(n));
	unsigned int length = 0, shift = 1, scale = 1;

	for (unsigned int n = 0; n < 2 * T; n++) {
		unsigned int off = 0;

		for (unsigned int i = 0; i <= length && i < locator.size(); i++)
			off ^= f.times(locator[i], s[n + 1 - i]);
		if (off == 0) {
			shift++;
			continue;
		}
		std::vector<unsigned int> old = locator;
		unsigned int factor = f.over(off, scale);

		if (locator.size() < prior.size() + shift)
			locator.resize(prior.size() + shift);
		for (size_t i = 0; i < prior.size(); i++)
			locator[i + shift] ^= f.times(factor, prior[i]);
		if (2 * length <= n) {
			length = n + 1 - length;
			prior = old;
			scale = off;
			shift = 1;
		} else {
			shift++;
		}
	}
	std::vector<unsigned int> wrong;

	for (unsigned int n = 0; n < 8 * (DATA + PARITY) && length <= T; n++) {
		unsigned int value = 0;

		for (size_t i = 0; i < locator.size(); i++)
			value ^= f.times(locator[i],
					 f.power(uint64_t(ORDER - exponent(n)) * uint64_t(i)));
		if (value == 0)
			wrong.push_back(n);
	}
	answer.uncorrectable = wrong.size() != length;
	if (answer.uncorrectable)
		return answer;
	answer.corrected = length;
	for (unsigned int n : wrong)
		if (n < 8 * DATA)
			answer.data[n / 8] ^= uint8_t(1u << n % 8);
	return answer;
}

} /* namespace bch */

#endif /* BCH_REFERENCE_HPP */
