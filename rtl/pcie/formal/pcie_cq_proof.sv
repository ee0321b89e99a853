// SPDX-License-Identifier: Apache-2.0
//
// pcie_cq makes of each write of the host that is not damaged its lines, in order, each once,
// with just its bytes, and commits them at its end; those of a damaged one it takes back. Each
// request that wants an answer and is not damaged is passed on once, with its fields and the
// number of lines before it, whether it is supported or not. Nothing else is: what is posted and
// no write here is told of as dropped, what is damaged as damaged. While the hard block keeps to
// the credits it has, requests that want an answer stand in no write's way.
//
// The queues in it are proved by themselves (lib_skid, pcie_commit_fifo, lib_fifo): here the host's
// packets are what leaves the first one, and what counts is what goes into the other two. One dword
// of all lines, whichever, is followed.

`include "check.svh"

module pcie_cq_proof #(
  parameter int unsigned Reads = 8
) (
  input logic         clk_i,
  input logic         cq_valid_i,
  input logic [511:0] cq_data_i,
  input logic         cq_last_i,
  input logic [182:0] cq_user_i,
  input logic         write_ready_i,
  input logic         read_ready_i
);

  (* anyconst *) logic [3:0] lane;

  logic rst_ni = 1'b0;
  always_ff @(posedge clk_i) rst_ni <= 1'b1;

  logic                 cq_ready, write_valid, read_valid, dropped, damaged;
  logic [1:0]           np_req;
  dma_pkg::host_write_t write_out;
  pcie_pkg::cq_read_t   read_out;
  pcie_pkg::cq_user_t   user;
  assign user = cq_user_i;

  pcie_cq #(.Reads(Reads)) dut (
    .clk_i, .rst_ni, .cq_valid_i, .cq_ready_o(cq_ready), .cq_data_i, .cq_last_i, .cq_user_i(user), .np_req_o(np_req),
    .write_valid_o(write_valid), .write_ready_i, .write_o(write_out),
    .read_valid_o(read_valid), .read_ready_i, .read_o(read_out), .dropped_o(dropped), .damaged_o(damaged)
  );

  // ---- What comes, and what the surroundings owe.

  (* hierconn *) wire         \dut.in_valid ;
  (* hierconn *) wire         \dut.in_ready ;
  (* hierconn *) wire         \dut.in_last ;
  (* hierconn *) wire         \dut.in_discontinue ;
  (* hierconn *) wire [511:0] \dut.in_data ;
  (* hierconn *) wire [63:0]  \dut.in_be ;
  (* hierconn *) wire [3:0]   \dut.in_first_be ;
  (* hierconn *) wire [3:0]   \dut.in_last_be ;
  logic               in_valid, in_ready, in_last, move, first_q = 1'b1;
  logic [511:0]       in_data;
  logic [63:0]        in_be;
  pcie_pkg::cq_desc_t begun_q, desc;
  assign in_valid = \dut.in_valid ;
  assign in_ready = \dut.in_ready ;
  assign in_last  = \dut.in_last ;
  assign in_data  = \dut.in_data ;
  assign in_be    = \dut.in_be ;
  assign move     = in_valid && in_ready;
  assign desc     = first_q ? in_data[127:0] : begun_q;

  logic known, is_write, is_posted;
  assign known     = desc.bar == 3'(pamc_pkg::BAR_REGS) || desc.bar == 3'(pamc_pkg::BAR_DB);
  assign is_write  = desc.req_type == pcie_pkg::REQ_MEM_WRITE && known;
  assign is_posted = desc.req_type == pcie_pkg::REQ_MEM_WRITE || desc.req_type >= pcie_pkg::REQ_MESSAGE;

  // The dword of its BAR that a request begins with.
  function automatic logic [15:0] within(input pcie_pkg::cq_desc_t of);
    within = 16'(32'(of.address[17:2]) % (of.bar == 3'(pamc_pkg::BAR_REGS) ? pamc_pkg::BAR_REGS_SIZE / 4 : pamc_pkg::BAR_DB_SIZE / 4));
  endfunction

  // The dword of a BAR that lane 0 of the beat is for: four more before the payload.
  logic [15:0] place, base, base_q, hit;
  logic [10:0] beats_q, beats;
  assign place = within(desc);
  assign base  = first_q ? place - 16'd4 : base_q;
  assign hit   = base + 16'(4'(lane - base[3:0]));
  assign beats = first_q ? '0 : beats_q;
  // Payload of at most 1 KiB, in as many beats as it takes.
  `PAMC_ASSUME(m_whole, !in_valid || !is_write || (desc.dwords != '0 && desc.dwords <= 11'd256 && in_last == (desc.dwords + 11'd4 <= 11'd16 * (beats + 11'd1))))

  // A request that wants an answer comes for a credit.
  logic [$clog2(Reads + 1)-1:0] credits_q = '0;
  logic                         takes_credit, asking_q = 1'b0;
  assign takes_credit = move && first_q && !is_posted;
  `PAMC_ASSUME(m_credit, !in_valid || !first_q || is_posted || credits_q != '0)

  // ---- The beat at work: a line of it, and one more behind a packet's last beat.

  (* hierconn *) wire \dut.room ;
  (* hierconn *) wire \dut.read_room ;
  logic               beat_q = 1'b0, second_q = 1'b0, last_q, damaged_q, write_q, posted_q, known_q;
  logic               leaves, step, over;
  logic [15:0]        base_at_q;
  logic [11:0]        line;
  pcie_pkg::cq_desc_t desc_q;
  logic [3:0]         first_be_q, last_be_q;
  assign leaves = beat_q && in_ready;
  assign step   = beat_q && \dut.room && \dut.read_room ;
  assign over   = leaves && last_q;
  assign line   = base_at_q[15:4] + 12'(second_q);
  `PAMC_ASSERT(a_step, leaves ? step : !step || (last_q && !second_q))

  // What the lane is to have: of this beat, and of those before it.
  logic        now_any_q, held_any_q = 1'b0, due_now, carry;
  logic [11:0] now_line_q, held_line_q;
  logic [3:0]  now_be_q, held_be_q, due_be;
  logic [31:0] now_data_q, held_data_q, due_data;
  assign due_now  = !second_q && now_any_q && now_line_q == line;
  assign carry    = !second_q && now_any_q && now_line_q != line;
  assign due_be   = held_any_q ? held_be_q : due_now ? now_be_q : '0;
  assign due_data = held_any_q ? held_data_q : now_data_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      first_q    <= 1'b1;
      beat_q     <= 1'b0;
      second_q   <= 1'b0;
      held_any_q <= 1'b0;
      asking_q   <= 1'b0;
      credits_q  <= '0;
    end else begin
      if (move) begin
        first_q     <= in_last;
        begun_q     <= desc;
        base_q      <= base + 16'd16;
        beats_q     <= beats + 11'd1;
        base_at_q   <= base;
        last_q      <= in_last;
        damaged_q   <= \dut.in_discontinue ;
        write_q     <= is_write;
        posted_q    <= is_posted;
        known_q     <= known;
        desc_q      <= desc;
        if (first_q) {first_be_q, last_be_q} <= {\dut.in_first_be , \dut.in_last_be };
        now_any_q   <= is_write && in_be[4*4'(lane - base[3:0])+:4] != '0 && (!first_q || 4'(lane - base[3:0]) >= 4'd4);
        now_line_q  <= hit[15:4];
        now_be_q    <= in_be[4*4'(lane - base[3:0])+:4];
        now_data_q  <= in_data[32*4'(lane - base[3:0])+:32];
      end
      if (in_ready) beat_q <= in_valid;
      if (step) begin
        second_q    <= !leaves;
        held_any_q  <= carry;
        held_line_q <= now_line_q;
        held_be_q   <= now_be_q;
        held_data_q <= now_data_q;
      end
      asking_q  <= takes_credit || (asking_q && !over);
      credits_q <= credits_q + ($clog2(Reads + 1))'(np_req[0]) - ($clog2(Reads + 1))'(takes_credit);
    end
  end

  // ---- Lines.

  (* hierconn *) wire         \dut.u_lines.push_i ;
  (* hierconn *) wire         \dut.u_lines.commit_i ;
  (* hierconn *) wire         \dut.u_lines.drop_i ;
  (* hierconn *) wire [591:0] \dut.u_lines.data_i ;
  logic                 push, commit, drop;
  dma_pkg::host_write_t write;
  assign push   = \dut.u_lines.push_i ;
  assign commit = \dut.u_lines.commit_i ;
  assign drop   = \dut.u_lines.drop_i ;
  assign write  = \dut.u_lines.data_i ;

  logic        right;
  logic [15:0] partials;
  always_comb begin
    right = write.strb[4*lane+:4] == due_be;
    for (int n = 0; n < 4; n++) right = right && (!due_be[n] || write.data[32*lane+8*n+:8] == due_data[8*n+:8]);
    for (int n = 0; n < 16; n++) partials[n] = write.strb[4*n+:4] != '0 && write.strb[4*n+:4] != '1;
  end
  `PAMC_ASSERT(a_only_writes, !push || (step && write_q))
  `PAMC_ASSERT(a_line, !push || (write.line == line && write.bar == desc_q.bar && write.strb != '0 && write.partial == (partials != '0)))
  `PAMC_ASSERT(a_bytes, !push || right)
  `PAMC_ASSERT(a_all_bytes, !step || due_be == '0 || push || drop)
  `PAMC_ASSERT(a_in_time, !step || !held_any_q || (held_line_q == line && !due_now))
  `PAMC_ASSERT(a_none_left, !over || !carry)
  `PAMC_ASSERT(a_commit, commit == (over && write_q && !damaged_q))
  `PAMC_ASSERT(a_drop, drop == (over && write_q && damaged_q))

  // What is not committed yet leaves room for what makes it so.
  logic [4:0]  loose_q = '0;
  logic [31:0] kept_q = '0;
  always_ff @(posedge clk_i) begin
    if (!rst_ni) {loose_q, kept_q} <= '0;
    else begin
      loose_q <= commit || drop ? '0 : loose_q + 5'(push);
      if (commit) kept_q <= kept_q + 32'(loose_q) + 32'(push);
    end
  end
  `PAMC_ASSERT(a_fits, loose_q <= 5'd18)

  // ---- Requests that want an answer.

  (* hierconn *) wire         \dut.u_reads.in_valid_i ;
  (* hierconn *) wire         \dut.u_reads.in_ready_o ;
  (* hierconn *) wire [110:0] \dut.u_reads.in_data_i ;
  logic               asks, supported;
  pcie_pkg::cq_read_t read;
  assign asks      = \dut.u_reads.in_valid_i ;
  assign read      = \dut.u_reads.in_data_i ;
  assign supported = desc_q.req_type == pcie_pkg::REQ_MEM_READ && known_q && desc_q.dwords >= 11'd1 && desc_q.dwords <= 11'd16;
  `PAMC_ASSERT(a_asks, asks == (over && !posted_q && !damaged_q) && (!asks || \dut.u_reads.in_ready_o ))
  `PAMC_ASSERT(a_kind, !asks || (read.unsupported == !supported && read.locked == (desc_q.req_type == 4'd7) &&
               read.memory == (desc_q.req_type == 4'd0 || desc_q.req_type == 4'd7)))
  `PAMC_ASSERT(a_fields, !asks || (read.attr == desc_q.attr && read.tc == desc_q.tc && read.target_function == desc_q.target_function &&
               read.tag == desc_q.tag && read.requester_id == desc_q.requester_id && read.bar == desc_q.bar &&
               read.dwords == desc_q.dwords && read.first_be == first_be_q && read.last_be == last_be_q))
  `PAMC_ASSERT(a_place, !asks || !supported || read.dword == within(desc_q))
  `PAMC_ASSERT(a_after, !asks || read.after == kept_q)
  `PAMC_ASSERT(a_not_in_the_way, !beat_q || !\dut.room || step)

  // ---- What is told, a cycle later.

  logic dropped_q = 1'b0, told_q = 1'b0;
  always_ff @(posedge clk_i) begin
    dropped_q <= rst_ni && over && posted_q && !write_q && !damaged_q;
    told_q    <= rst_ni && over && damaged_q;
  end
  `PAMC_ASSERT(a_dropped, dropped == dropped_q)
  `PAMC_ASSERT(a_damaged, damaged == told_q)

  // ---- Offers stand.

  logic         write_waits_q = 1'b0, read_waits_q = 1'b0;
  logic [591:0] write_offer_q;
  logic [110:0] read_offer_q;
  always_ff @(posedge clk_i) begin
    write_waits_q <= rst_ni && write_valid && !write_ready_i;
    read_waits_q  <= rst_ni && read_valid && !read_ready_i;
    write_offer_q <= write_out;
    read_offer_q  <= read_out;
  end
  `PAMC_ASSERT(a_write_stands, !write_waits_q || (write_valid && write_out == write_offer_q))
  `PAMC_ASSERT(a_read_stands, !read_waits_q || (read_valid && read_out == read_offer_q))

  // ---- For induction.

  (* hierconn *) wire         \dut.in_first_q ;
  (* hierconn *) wire [3:0]   \dut.turn_q ;
  (* hierconn *) wire         \dut.beat_q ;
  (* hierconn *) wire         \dut.first_q ;
  (* hierconn *) wire         \dut.last_q ;
  (* hierconn *) wire         \dut.discontinue_q ;
  (* hierconn *) wire         \dut.flush_q ;
  (* hierconn *) wire [3:0]   \dut.beat_turn_q ;
  (* hierconn *) wire [511:0] \dut.data_q ;
  (* hierconn *) wire [63:0]  \dut.be_q ;
  (* hierconn *) wire [127:0] \dut.desc_q ;
  (* hierconn *) wire         \dut.this_any_q ;
  (* hierconn *) wire         \dut.next_any_q ;
  (* hierconn *) wire         \dut.this_partial_q ;
  (* hierconn *) wire         \dut.next_partial_q ;
  (* hierconn *) wire [511:0] \dut.held_q ;
  (* hierconn *) wire [63:0]  \dut.held_be_q ;
  (* hierconn *) wire         \dut.held_any_q ;
  (* hierconn *) wire         \dut.held_partial_q ;
  (* hierconn *) wire [11:0]  \dut.number_q ;
  (* hierconn *) wire [31:0]  \dut.lines_q ;
  (* hierconn *) wire [31:0]  \dut.kept_q ;
  (* hierconn *) wire [$clog2(Reads + 1)-1:0] \dut.owed_q ;
  (* hierconn *) wire [$clog2(Reads + 2)-1:0] \dut.u_reads.level_q ;
  (* hierconn *) wire         \dut.u_reads.in_ready_q ;
  (* hierconn *) wire [3:0]   \dut.first_be_q ;
  (* hierconn *) wire [3:0]   \dut.last_be_q ;

  // Between two beats of a packet, or at one that is not its first: something is held.
  logic        mid, at_first;
  logic [63:0] be, held_be, below;
  logic [15:0] these, nexts, helds, these_partial, nexts_partial, helds_partial;
  logic [11:0] number;
  assign at_first = \dut.first_q ;
  assign mid      = beat_q ? !at_first || second_q : !first_q;
  assign be       = \dut.be_q ;
  assign held_be  = \dut.held_be_q ;
  assign number   = \dut.number_q ;
  assign below    = ~({64{1'b1}} << {\dut.beat_turn_q , 2'd0});
  always_comb begin
    for (int n = 0; n < 16; n++) begin
      these[n]         = be[4*n+:4] != '0 && !below[4*n];
      nexts[n]         = be[4*n+:4] != '0 && below[4*n];
      helds[n]         = held_be[4*n+:4] != '0;
      these_partial[n] = these[n] && be[4*n+:4] != '1;
      nexts_partial[n] = nexts[n] && be[4*n+:4] != '1;
      helds_partial[n] = helds[n] && held_be[4*n+:4] != '1;
    end
  end
  `PAMC_ASSERT(i_beat, beat_q == \dut.beat_q && second_q == \dut.flush_q && first_q == \dut.in_first_q && (!second_q || (beat_q && last_q)))
  `PAMC_ASSERT(i_packet, !beat_q || (last_q == \dut.last_q && damaged_q == \dut.discontinue_q && first_q == last_q))
  `PAMC_ASSERT(i_desc, (!beat_q && first_q) || (desc_q == \dut.desc_q && first_be_q == \dut.first_be_q && last_be_q == \dut.last_be_q &&
               write_q == (desc_q.req_type == 4'd1 && known_q) && posted_q == (desc_q.req_type == 4'd1 || desc_q.req_type >= 4'd12) &&
               known_q == (desc_q.bar == 3'(pamc_pkg::BAR_REGS) || desc_q.bar == 3'(pamc_pkg::BAR_DB))))
  `PAMC_ASSERT(i_begun, first_q || begun_q == desc_q)
  `PAMC_ASSERT(i_turn, (!beat_q && first_q) || (\dut.beat_turn_q == base_at_q[3:0] && (first_q || (\dut.turn_q == base_q[3:0] && base_q == base_at_q + 16'd16))))
  `PAMC_ASSERT(i_first, !beat_q || !at_first || base_at_q == within(desc_q) - 16'd4)
  `PAMC_ASSERT(i_number, !mid || number == (beat_q ? line : base_q[15:4]))
  `PAMC_ASSERT(i_any, !beat_q || (\dut.this_any_q == (these != '0) && \dut.next_any_q == (nexts != '0) &&
               \dut.this_partial_q == (these_partial != '0) && \dut.next_partial_q == (nexts_partial != '0)))
  `PAMC_ASSERT(i_held, !mid || (\dut.held_any_q == (helds != '0) && \dut.held_partial_q == (helds_partial != '0) && (held_be & ~below) == '0))
  `PAMC_ASSERT(i_now, !beat_q || !write_q || (be[4*lane+:4] == (now_any_q ? now_be_q : 4'd0) && (!now_any_q ||
               (now_be_q != '0 && \dut.data_q [32*lane+:32] == now_data_q && now_line_q == base_at_q[15:4] + 12'(lane < base_at_q[3:0])))))
  `PAMC_ASSERT(i_carried, mid ? !write_q || (held_be[4*lane+:4] == (held_any_q ? held_be_q : 4'd0) && (!held_any_q ||
               (\dut.held_q [32*lane+:32] == held_data_q && held_line_q == number && held_be_q != '0))) : !held_any_q)
  `PAMC_ASSERT(i_any_write, (!held_any_q && !(beat_q && now_any_q)) || write_q)
  `PAMC_ASSERT(i_lines, \dut.kept_q == kept_q && \dut.lines_q == kept_q + 32'(loose_q))
  // A line a beat at most, of which there are 17.
  `PAMC_ASSERT(i_loose, (!beat_q && first_q) ? loose_q == '0 :
               write_q ? 11'(loose_q) + 11'(beat_q && !second_q) <= beats_q && beats_q <= 11'd17 : loose_q == '0)
  `PAMC_ASSERT(i_beats, first_q || !write_q || desc_q.dwords + 11'd4 > 11'd16 * beats_q)
  `PAMC_ASSERT(i_dwords, first_q || !write_q || desc_q.dwords <= 11'd256)
  // Each credit is with somebody.
  `PAMC_ASSERT(i_credits, 8'(\dut.owed_q ) + 8'(credits_q) + 8'(asking_q) + 8'(\dut.u_reads.level_q ) == 8'(Reads))
  `PAMC_ASSERT(i_room, \dut.u_reads.in_ready_q || !beat_q)
  `PAMC_ASSERT(i_asking, asking_q == ((beat_q || !first_q) && !posted_q))

  // Requests of each kind behind each other; a write whose end is a line of its own.
  logic wrote_q = 1'b0, asked_q = 1'b0;
  always_ff @(posedge clk_i) begin
    wrote_q <= rst_ni && (wrote_q || (commit && second_q && loose_q == 5'd2));
    asked_q <= rst_ni && (asked_q || (asks && !supported));
  end
  `PAMC_COVER(c_three_lines, wrote_q && write_valid)
  `PAMC_COVER(c_dropped_lines, drop && loose_q != '0)
  `PAMC_COVER(c_asks_behind, asks && supported && read.after == 32'd2 && asked_q)
  `PAMC_COVER(c_full, 32'(\dut.u_reads.level_q ) == Reads && push)
  `PAMC_COVER(c_dropped, dropped && wrote_q)

  logic unused;
  assign unused = &{1'b0, cq_ready};

endmodule
