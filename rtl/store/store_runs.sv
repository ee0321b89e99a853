// SPDX-License-Identifier: Apache-2.0
//
// Takes free runs off their lists and puts them in: what is written to their memory and to
// that of their neighbours, and what becomes of the list's entry. One order at a time; who
// gives it does not wait but for the next one.
//
// A run that is taken off is not cleaned here: whoever has it taken off knows what of it
// will be written anyway.

`include "check.svh"

module store_runs (
  input  logic                   clk_i,
  input  logic                   rst_ni,

  input  logic                   cmd_valid_i,
  output logic                   cmd_ready_o,
  input  store_pkg::run_cmd_t    cmd_i,

  output logic                   op_valid_o,
  input  logic                   op_ready_i,
  output store_pkg::op_t         op_o,
  // Asks, or will as soon as the list is right and the new first run's header may be fetched:
  // nobody else may ask. Known at the beginning of a cycle.
  output logic                   op_first_o,

  // An entry is there the cycle after it was asked for.
  output logic [8:0]             bin_o,
  input  store_pkg::list_t       list_i,
  // It is not right yet.
  input  logic                   list_wait_i,
  input  logic                   occupied_i,
  // A list will never be known.
  input  logic                   broken_i,
  output store_pkg::list_write_t write_o,
  output logic                   fetch_valid_o,
  input  logic                   fetch_ready_i
);

  localparam logic [31:0] Nowhere = store_pkg::Nowhere;

  // A run's footer goes first: what its header needs of the list is being read then.
  typedef enum logic [3:0] {
    Idle, Unlink, UnlinkNext, UnlinkList, LinkFooter, LinkHeader, LinkPrevious, TrimFooter,
    TrimHeader
  } state_e;
  state_e              state_q;
  store_pkg::run_cmd_t run_q;
  logic [31:0]         old_head_q;

  logic [8:0] bin_q;
  assign bin_o = bin_q;

  // What the list of the run that is taken off becomes. A new first run's next one has to
  // be read.
  logic unlink_first, unlink_fetch, first_q, last_q;
  assign unlink_first  = first_q;
  assign unlink_fetch  = first_q && !last_q;

  logic asks, step;
  assign op_valid_o = asks;
  assign step = !asks || op_ready_i;

  always_comb begin
    asks       = 1'b1;
    op_first_o = 1'b1;
    op_o       = '0;
    op_o.write = 1'b1;
    op_o.lines = 7'd1;
    op_o.words.next     = state_q == Unlink ? run_q.next : occupied_i ? list_i.head : Nowhere;
    op_o.words.previous = state_q == UnlinkNext ? run_q.previous :
                          state_q == LinkHeader ? Nowhere : run_q.unit;
    op_o.words.length   = run_q.units;
    op_o.words.footer   = run_q.units;
    case (state_q)
      Unlink: begin
        asks       = !unlink_first;
        op_first_o = !unlink_first;
        op_o.unit = run_q.previous;
        op_o.mask = 4'b0001;
      end
      UnlinkNext: begin
        asks       = !last_q;
        op_first_o = !last_q;
        op_o.later = unlink_fetch;
        op_o.unit  = run_q.next;
        op_o.mask  = 4'b0010;
      end
      UnlinkList: begin
        asks       = unlink_fetch && fetch_ready_i && !list_wait_i;
        op_first_o = unlink_fetch;
        op_o.write = 1'b0;
        op_o.get   = store_pkg::GET_HEAD;
        op_o.unit  = run_q.next;
      end
      LinkHeader: begin
        asks      = !list_wait_i;
        op_o.unit = run_q.unit;
        op_o.mask = 4'b0111;
      end
      LinkFooter, TrimFooter: begin
        op_o.unit = run_q.unit + run_q.units - 32'd1;
        op_o.mask = 4'b1000;
      end
      LinkPrevious: begin
        op_o.unit = old_head_q;
        op_o.mask = 4'b0010;
      end
      TrimHeader: begin
        op_o.unit = run_q.unit;
        op_o.mask = 4'b0100;
      end
      default: {asks, op_first_o} = 2'b00;
    endcase
  end

  // Whether the run is the list's second one is looked at a cycle before, as that takes time.
  // What is being read of the first run is waited for when the second one leaves: of long
  // runs, it tells the first one's length.
  logic unlink_list, unlink_waits, second_q, known_q, looked_q;
  assign unlink_waits = !unlink_first && !(looked_q && (!second_q || known_q));
  assign unlink_list = state_q == UnlinkList && !list_wait_i && !unlink_waits &&
                       (!unlink_fetch || (op_ready_i && fetch_ready_i));
  assign fetch_valid_o = unlink_list && unlink_fetch;

  always_comb begin
    write_o.set_list   = 1'b0;
    write_o.bin        = bin_o;
    write_o.occupied   = 1'b1;
    write_o.entry.known = 1'b1;
    write_o.entry.head  = run_q.unit;
    write_o.entry.next  = occupied_i ? list_i.head : Nowhere;
    write_o.set_long   = 1'b0;
    write_o.long_units = run_q.units;
    if (state_q == UnlinkList) begin
      write_o.set_list   = unlink_list && (unlink_first || second_q);
      write_o.occupied   = !first_q || !last_q;
      write_o.entry.known = !unlink_fetch;
      write_o.entry.head  = unlink_first ? run_q.next : list_i.head;
      write_o.entry.next  = run_q.next;
    end
    if (state_q == LinkHeader) begin
      write_o.set_list = op_ready_i && !list_wait_i;
      write_o.set_long = op_ready_i && !list_wait_i && bin_o == store_pkg::LongBin;
    end
    if (state_q == TrimHeader) write_o.set_long = op_ready_i;
  end

  logic unused;
  assign unused = &{1'b0, list_i.next, run_q.kind, run_q.is_long};

  assign cmd_ready_o = state_q == Idle;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q <= Idle;
    end else begin
      case (state_q)
        Idle: if (cmd_valid_i) begin
          state_q <= cmd_i.kind == store_pkg::RUN_LINK ? LinkFooter :
                     cmd_i.kind == store_pkg::RUN_TRIM ? TrimFooter :
                     cmd_i.previous == Nowhere ? UnlinkNext : Unlink;
        end
        Unlink:       if (step) state_q <= UnlinkNext;
        UnlinkNext:   if (step) state_q <= UnlinkList;
        UnlinkList:   if (unlink_list) state_q <= Idle;
        LinkFooter:   if (step) state_q <= LinkHeader;
        // The old first run has one before it now.
        LinkHeader:   if (step && !list_wait_i) state_q <= occupied_i ? LinkPrevious : Idle;
        LinkPrevious: if (step) state_q <= Idle;
        TrimFooter:   if (step) state_q <= TrimHeader;
        default:      if (step) state_q <= Idle;
      endcase
    end
  end

  always_ff @(posedge clk_i) begin
    second_q <= list_i.head == run_q.previous;
    known_q  <= list_i.known || broken_i;
    looked_q <= state_q == UnlinkList && !list_wait_i;
    if (state_q == Idle) begin
      run_q <= cmd_i;
      first_q <= cmd_i.previous == Nowhere;
      last_q  <= cmd_i.next == Nowhere;
      bin_q <= cmd_i.is_long ? store_pkg::LongBin : cmd_i.units[8:0];
    end
    if (state_q == LinkHeader) old_head_q <= write_o.entry.next;
  end

  `PAMC_ASSERT(a_first_asks, !asks || op_first_o)
  `PAMC_ASSERT(a_is_long, !cmd_valid_i || cmd_i.is_long == (cmd_i.units > 32'(store_pkg::MaxExtent)))
  `PAMC_ASSERT(a_run_not_short, !cmd_valid_i || cmd_i.units >= 32'(store_pkg::MinRun))

endmodule
