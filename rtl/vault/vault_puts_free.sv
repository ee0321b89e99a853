// SPDX-License-Identifier: Apache-2.0
//
// Memory goes back to the store: the fifth stage of vault_puts. Either that of the page
// that was replaced, or, when a page could not be entered, its own. A link is read before
// its memory is freed, and so scrubbed; when it leads astray, what is behind it is lost, and
// nothing else. vault_forget does the same for one page at a time.

`include "check.svh"

module vault_puts_free (
  input  logic                     clk_i,
  input  logic                     rst_ni,

  input  logic                     valid_i,
  input  vault_puts_pkg::outcome_t outcome_i,
  input  vault_puts_pkg::found_t   found_i,
  input  vault_puts_pkg::given_t   given_i,
  // How many blocks a page has to have.
  input  logic [2:0]               order_i,
  output logic                     done_o,
  output vault_puts_pkg::freed_t   freed_o,

  output vault_pkg::mem_req_t      mem_o,
  input  vault_pkg::mem_rsp_t      mem_i,

  output logic                     cmd_valid_o,
  input  logic                     cmd_ready_i,
  output store_pkg::cmd_t          cmd_o,
  input  logic                     answer_valid_i,
  input  store_pkg::answer_t       answer_i,

  output logic                     waits_o
);

  typedef enum logic [3:0] {S_IDLE, S_READ, S_SHAPES, S_FREE, S_WAIT, S_LINK, S_DONE} state_e;
  state_e state_q;

  logic             replaced, single, good_shape, bad;
  logic [11:0]      blocks;
  index_pkg::slot_t old;
  assign old        = found_i.entry;
  assign replaced   = outcome_i.stored && outcome_i.replaced;
  assign single     = found_i.shape[13:12] != 2'd0 || found_i.shape[11:0] == 12'hfff;
  assign blocks     = found_i.shape[11:0] + 12'd1;
  assign good_shape = single ? order_i == '0 : blocks == 12'd1 << order_i;
  assign bad        = replaced && (found_i.fifo || !good_shape);

  // What is read of a record: its table, or its link.
  logic [31:0]  h_object, h_previous, h_next;
  logic [63:0]  h_index, h_age, h_link;
  logic [13:0]  h_shape;
  logic         h_fifo, h_chained, h_single, h_is_stub;
  record_pkg::stub_t h_stub;
  logic [1:0]   h_node_at;
  logic [11:0]  h_blocks;
  logic [255:0] h_table;
  vault_header u_header (
    .window_i(mem_i.data), .object_o(h_object), .index_o(h_index), .shape_o(h_shape), .fifo_o(h_fifo),
    .node_at_o(h_node_at), .previous_o(h_previous), .next_o(h_next), .age_o(h_age), .chained_o(h_chained),
    .link_o(h_link), .single_o(h_single), .blocks_o(h_blocks), .table_o(h_table),
    .is_stub_o(h_is_stub), .stub_o(h_stub)
  );

  // The extent that is to be freed, and the link behind it.
  logic [31:0]            unit_q;
  logic [7:0]             units_q;
  logic                   more_q, more_behind_q, last;
  logic [63:0]            link_q;
  logic [9:0]             limit_q;
  logic                   bad_link, stuck;
  logic [4:0]             left_q;
  logic [255:0]           shapes_q;
  logic [13:0]            block;
  vault_puts_pkg::freed_t freed_q;
  assign block    = single ? found_i.shape : shapes_q[13:0];
  assign bad_link = link_q[47:32] < 16'd3 || link_q[47:40] != '0;
  assign stuck    = !answer_i.ok || (more_q && (bad_link || limit_q == '0));
  assign last     = stuck || !more_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q <= S_IDLE;
    end else begin
      case (state_q)
        S_IDLE: if (valid_i) begin
          if (outcome_i.stored) begin
            state_q <= !replaced || bad ? S_DONE : single ? S_SHAPES : S_READ;
          end else begin
            state_q <= given_i.count == 10'd1 ? S_FREE : S_READ;
          end
        end
        S_READ:   if (mem_i.done) state_q <= mem_i.error ? S_DONE : replaced ? S_SHAPES : S_FREE;
        S_SHAPES: if (left_q == 5'd1) state_q <= S_FREE;
        S_FREE:   if (cmd_ready_i) state_q <= S_WAIT;
        S_WAIT:   if (answer_valid_i) state_q <= last ? S_DONE : S_LINK;
        S_LINK:   if (!more_behind_q || mem_i.done) state_q <= more_behind_q && mem_i.error ? S_DONE : S_FREE;
        default:  state_q <= S_IDLE;
      endcase
    end
  end

  always_ff @(posedge clk_i) begin
    case (state_q)
      S_IDLE: begin
        freed_q         <= '0;
        freed_q.error   <= bad;
        freed_q.counted <= replaced && !bad;
        unit_q          <= replaced ? old.unit_at : given_i.unit;
        units_q         <= replaced ? old.units : given_i.units;
        more_q          <= replaced ? found_i.chained : given_i.count != 10'd1;
        link_q          <= found_i.link;
        limit_q         <= vault_pkg::MostExtents;
        left_q          <= single ? 5'd1 : blocks[4:0];
      end
      S_READ: if (mem_i.done) begin
        shapes_q <= h_table;
        if (!replaced) link_q <= h_link;
        if (mem_i.error) begin
          freed_q.error   <= 1'b1;
          freed_q.counted <= 1'b0;
        end
      end
      S_SHAPES: begin
        left_q         <= left_q - 5'd1;
        shapes_q       <= {16'd0, shapes_q[255:16]};
        freed_q.stored <= freed_q.stored + 40'(block[11:0]) + 40'd1;
        freed_q.same   <= freed_q.same + 5'(block[13:12] == 2'd2);
        freed_q.raw    <= freed_q.raw + 5'(block[13:12] == 2'd0);
      end
      S_WAIT: if (answer_valid_i) begin
        if (stuck) freed_q.error <= 1'b1;
        if (answer_i.ok) begin
          freed_q.units   <= freed_q.units + 32'(units_q);
          freed_q.extents <= freed_q.extents + 32'd1;
        end
        unit_q        <= link_q[31:0];
        units_q       <= link_q[39:32];
        more_q        <= link_q[63:48] != '0;
        more_behind_q <= link_q[63:48] != '0;
        limit_q       <= limit_q - 10'd1;
      end
      S_LINK: if (more_behind_q && mem_i.done) begin
        link_q <= mem_i.data[63:0];
        if (mem_i.error) freed_q.error <= 1'b1;
      end
      default: ;
    endcase
  end

  logic reads;
  assign reads = state_q == S_READ || (state_q == S_LINK && more_behind_q);
  always_comb begin
    mem_o       = '0;
    mem_o.valid = reads;
    if (reads) mem_o.unit = unit_q;

    cmd_o       = '0;
    cmd_o.kind  = store_pkg::CMD_FREE;
    cmd_o.unit  = unit_q;
    cmd_o.units = 32'(units_q);
  end
  assign cmd_valid_o = state_q == S_FREE;
  assign done_o      = state_q == S_DONE;
  assign freed_o     = freed_q;
  assign waits_o     = state_q == S_FREE || state_q == S_WAIT;

  logic unused;
  assign unused = &{1'b0, mem_i.key_error, found_i, given_i, outcome_i.error, old, h_object, h_previous, h_next, h_index, h_age, h_shape,
                    h_fifo, h_chained, h_single, h_is_stub, h_stub, h_node_at, h_blocks, shapes_q[15:14], answer_i};

  `PAMC_ASSUME(m_stays, state_q == S_IDLE || valid_i)

endmodule
