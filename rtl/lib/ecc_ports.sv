// SPDX-License-Identifier: Apache-2.0
//
// A memory that is read at many places at once without a clock (LUT RAM, which synthesis makes
// anew for each of them), and is protected all the same. To correct a long word at each place
// would cost more than the memory. So each place sees by parity that what it has is wrong, and
// waits for a cycle longer than it needs anyway; one more copy, a block RAM with a code that
// corrects (ecc_ram), is what all others are then written anew from.
//
// A port's word is looked at when another one is read, or the same was written, and now and then
// besides; bad_o says a cycle later that it was wrong, and goes on saying so until it is right. It is
// six cycles later, or more if somebody writes. What was read in the cycle before bad_o is not to be
// used, so whoever has just turned to a word waits for a cycle to know.
//
// If the copy is lost, too, lost_o says so for a cycle, and the word is what the copy has, with
// those of its bits set that Lost has: it has to be of no consequence then.

`include "check.svh"

module ecc_ports #(
  parameter int unsigned Memory = 0,
  // The one that corrects.
  parameter int unsigned Copy = 1,
  parameter int unsigned Width = 64,
  parameter int unsigned Depth = 64,
  parameter int unsigned Ports = 2,
  // Parities of a word; parts of the copy's code.
  parameter int unsigned Checks = 8,
  parameter int unsigned Parts = 8,
  parameter logic [Width-1:0] Lost = '0,
  // Derived, not to be set.
  parameter int unsigned AtBits = $clog2(Depth)
) (
  input  logic                         clk_i,
  input  logic                         rst_ni,
  input  ecc_pkg::inject_t             inject_i,
  output ecc_pkg::event_t              ecc_o,
  output ecc_pkg::event_t              ecc_copy_o,

  input  logic                         write_i,
  input  logic [AtBits-1:0]            write_at_i,
  input  logic [Width-1:0]             write_data_i,

  // The answer in the same cycle.
  input  logic [Ports-1:0][AtBits-1:0] read_at_i,
  output logic [Ports-1:0][Width-1:0]  read_data_o,
  // What was read in the cycle before was wrong, and still is.
  output logic [Ports-1:0]             bad_o,
  output logic                         lost_o
`ifdef FORMAL
  ,
  // Both memories, for proofs, which have small ones.
  output logic [Depth*(Width+Checks)-1:0] words_o,
  output logic [Depth*Width-1:0]          whole_o
`endif
);

  `PAMC_PARAM(g_checks, Checks >= 1 && Checks <= Width)

  localparam int unsigned PartBits = (Width + Checks - 1) / Checks;
  localparam int unsigned Word     = Width + Checks;

  function automatic logic [Checks-1:0] parities(input logic [Width-1:0] data);
    for (int unsigned p = 0; p < Checks; p++) parities[p] = ^(PartBits'(data >> (p * PartBits)));
  endfunction

  // ---- Writing: what comes from outside goes first, and ends what is being put right of that word.

  typedef enum logic [2:0] {IDLE, READ, LOOK, WRITE, REST, REST2} state_e;
  state_e            state_q;
  logic [AtBits-1:0] at_q;
  logic              writes, same, waits, error;
  logic [AtBits-1:0] write_at;
  logic [Width-1:0]  write_data, copy;
  logic [Word-1:0]   word, damaged, mem_q [Depth];
  assign writes     = write_i || state_q == WRITE;
  assign write_at   = write_i ? write_at_i : at_q;
  assign write_data = write_i ? write_data_i : error ? copy | Lost : copy;
  assign word       = {parities(write_data), write_data};

  ecc_inject #(.Memory(Memory), .Width(Word)) u_inject (
    .clk_i, .rst_ni, .inject_i, .write_i, .word_i(word), .word_o(damaged)
  );

`ifdef FORMAL
  // Any bit of any word.
  (* anyseq *) logic [Word-1:0] spoils;
  `PAMC_ASSUME(m_one_bit, (spoils & (spoils - 1'b1)) == '0)
`else
  logic [Word-1:0] spoils;
  assign spoils = '0;
`endif

  always_ff @(posedge clk_i) begin
    if (writes) mem_q[write_at] <= write_i ? damaged ^ spoils : word;
  end

  // ---- Reading.

  // Written in the cycle before; ever, as before that it has no right parity; when each port is looked at besides.
  logic                          written_q;
  logic [Depth-1:0]              ever_q;
  logic [AtBits-1:0]             written_at_q;
  logic [$clog2(Ports+1)-1:0]    turn_q;
  logic [Ports-1:0]              looks, bad, bad_q, known_q;
  logic [Ports-1:0][AtBits-1:0]  port_at_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      written_q <= 1'b0;
      turn_q    <= '0;
      ever_q    <= '0;
    end else begin
      written_q <= writes;
      if (write_i) ever_q[write_at_i] <= 1'b1;
      turn_q    <= 32'(turn_q) == Ports - 1 ? '0 : turn_q + 1'b1;
    end
  end
  always_ff @(posedge clk_i) written_at_q <= write_at;

  for (genvar n = 0; n < int'(Ports); n++) begin : g_port
    logic [Word-1:0] read;
    assign read           = mem_q[read_at_i[n]];
    assign read_data_o[n] = read[Width-1:0];
    assign looks[n]       = !known_q[n] || port_at_q[n] != read_at_i[n] || 32'(turn_q) == n || (written_q && written_at_q == read_at_i[n]);
    // Who reads may have come to know the place late in the cycle, so each parity by itself has to do in what is
    // left of it. Only when it is looked at, which spares the simulation most of it; a circuit need not know.
    logic [Checks-1:0] wrong, wrong_q;
    logic              looked_q, ever_now_q;
    always_comb begin
      wrong = '0;
`ifdef VERILATOR
      if (looks[n])
`endif
      wrong = read[Word-1:Width] ^ parities(read[Width-1:0]);
    end
    assign bad[n] = looked_q ? ever_now_q && wrong_q != '0 : bad_q[n];
    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) {known_q[n], looked_q, bad_q[n]} <= '0;
      else         {known_q[n], looked_q, bad_q[n]} <= {1'b1, looks[n], bad[n]};
    end
    always_ff @(posedge clk_i) begin
      wrong_q      <= wrong;
      ever_now_q   <= ever_q[read_at_i[n]];
      port_at_q[n] <= read_at_i[n];
    end
  end
  assign bad_o = bad;

  // ---- Putting right: the word of the first port that has a wrong one.

  logic [AtBits-1:0] bad_at;
  always_comb begin
    bad_at = '0;
    for (int n = int'(Ports) - 1; n >= 0; n--) if (bad[n]) bad_at = port_at_q[n];
  end
  assign same = write_i && write_at_i == at_q;

  logic tells_q;
  ecc_ram #(.Memory(Copy), .Width(Width), .Depth(Depth), .Parts(Parts), .Late(1'b1)) u_copy (
    .clk_i, .rst_ni, .inject_i, .event_o(ecc_copy_o), .write_i, .write_at_i, .write_data_i,
    .read_i(state_q == READ), .read_at_i(at_q), .look_i(state_q == LOOK), .data_o(copy), .wait_o(waits), .error_o(error)
`ifdef FORMAL
    , .whole_o
`endif
  );

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q <= IDLE;
      tells_q <= 1'b0;
      lost_o  <= 1'b0;
    end else begin
      tells_q <= state_q == WRITE && !write_i;
      lost_o  <= state_q == WRITE && !write_i && error;
      case (state_q)
        IDLE:    if (bad != '0) state_q <= READ;
        READ:    state_q <= LOOK;
        LOOK:    if (!waits) state_q <= WRITE;
        WRITE:   if (!write_i) state_q <= REST;
        // Whether it is right now is seen.
        REST:    state_q <= REST2;
        default: state_q <= IDLE;
      endcase
      // It is another word now.
      if (same && state_q != IDLE) state_q <= IDLE;
    end
  end
  always_ff @(posedge clk_i) if (state_q == IDLE) at_q <= bad_at;

  assign ecc_o.corrected     = tells_q && !lost_o;
  assign ecc_o.uncorrectable = lost_o;

`ifdef FORMAL
  for (genvar i = 0; i < int'(Depth); i++) begin : g_words
    assign words_o[i*Word +: Word] = mem_q[i];
  end
`endif

endmodule
