/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The card's flash on its board: sim/nand's model, made as figures say, and the dies at the
 * card's pins in front of it. A figure of no blocks is a board without flash.
 */
#ifndef NAND_BOARD_HPP
#define NAND_BOARD_HPP

#include <cstdint>
#include <memory>

#include "nand_shape.hpp"

struct nand;

namespace onfi
{

class Flash;

class Board
{
	struct nand *model_ = nullptr;
	std::unique_ptr<Flash> flash_;

      public:
	Board(const Shape &shape, uint64_t seed);
	~Board();
	Board(const Board &) = delete;

	/* To be damaged; null without flash. */
	struct nand *model()
	{
		return model_;
	}

	void power_cycle();

	/* One cycle of the pins of a card_top; before its clock edge. */
	template <class Model> void cycle(Model &card)
	{
		if (!model_)
			return;

		unsigned int ready;

		card.nand_dq_i =
		    bus(card.nand_ce_no, card.nand_cle_o, card.nand_ale_o, card.nand_we_no,
			card.nand_re_no, card.nand_dq_oe_o, card.nand_dq_o, ready);
		card.nand_ready_i = ready & 255;
	}

      private:
	uint8_t bus(unsigned int ce_n, bool cle, bool ale, bool we_n, bool re_n, bool dq_oe,
		    uint8_t dq, unsigned int &ready);
};

} // namespace onfi

#endif /* NAND_BOARD_HPP */
