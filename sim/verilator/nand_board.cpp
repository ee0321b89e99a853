// SPDX-License-Identifier: Apache-2.0
#include "nand_board.hpp"

#include "nand_flash.hpp"

namespace onfi
{

Board::Board(const Shape &shape, uint64_t seed)
{
	if (!shape.blocks)
		return;

	nand_config config =
	    config_of(shape, built_channels, built_dies, built_chunks, built_pages, seed);

	model_ = nand_create(&config);
	flash_ = std::make_unique<Flash>(model_, shape, built_period, seed);
}

Board::~Board()
{
	flash_.reset();
	if (model_)
		nand_destroy(model_);
}

void Board::power_cycle()
{
	if (model_)
		flash_->power_cycle();
}

uint8_t Board::bus(unsigned int ce_n, bool cle, bool ale, bool we_n, bool re_n, bool dq_oe,
		   uint8_t dq, unsigned int &ready)
{
	Answer answer = flash_->cycle(0, {ce_n, cle, ale, we_n, re_n, dq_oe, dq});

	ready = answer.ready;
	return answer.dq;
}

} // namespace onfi
