// SPDX-License-Identifier: Apache-2.0
//
// Reads what a get wants from flash (mailbox_fetch): from its place to die, block, page and
// chunks, and a request of its own, beside those of the mailbox's words (flash_words).
//
// It is made when its die has nothing to do, so that nobody else waits behind it at a channel. What a
// place has stays there until its block is erased, and pages leave a block before that. So what the
// vault said is good as long as no erase is asked for (erase_i) between that and the request: behind it
// erases wait for the die. If there was one, the read is not made, and firmware finds out.

`include "check.svh"

module flash_fetch #(
  parameter int unsigned Dies     = 4,   // of all channels
  parameter int unsigned Chunks   = 4,
  parameter int unsigned PageBits = 6
) (
  input  logic                     clk_i,
  input  logic                     rst_ni,
  // Of a die.
  input  logic [15:0]              blocks_i,

  // A page is looked up, or read; held, with what is wanted, until end_o, which is there for a cycle.
  input  logic                     look_i,
  input  logic                     valid_i,
  input  flash_pkg::fetch_t        fetch_i,
  output logic                     end_o,
  output flash_pkg::fetch_end_t    end_data_o,

  // Held until ready_i. die: of all channels'; op and tag are flash_words'.
  output logic                     request_valid_o,
  input  logic                     request_ready_i,
  output logic [6:0]               die_o,
  output flash_pkg::request_t      request_o,
  output flash_pkg::part_t         part_o,
  input  logic                     erase_i,
  input  logic                     end_valid_i,
  input  flash_pkg::fetch_end_t    end_i
);

  // Units of 32 bytes in a page, words of 4 in a chunk.
  localparam int unsigned Units    = Chunks * 32;
  localparam int unsigned UnitBits = $clog2(Units);
  localparam int unsigned WordBits = UnitBits + 3;
  localparam int unsigned RestBits = 32 - UnitBits - PageBits;
  `PAMC_PARAM(g_dies, Dies >= 1 && Dies <= 128)
  `PAMC_PARAM(g_block, UnitBits + PageBits <= 28)
  // A place is taken apart by bits.
  `PAMC_PARAM(g_chunks, Chunks == 1 << $clog2(Chunks))

  typedef enum logic [2:0] {IDLE, SPLIT, LOOK, ASK, WAIT, OVER} state_e;
  state_e               state_q;
  logic [RestBits-1:0]  block_q;
  logic [6:0]           die_q;
  logic                 stale_q, fits_q;
  logic [WordBits-1:0]  from_q;     // in words of the page
  logic [WordBits:0]    last_q;     // its last one
  logic [14:0]          words;
  assign words = 15'(fetch_i.bytes[16:2]) + 15'(fetch_i.bytes[1:0] != '0);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q <= IDLE;
      stale_q <= 1'b0;
    end else begin
      stale_q <= look_i && (stale_q || erase_i);
      case (state_q)
        IDLE:  if (valid_i) state_q <= SPLIT;
        // A die's blocks a cycle.
        SPLIT: if (32'(block_q) < 32'(blocks_i)) state_q <= LOOK;
               else if (die_q == 7'(Dies - 1)) state_q <= OVER;
        LOOK:  state_q <= fits_q ? ASK : OVER;
        ASK:   if (stale_q || erase_i) state_q <= OVER;
               else if (request_ready_i) state_q <= WAIT;
        WAIT:  if (end_valid_i) state_q <= OVER;
        default: state_q <= IDLE;
      endcase
    end
  end
  always_ff @(posedge clk_i) begin
    if (state_q == IDLE) begin
      block_q   <= fetch_i.place[31 -: RestBits];
      die_q     <= '0;
      request_o <= '0;
      from_q    <= {fetch_i.place[UnitBits-1:0], 3'd0};
      request_o.page <= 16'(fetch_i.place[UnitBits +: PageBits]);
    end
    if (state_q == SPLIT && 32'(block_q) >= 32'(blocks_i)) begin
      block_q <= block_q - RestBits'(blocks_i);
      die_q   <= die_q + 7'd1;
    end
    if (state_q == SPLIT) begin
      last_q <= (WordBits + 1)'(from_q) + (WordBits + 1)'(words - 15'd1);
      // A page, and nothing behind it.
      fits_q <= 32'(words) != '0 && 32'(words) <= Units * 8 && 32'(from_q) + 32'(words) <= Units * 8;
    end
    if (state_q == LOOK) begin
      request_o.block <= 16'(block_q);
      request_o.first <= 8'(from_q >> 8);
      request_o.count <= 8'(last_q >> 8) - 8'(from_q >> 8) + 8'd1;
      part_o.skip     <= from_q[7:0];
      part_o.at       <= '0;
      part_o.words    <= 16'(words);
    end
    if (state_q == WAIT) end_data_o <= end_i;
    else if (state_q == IDLE) end_data_o <= '0;
  end
  assign request_valid_o = state_q == ASK && !stale_q && !erase_i;
  assign die_o           = die_q;
  assign end_o           = state_q == OVER;

  logic unused;
  assign unused = last_q[WordBits];

endmodule
