// SPDX-License-Identifier: Apache-2.0
//
// What happened to the pages of each pool: eight counters for each contents of the vault,
// in one memory. Events of the vault (puts, refusals, evictions, flushes) and of gets wait in
// short queues until their counter has been read, added to and written.
//
// Counters hold 48 bits; they are worth nothing until they were cleared, which whoever
// creates contents does first.

`include "check.svh"

module mailbox_contents (
  input  logic                              clk_i,
  input  logic                              rst_ni,

  input  vault_pkg::event_t                 vault_i,
  input  logic                              get_i,
  input  logic [1:0]                        get_kind_i,
  input  logic [exec_pkg::ContentsBits-1:0] get_contents_i,

  // Contents, then kind; the value comes within four cycles.
  input  logic [11:0]                       select_i,
  input  logic                              clear_i,
  input  logic [11:0]                       clear_select_i,
  output logic [63:0]                       value_o
);

  logic [47:0] mem_q [4096];

  logic        vault_valid, get_valid, vault_take, get_take, vault_room, get_room;
  logic [43:0] vault_event;
  logic [11:0] get_event;
  logic [2:0]  vault_level, get_level;

  lib_fifo #(.Width(44), .Depth(4)) u_vault (
    .clk_i, .rst_ni,
    .in_valid_i(vault_i.valid), .in_ready_o(vault_room),
    .in_data_i({vault_i.pages, vault_i.contents, 1'b0, vault_i.what}),
    .out_valid_o(vault_valid), .out_ready_i(vault_take), .out_data_o(vault_event),
    .level_o(vault_level)
  );
  lib_fifo #(.Width(12), .Depth(4)) u_gets (
    .clk_i, .rst_ni,
    .in_valid_i(get_i), .in_ready_o(get_room), .in_data_i({get_contents_i, 1'b1, get_kind_i}),
    .out_valid_o(get_valid), .out_ready_i(get_take), .out_data_o(get_event), .level_o(get_level)
  );

  // Three cycles for each: read, add, write. In others the memory is read for the
  // management core, or a counter is cleared.
  logic [1:0]  step_q;
  logic [11:0] place_q, read_place;
  logic [31:0] amount_q;
  logic [47:0] data_q;
  logic        fresh_q;

  assign vault_take = step_q == 2'd0 && !clear_i;
  assign get_take   = vault_take && !vault_valid;
  assign read_place = step_q == 2'd1 ? place_q : select_i;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      step_q <= '0;
    end else begin
      case (step_q)
        2'd0:    if (!clear_i && (vault_valid || get_valid)) step_q <= 2'd1;
        2'd1:    step_q <= 2'd2;
        // A clear in this very cycle has the port; the event waits.
        default: if (!clear_i) step_q <= 2'd0;
      endcase
    end
  end

  logic [63:0] value_q;
  always_ff @(posedge clk_i) begin
    if (step_q == 2'd0) begin
      place_q  <= vault_valid ? vault_event[11:0] : get_event;
      amount_q <= vault_valid ? vault_event[43:12] : 32'd1;
    end
    if (step_q != 2'd2) data_q <= mem_q[read_place];
    fresh_q <= step_q == 2'd0;
    if (clear_i) mem_q[clear_select_i] <= '0;
    else if (step_q == 2'd2) mem_q[place_q] <= data_q + 48'(amount_q);
    // What was read for the management core is in data_q now.
    if (fresh_q) value_q <= {16'd0, data_q};
  end
  assign value_o = value_q;

  logic unused;
  assign unused = ^{vault_level, get_level};

  `PAMC_ASSERT(a_room, (!vault_i.valid || vault_room) && (!get_i || get_room))

endmodule
