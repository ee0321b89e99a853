// SPDX-License-Identifier: Apache-2.0
//
// The beginning of a get (or query) in its lane: the handle is looked up while the page
// list is read and each block of the target is probed, for a posted write would not tell
// that nobody took it (docs/rtl.md). What was found goes on at once, so that the record is
// read while probes are out; what the probes say follows as the verdict.
//
// The lookup is a quick one, so that the record's header is read once, with the record; only
// a job that comes again, as that was another page's, has it looked at before. One whose record
// was brought from flash is not looked up: it is known where that is.
//
// For each job there is one hit and one verdict, and as many addresses as the page has
// blocks, whether the page was found or not; none for a query.

`include "check.svh"

module exec_get_front (
  input  logic                          clk_i,
  input  logic                          rst_ni,

  input  logic                          job_valid_i,
  output logic                          job_ready_o,
  input  logic [exec_pkg::SlotBits-1:0] job_slot_i,
  input  exec_pkg::command_t            job_i,
  input  exec_pkg::turn_t               job_turn_i,

  // Bit 0 of the tag: a probe, else a list. All probes have one tag.
  output logic                          read_valid_o,
  input  logic                          read_ready_i,
  output dma_pkg::read_req_t            read_o,
  input  logic                          answer_valid_i,
  input  dma_pkg::read_rsp_t            answer_i,

  output logic                          lookup_valid_o,
  input  logic                          lookup_ready_i,
  output exec_pkg::lookup_t             lookup_o,
  input  logic                          found_valid_i,
  input  exec_pkg::found_t              found_i,

  output logic                          hit_valid_o,
  input  logic                          hit_ready_i,
  output exec_pkg::hit_t                hit_o,

  output logic                          addr_valid_o,
  input  logic                          addr_ready_i,
  output logic [63:12]                  addr_o,

  output logic                          verdict_valid_o,
  input  logic                          verdict_ready_i,
  output logic                          verdict_fault_o,
  output logic                          verdict_bad_o,

  output logic                          idle_o,
  // The lookup has not been answered.
  output logic                          asks_o
);

  // Under way: a job; its lookup is to be asked for, answered, passed on; its blocks are
  // all given; its probes that are out.
  logic              busy_q, ask_q, staged_q, found_q, passed_q, given_q;
  logic              fault_q, bad_q;
  logic [4:0]        probes_q;
  logic [5:0]        level;
  exec_pkg::lookup_t lookup_q;
  exec_pkg::hit_t    hit_q;
  logic              verdict_q;

  // Room for a page's addresses. Of the cycle before, in which none of the last page's came any more: it
  // was under way still, or there is more room now.
  logic addr_room_q, page_ready, accept, query, staged;
  assign query       = job_i.todo == exec_pkg::TASK_QUERY;
  assign staged      = job_turn_i.staged;
  always_ff @(posedge clk_i) addr_room_q <= level <= 6'd16;
  // Who gives blocks has given the last one of them before a job is over.
  assign job_ready_o = !busy_q && addr_room_q;
  assign accept      = job_valid_i && job_ready_o;
  assign idle_o      = !busy_q;
  assign asks_o      = busy_q && !found_q && !passed_q;

  logic               list_valid, list_answer, probe_answer;
  dma_pkg::read_req_t list_read;
  logic               offer, block_valid, block_ready, block_last, block_fault, block_bad;
  logic [63:12]       block_addr;

  exec_blocks u_blocks (
    .clk_i, .rst_ni,
    .page_valid_i(accept && !query), .page_ready_o(page_ready),
    .page_addr_i(job_i.addr), .page_listed_i(job_i.listed), .page_order_i(job_i.order),
    .read_valid_o(list_valid), .read_ready_i, .read_o(list_read),
    .answer_valid_i(list_answer), .answer_i,
    .offer_o(offer), .block_valid_o(block_valid), .block_ready_i(block_ready),
    .block_addr_o(block_addr), .block_last_o(block_last),
    .block_fault_o(block_fault), .block_bad_o(block_bad)
  );

  // A block is probed and its address kept, in one cycle. There is room for the address.
  logic probe, kept;
  assign probe       = block_valid && !block_fault && !block_bad;
  assign block_ready = probe ? read_ready_i : 1'b1;
  assign kept        = block_valid && block_ready;

  always_comb begin
    read_o = list_read;
    if (!list_valid) begin
      read_o        = '0;
      read_o.probe  = 1'b1;
      read_o.line   = {block_addr, 6'd0};
      read_o.lines  = 7'd1;
    end
    read_o.tag    = '0;
    read_o.tag[0] = !list_valid;
  end
  assign read_valid_o = offer;
  assign list_answer  = answer_valid_i && !answer_i.tag[0];
  assign probe_answer = answer_valid_i && answer_i.tag[0];

  logic addrs_ready;
  lib_fifo #(.Width(52), .Depth(32)) u_addrs (
    .clk_i, .rst_ni,
    .in_valid_i(kept), .in_ready_o(addrs_ready), .in_data_i(block_addr),
    .out_valid_o(addr_valid_o), .out_ready_i(addr_ready_i), .out_data_o(addr_o),
    .level_o(level)
  );

  // The verdict is offered when all is known, and ends the job.
  logic done;
  assign done = busy_q && passed_q && given_q && probes_q == '0 && !verdict_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      busy_q    <= 1'b0;
      ask_q     <= 1'b0;
      staged_q  <= 1'b0;
      found_q   <= 1'b0;
      passed_q  <= 1'b0;
      given_q   <= 1'b0;
      fault_q   <= 1'b0;
      bad_q     <= 1'b0;
      probes_q  <= '0;
      verdict_q <= 1'b0;
    end else begin
      if (accept) begin
        busy_q   <= 1'b1;
        ask_q    <= !staged;
        found_q  <= 1'b0;
        passed_q <= 1'b0;
        given_q  <= query;
        fault_q  <= 1'b0;
        bad_q    <= 1'b0;
      end
      if (lookup_valid_o && lookup_ready_i) ask_q <= 1'b0;
      // What is staged is found a cycle after its job came: who reads it looks at its blocks in between.
      staged_q <= accept && staged;
      // Passed on in the same cycle, if it can be.
      if (found_valid_i || staged_q) found_q <= 1'b1;
      if (hit_valid_o && hit_ready_i) begin
        found_q  <= 1'b0;
        passed_q <= 1'b1;
      end
      if (kept) begin
        if (block_last) given_q <= 1'b1;
        if (block_fault) fault_q <= 1'b1;
        if (block_bad) bad_q <= 1'b1;
      end
      probes_q <= probes_q + 5'(kept && probe) - 5'(probe_answer && answer_i.last);
      if (probe_answer && answer_i.error) fault_q <= 1'b1;
      if (done) verdict_q <= 1'b1;
      if (verdict_q && verdict_ready_i) begin
        verdict_q <= 1'b0;
        busy_q    <= 1'b0;
      end
    end
  end

  always_ff @(posedge clk_i) begin
    if (accept) begin
      lookup_q.contents <= job_i.contents;
      lookup_q.object   <= job_i.object;
      lookup_q.index    <= job_i.index;
      lookup_q.quick    <= !job_turn_i.again;
      hit_q.quick       <= !job_turn_i.again;
      hit_q.turn        <= job_turn_i;
      hit_q.slot        <= job_slot_i;
      hit_q.query       <= query;
      hit_q.ephemeral   <= job_i.ephemeral;
      hit_q.blocks      <= 5'd1 << job_i.order;
    end
    if (found_valid_i) begin
      hit_q.found <= found_i;
    end else if (accept) begin
      hit_q.found       <= '0;
      hit_q.found.page  <= 1'b1;
      hit_q.found.error <= job_turn_i.failed;
    end
  end

  always_comb begin
    hit_o = hit_q;
    if (!found_q) hit_o.found = found_i;
  end
  assign lookup_valid_o  = ask_q;
  assign lookup_o        = lookup_q;
  assign hit_valid_o     = found_q || found_valid_i;
  assign verdict_valid_o = verdict_q;
  assign verdict_fault_o = fault_q;
  assign verdict_bad_o   = bad_q;


  // Most of a command is not for here.
  logic unused;
  assign unused = ^job_i;

  `PAMC_ASSERT(a_offer, offer == (list_valid || probe))
  `PAMC_ASSERT(a_blocks_ready, busy_q || page_ready)
  `PAMC_ASSERT(a_addresses_have_room, !kept || addrs_ready)
  `PAMC_ASSUME(m_found_when_asked, !found_valid_i || (busy_q && !ask_q && !found_q && !passed_q))

endmodule
