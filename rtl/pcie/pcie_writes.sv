// SPDX-License-Identifier: Apache-2.0
//
// Writes to host memory: a request and its data become packets of at most the maximum
// payload size, in the order in which requests came.
//
// The hard block must not wait for data in the middle of a packet. So a packet starts
// only when all its data is in the queue: it is prepared, which reserves that data,
// while the packet before it leaves, if there is one. Data is packed from a request's first dword and
// packets are cut at multiples of two beats, so the descriptor shifts it by four dwords,
// always.
//
// Without bus mastering requests are taken and dropped, and reported as done.

`include "check.svh"

module pcie_writes #(
  // Beats of data that can wait. A packet has 16 at most.
  parameter int unsigned Depth = 32
) (
  input  logic                  clk_i,
  input  logic                  rst_ni,

  input  logic                  bus_master_i,
  // 128 << n bytes.
  input  logic [1:0]            max_payload_i,

  input  logic                  req_valid_i,
  output logic                  req_ready_o,
  input  dma_pkg::write_req_t   req_i,
  input  logic                  data_valid_i,
  output logic                  data_ready_o,
  input  logic [511:0]          data_i,

  // The last packet of a request was handed over.
  output logic                  done_valid_o,
  output logic [dma_pkg::TagBits-1:0] done_tag_o,

  output logic                  rq_valid_o,
  input  logic                  rq_ready_i,
  output pcie_pkg::rq_beat_t    rq_o,

  output logic                  idle_o,
  // Fields of writes; the others are zero.
  output pcie_pkg::pcie_stats_t stats_o
);

  `PAMC_PARAM(g_depth, Depth >= 32)

  localparam int unsigned LevelBits = $clog2(Depth + 1);

  logic                 req_valid, req_ready;
  dma_pkg::write_req_t  req;
  logic [1:0]           req_level;
  lib_fifo #(.Width(dma_pkg::WriteReqBits), .Depth(2)) u_requests (
    .clk_i, .rst_ni, .in_valid_i(req_valid_i), .in_ready_o(req_ready_o), .in_data_i(req_i),
    .out_valid_o(req_valid), .out_ready_i(req_ready), .out_data_o(req), .level_o(req_level)
  );

  // Data comes from far away, so a register is in front of the queue. That takes no cycle: the
  // first packet that may have a beat leaves two cycles after the beat came.
  logic                 data_valid, pop, data_take, come_q, fits, room_q;
  logic [511:0]         data, come_data_q;
  logic [LevelBits-1:0] level;
  lib_fifo #(.Width(512), .Depth(Depth)) u_data (
    .clk_i, .rst_ni, .in_valid_i(come_q), .in_ready_o(fits), .in_data_i(come_data_q),
    .out_valid_o(data_valid), .out_ready_i(pop), .out_data_o(data), .level_o(level)
  );

  // The one in the register, the one that comes just now and one more have room; what leaves makes
  // room a cycle later.
  assign data_take    = data_valid_i && room_q;
  assign data_ready_o = room_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      come_q <= 1'b0;
      room_q <= 1'b0;
    end else begin
      come_q <= data_take;
      room_q <= level <= LevelBits'(Depth - 3) || (level == LevelBits'(Depth - 2) && !(come_q && data_take)) ||
                (level == LevelBits'(Depth - 1) && !(come_q || data_take));
    end
  end
  always_ff @(posedge clk_i) come_data_q <= data_i;

  // ---- The request at work, and of its next packet: dwords, beats, whether it is the last.

  logic                        active_q;
  logic [63:2]                 dword_q;
  logic [10:0]                 left_q;
  logic [1:0]                  size_q;
  logic [dma_pkg::TagBits-1:0] name_q;
  logic                        last_piece_q;
  logic [8:0]                  dwords_q;
  logic [4:0]                  beats_q;

  // ---- The next packet. Its data was reserved.

  logic                        next_valid_q, next_last_q, next_drop_q;
  logic [63:2]                 next_dword_q;
  logic [8:0]                  next_dwords_q;
  logic [dma_pkg::TagBits-1:0] next_name_q;
  // Beats in the queue, and in front of it, that no packet has reserved.
  logic [LevelBits-1:0]        spare_q;

  // Packets are cut a cycle before they can be prepared: the first one of a request as it is
  // taken, the others as the one before is prepared. Whether RQ takes anything comes too late for
  // that: none is prepared while one waits. It leaves at once if none did, so no cycle is lost.
  logic [10:0] first_most, most, left;
  logic        first_last, last, prepare, fresh;
  logic [8:0]  first_dwords, dwords;
  assign first_most   = 11'd32 << max_payload_i;
  assign first_last   = req.dwords <= first_most;
  assign first_dwords = first_last ? req.dwords[8:0] : first_most[8:0];
  assign most         = 11'd32 << size_q;
  assign left         = left_q - 11'(dwords_q);
  assign last         = left <= most;
  assign dwords       = last ? left[8:0] : most[8:0];
  assign prepare      = active_q && !next_valid_q && spare_q >= LevelBits'(beats_q);
  // A request is taken when the one before it is prepared.
  assign fresh        = !active_q || last_piece_q;
  assign req_ready    = !active_q || (prepare && last_piece_q);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      active_q     <= 1'b0;
      next_valid_q <= 1'b0;
      spare_q      <= '0;
    end else begin
      if (req_ready) active_q <= req_valid;
      next_valid_q <= (next_valid_q || prepare) && !out_free;
      spare_q <= spare_q + LevelBits'(data_take) - (prepare ? LevelBits'(beats_q) : '0);
    end
  end

  always_ff @(posedge clk_i) begin
    // Which of the two is next is known before it is known whether one is.
    if (!active_q || prepare) begin
      dword_q      <= fresh ? req.dword : dword_q + 62'(dwords_q);
      left_q       <= fresh ? req.dwords : left;
      last_piece_q <= fresh ? first_last : last;
      dwords_q     <= fresh ? first_dwords : dwords;
      beats_q      <= 5'(((fresh ? first_dwords : dwords) + 9'd15) >> 4);
      if (fresh) begin
        name_q <= req.tag;
        size_q <= max_payload_i;
      end
    end
    if (!next_valid_q) begin
      next_dword_q  <= dword_q;
      next_dwords_q <= dwords_q;
      next_last_q   <= last_piece_q;
      next_name_q   <= name_q;
      next_drop_q   <= !bus_master_i;
    end
  end

  // ---- The packet that leaves. Its beats take a beat of data each, but the last may
  // live on what was left over.

  logic                        sending_q, first_q, last_q, drop_q, one_q, ends_q;
  logic [63:2]                 out_dword_q;
  logic [8:0]                  rest_q;  // dwords not sent
  logic [8:0]                  length_q;
  logic [dma_pkg::TagBits-1:0] out_name_q;
  logic [127:0]                over_q;

  logic       advance, ends, out_free;
  logic [4:0] room;
  logic [8:0] leaving_dwords;
  assign leaving_dwords = next_valid_q ? next_dwords_q : dwords_q;
  assign room      = first_q ? 5'd12 : 5'd16;
  assign ends      = ends_q;
  assign advance   = sending_q && (drop_q || rq_ready_i);
  assign out_free  = !sending_q || (advance && ends);
  assign pop       = advance && (first_q || rest_q > 9'd4);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      sending_q <= 1'b0;
    end else if (out_free) begin
      sending_q <= next_valid_q || prepare;
    end
  end

  always_ff @(posedge clk_i) begin
    if (out_free) begin
      first_q     <= 1'b1;
      ends_q      <= leaving_dwords <= 9'd12;
      out_dword_q <= next_valid_q ? next_dword_q : dword_q;
      rest_q      <= leaving_dwords;
      length_q    <= leaving_dwords;
      one_q       <= leaving_dwords == 9'd1;
      last_q      <= next_valid_q ? next_last_q : last_piece_q;
      out_name_q  <= next_valid_q ? next_name_q : name_q;
      drop_q      <= next_valid_q ? next_drop_q : !bus_master_i;
    end else if (advance) begin
      first_q <= 1'b0;
      // What is left behind this beat is no more than the next one takes.
      ends_q  <= rest_q <= 9'(room) + 9'd16;
      rest_q  <= rest_q - 9'(room);
    end
    if (pop) over_q <= data[511:384];
  end

  pcie_pkg::rq_desc_t desc;
  always_comb begin
    desc          = '0;
    desc.req_type = pcie_pkg::REQ_MEM_WRITE;
    desc.address  = out_dword_q;
    desc.dwords   = 11'(length_q);
  end

  logic [4:0] filled;
  assign filled        = ends ? rest_q[4:0] : room;
  assign rq_valid_o    = sending_q && !drop_q;
  assign rq_o.first    = first_q;
  assign rq_o.last     = ends;
  assign rq_o.first_be = 4'hf;
  assign rq_o.last_be  = one_q ? 4'h0 : 4'hf;
  assign rq_o.dwords   = first_q ? filled + 5'd4 : filled;
  assign rq_o.data     = {data[383:0], first_q ? desc : over_q};

  logic                        done_q;
  logic [dma_pkg::TagBits-1:0] done_tag_q;
  logic                        idle_q;
  pcie_pkg::pcie_stats_t       s_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      done_q <= 1'b0;
      idle_q <= 1'b1;
      s_q    <= '0;
    end else begin
      done_q <= advance && ends && last_q;
      idle_q <= !req_valid && !active_q && !next_valid_q && !sending_q && level == '0 && !come_q;
      if (advance && ends && !drop_q) begin
        s_q.write_packets <= s_q.write_packets + 32'd1;
        s_q.write_dwords  <= s_q.write_dwords + 32'(length_q);
      end
      s_q.write_requests    <= s_q.write_requests + 32'(advance && ends && last_q);
      s_q.write_dropped     <= s_q.write_dropped + 32'(advance && ends && last_q && drop_q);
      s_q.write_stall_ready <= s_q.write_stall_ready + 32'(rq_valid_o && !rq_ready_i);
    end
  end

  always_ff @(posedge clk_i) done_tag_q <= out_name_q;

  assign done_valid_o = done_q;
  assign done_tag_o   = done_tag_q;
  assign idle_o       = idle_q;
  assign stats_o      = s_q;

  logic unused;
  assign unused = &{1'b0, req_level};

  `PAMC_ASSERT(a_data_is_there, !pop || data_valid)
  `PAMC_ASSERT(a_ends, !sending_q || ends_q == (rest_q <= 9'(room)))
  `PAMC_ASSERT(a_fits, !come_q || fits)
  `PAMC_ASSERT(a_room, !room_q || level + LevelBits'(come_q) < LevelBits'(Depth))
  `PAMC_ASSERT(a_spare, spare_q <= level + LevelBits'(come_q) && spare_q >= LevelBits'(come_q))
  `PAMC_ASSERT(a_cut, !active_q || (last_piece_q == (left_q <= most) && dwords_q == (last_piece_q ? left_q[8:0] : most[8:0]) &&
                                    beats_q == 5'((dwords_q + 9'd15) >> 4)))
  `PAMC_ASSUME(m_dwords, !req_valid_i || (req_i.dwords != '0 && 12'(req_i.dword[11:2]) + 12'(req_i.dwords) <= 12'd1024))

endmodule
