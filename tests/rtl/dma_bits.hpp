/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the fields of rtl/pcie/dma_pkg.sv's streams are, for tests that speak them: the
 * struct's last field is at bit 0.
 */
#ifndef DMA_BITS_HPP
#define DMA_BITS_HPP

namespace rtl
{

constexpr unsigned int dma_tag_bits = 10, dma_client_bits = 5;
/* The part of a tag that is the client's own. */
constexpr unsigned int dma_own_bits = dma_tag_bits - dma_client_bits;

/* read_req_t, from bit 0 on: tag, lines, line, probe. */
constexpr unsigned int read_lines_at = dma_tag_bits, read_line_at = read_lines_at + 7,
		       read_probe_at = read_line_at + 58, read_req_bits = read_probe_at + 1;

/* read_rsp_t: data, offset, last, error, tag. */
constexpr unsigned int rsp_offset_at = 512, rsp_last_at = 518, rsp_error_at = 519, rsp_tag_at = 520;

/* write_req_t: tag, dwords, dword. */
constexpr unsigned int write_dwords_at = dma_tag_bits, write_dword_at = write_dwords_at + 11,
		       write_req_bits = write_dword_at + 62;

} // namespace rtl

#endif /* DMA_BITS_HPP */
