/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The flash behind the card's pins in figures, as pamsim's options and tests choose it
 * (nand_flash.hpp); what the card is built for.
 */
#ifndef NAND_SHAPE_HPP
#define NAND_SHAPE_HPP

namespace onfi
{

/* Of card_top's parameters, their defaults. */
constexpr unsigned int built_channels = 1, built_dies = 4, built_chunks = 4, built_pages = 64,
		       built_period = 5;

/* Times in cycles of the card, of 4 ns. */
struct Shape {
	unsigned int blocks = 0;    /* of a die; 0: there is no flash */
	double read = 6250;         /* tR 25 us */
	double program = 50000;     /* tPROG 200 us */
	double erase = 500000;      /* tBERS 2 ms */
	double reset = 1250;        /* tRST 5 us */
	unsigned int bad = 0;       /* of 1000 blocks have the maker's mark */
	unsigned int endurance = 0; /* erases after which operations begin to fail; 0: never */
	/* Raw bit errors of a chunk on average (sim/nand/nand.h). */
	double bits = 0, bits_erases = 0, bits_reads = 0, bits_days = 0;
};

} // namespace onfi

#endif /* NAND_SHAPE_HPP */
