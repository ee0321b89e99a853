// SPDX-License-Identifier: Apache-2.0
//
// Ports to one stream of reads and one of writes, which may overtake each other and be
// done in any order: so a request is accepted only when no earlier one that is not finished
// touches the same lines. (Reads do not mind reads; writes do not mind writes, as they are
// done in order.) Only the port of the request that has to wait is held up, and what it
// waits for waits for nobody.
//
// A memory that has more to do than it needs to be busy makes everyone wait longer, so reads
// that are not urgent are accepted only while less than LinesAhead lines are on their way.
//
// A request is looked at in four cycles: its port is picked; it is fetched from there; it is
// compared with all that are not finished and with the one before it; it is accepted. Since
// it is not taken from the port before that, no queue of requests has to be searched. One that
// comes when no other port offers anything is fetched without being picked.

`include "check.svh"

module dram_mux #(
  parameter int unsigned Ports      = 4,
  // Most reads of a port, most writes of all, not finished.
  parameter int unsigned ReadDepth  = 8,
  parameter int unsigned WriteDepth = 32,
  parameter int unsigned LinesAhead = 96,
  // Derived, not to be set.
  parameter int unsigned PortBits = Ports > 1 ? $clog2(Ports) : 1
) (
  input  logic                             clk_i,
  input  logic                             rst_ni,

  input  logic [Ports-1:0]                 urgent_i,
  // Of port n: a req_t, a wdata_t.
  input  logic [Ports-1:0]                 req_valid_i,
  output logic [Ports-1:0]                 req_ready_o,
  input  logic [Ports-1:0][dram_pkg::ReqBits-1:0] req_i,
  input  logic [Ports-1:0]                 wdata_valid_i,
  output logic [Ports-1:0]                 wdata_ready_o,
  input  logic [Ports-1:0][dram_pkg::WdataBits-1:0] wdata_i,
  // The data are the same to all; valid says whose they are.
  output logic [Ports-1:0]                 rdata_valid_o,
  output dram_pkg::rdata_t                 rdata_o,

  output logic                             read_valid_o,
  input  logic                             read_ready_i,
  output logic [PortBits-1:0]              read_port_o,
  output logic [dram_pkg::LineBits-1:0]    read_line_o,
  output logic [6:0]                       read_lines_o,
  // Ends before the next 4 KiB begin.
  output logic                             read_fits_o,
  output logic                             write_valid_o,
  input  logic                             write_ready_i,
  output logic [dram_pkg::LineBits-1:0]    write_line_o,
  output logic [6:0]                       write_lines_o,
  output logic                             write_fits_o,
  output logic                             wdata_valid_o,
  input  logic                             wdata_ready_i,
  output dram_pkg::wdata_t                 wdata_o,

  // Lines of a port's reads, in the order of its requests.
  input  logic                             got_valid_i,
  input  logic [PortBits-1:0]              got_port_i,
  input  logic                             got_error_i,
  input  logic [8*dram_pkg::LineBytes-1:0] got_data_i,
  // The oldest write is finished.
  input  logic                             written_i,

  // A request has been refused for now; a read of so many cycles has ended.
  output logic                             conflict_o,
  output logic                             ended_o,
  output logic [15:0]                      latency_o,
  output logic                             begun_o
);

  typedef struct packed {
    logic                          write;
    logic [PortBits-1:0]           port;
    logic [dram_pkg::LineBits-1:0] line;
    logic [dram_pkg::LineBits-1:0] last_line;
    logic [6:0]                    lines;
  } look_t;

  // ---- first cycle: one that wants, can have room, and is not being looked at ----
  logic [Ports-1:0]    writes, read_full, looked_q, waits_q, wants, picked;
  logic                room_q, any, write_full;
  // It may read: it is urgent, or few lines are on their way. Found a cycle before.
  logic [Ports-1:0]    calm_q;

  always_comb begin
    for (int unsigned n = 0; n < Ports; n++) begin
      wants[n]  = req_valid_i[n] && !looked_q[n] && !waits_q[n] && room_q &&
                  (writes[n] ? !write_full : !read_full[n] && calm_q[n]);
    end
  end

  dram_pick #(.Ports(Ports)) u_pick (
    .clk_i, .rst_ni, .wants_i(wants), .urgent_i, .pick_i(1'b1), .any_o(any), .port_o(picked)
  );

  // ---- second cycle: what does it want? Of the one that was picked, or the only one there is. ----
  logic                ask_q, pick_q, alone;
  logic [Ports-1:0]    asks_q, asks;
  logic [PortBits-1:0] port, port_q;
  dram_pkg::req_t      req, req_q;
  logic [dram_pkg::LineBits-1:0] last_line_q;

  assign alone = !ask_q && any && wants == req_valid_i && (req_valid_i & (req_valid_i - 1'b1)) == '0;
  // Whether it is really alone is known later.
  assign asks  = ask_q ? asks_q : req_valid_i;
  always_comb begin
    port = '0;
    req  = '0;
    for (int unsigned n = 0; n < Ports; n++) begin
      if (asks[n]) port = port | PortBits'(n);
      if (asks[n]) req  = req | req_i[n];
    end
  end

  // ---- third cycle: is it in anybody's way? ----
  look_t look, take_q;
  logic  take_d, take_valid_q, touches, near, conflict;
  logic [Ports-1:0] reads_touch;
  logic  writes_touch;
  assign look.write     = req_q.write;
  assign look.port      = port_q;
  assign look.line      = req_q.line;
  assign look.last_line = last_line_q;
  assign look.lines     = req_q.lines;

  // The one before is not among the unfinished yet.
  assign near    = take_valid_q && take_q.write != look.write && look.line <= take_q.last_line &&
                   take_q.line <= look.last_line;
  assign touches = near || (look.write ? reads_touch != '0 : writes_touch);
  assign take_d  = pick_q && !touches;
  assign conflict = pick_q && touches;

  // Who was refused is not looked at again before something is finished. One that is
  // finished in this very cycle was still compared with. That it was refused takes long to find,
  // and is seen to a cycle later.
  logic finished, finished_q;
  // Its port as a mask; that of the one before it.
  logic [Ports-1:0] here_q, before_q, refused;
  assign refused = conflict_o && !finished_q && !finished ? before_q : '0;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      ask_q        <= 1'b0;
      asks_q       <= '0;
      pick_q       <= 1'b0;
      take_valid_q <= 1'b0;
      looked_q     <= '0;
      waits_q      <= '0;
      req_ready_o  <= '0;
      conflict_o   <= 1'b0;
    end else begin
      conflict_o   <= conflict;
      ask_q        <= any && !alone;
      pick_q       <= ask_q || alone;
      take_valid_q <= take_d;
      asks_q       <= alone ? '0 : picked;
      // Until it is refused, or taken.
      looked_q     <= (looked_q | picked) & ~(conflict_o ? before_q : '0) & ~req_ready_o;
      waits_q      <= refused | (finished ? '0 : waits_q);
      req_ready_o  <= take_d ? here_q : '0;
    end
  end
  always_ff @(posedge clk_i) begin
    req_q  <= req;
    port_q <= port;
    here_q <= asks;
    before_q   <= here_q;
    finished_q <= finished;
    take_q <= look;
    last_line_q <= req.line + dram_pkg::LineBits'(req.lines - 7'd1);
  end

  logic [Ports-1:0] legal, taken;
  for (genvar n = 0; n < Ports; n++) begin : g_req
    dram_pkg::req_t mine;
    assign mine      = req_i[n];
    assign writes[n] = mine.write;
    assign legal[n]  = mine.lines != '0 && 32'(mine.lines) <= dram_pkg::MostLines;
    assign taken[n]  = mine.line == take_q.line && mine.lines == take_q.lines &&
                       mine.write == take_q.write && take_q.port == PortBits'(n);
  end

  // ---- fourth cycle: accepted ----
  logic        take_read, take_write, read_ends;
  logic [15:0] now_q;
  logic [Ports-1:0] beat, beat_last, read_empty;
  logic [Ports-1:0][15:0] since;
  assign take_read  = take_valid_q && !take_q.write;
  assign take_write = take_valid_q && take_q.write;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) now_q <= '0;
    else         now_q <= now_q + 16'd1;
  end

  for (genvar n = 0; n < Ports; n++) begin : g_port
    assign beat[n] = got_valid_i && got_port_i == PortBits'(n);
    dram_ring #(.Depth(ReadDepth)) u_reads (
      .clk_i, .rst_ni,
      .push_i(take_read && take_q.port == PortBits'(n)), .line_i(take_q.line),
      .last_line_i(take_q.last_line), .beats_i(take_q.lines),
      .full_o(read_full[n]), .empty_o(read_empty[n]),
      .beat_i(beat[n]), .beat_last_o(beat_last[n]), .now_i(now_q), .since_o(since[n]),
      .ask_line_i(look.line), .ask_last_line_i(look.last_line), .touches_o(reads_touch[n])
    );
  end

  // Room for what is being looked at, too.
  localparam int unsigned LevelBits = $clog2(WriteDepth + 1);
  logic [LevelBits-1:0] writing_q;
  assign write_full = 32'(writing_q) > WriteDepth - 4;
  logic        ring_full, ring_empty, ring_last;
  logic [15:0] ring_since;
  dram_ring #(.Depth(WriteDepth), .OneBeat(1'b1)) u_writes (
    .clk_i, .rst_ni,
    .push_i(take_write), .line_i(take_q.line), .last_line_i(take_q.last_line), .beats_i(7'd1),
    .full_o(ring_full), .empty_o(ring_empty),
    .beat_i(written_i), .beat_last_o(ring_last), .now_i(now_q), .since_o(ring_since),
    .ask_line_i(look.line), .ask_last_line_i(look.last_line), .touches_o(writes_touch)
  );
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) writing_q <= '0;
    else         writing_q <= writing_q + LevelBits'(take_write) - LevelBits'(written_i);
  end

  assign read_ends = got_valid_i && (beat & beat_last) != '0;
  assign finished  = read_ends || written_i;

  // A read goes on in the same cycle if none waits.
  logic [3:0] reads_level, writes_level;
  logic       reads_room, writes_room, read_waits;
  // Of 64 lines at most, the last one tells by one bit whether it is in the next 4 KiB.
  logic fits;
  assign fits = take_q.last_line[6] == take_q.line[6];
  localparam int unsigned ReadBits = PortBits + dram_pkg::LineBits + 8;
  logic [ReadBits-1:0] read_new, read_first;
  assign read_new = {fits, take_q.port, take_q.line, take_q.lines};
  lib_fifo #(.Width(ReadBits), .Depth(8)) u_read (
    .clk_i, .rst_ni,
    .in_valid_i(take_read && !(read_ready_i && !read_waits)), .in_ready_o(reads_room), .in_data_i(read_new),
    .out_valid_o(read_waits), .out_ready_i(read_ready_i), .out_data_o(read_first), .level_o(reads_level)
  );
  assign read_valid_o = read_waits || take_read;
  assign {read_fits_o, read_port_o, read_line_o, read_lines_o} = read_waits ? read_first : read_new;
  lib_fifo #(.Width(dram_pkg::LineBits + 8), .Depth(8)) u_write (
    .clk_i, .rst_ni,
    .in_valid_i(take_write), .in_ready_o(writes_room), .in_data_i({fits, take_q.line, take_q.lines}),
    .out_valid_o(write_valid_o), .out_ready_i(write_ready_i),
    .out_data_o({write_fits_o, write_line_o, write_lines_o}), .level_o(writes_level)
  );
  // Some may be looked at already; they go on.
  logic [15:0] ahead_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      room_q  <= 1'b0;
      calm_q  <= '0;
      ahead_q <= '0;
    end else begin
      room_q  <= reads_level < 4'd4 && writes_level < 4'd4;
      calm_q  <= 32'(ahead_q) < LinesAhead ? '1 : urgent_i;
      ahead_q <= ahead_q + (take_read ? 16'(take_q.lines) : '0) - 16'(got_valid_i);
    end
  end

  // ---- lines to be written: the ports' in the order of their requests ----
  // The first request is in a register, its port as a mask; one that finds none there goes past
  // the queue.
  logic                whose_valid, whose_ready, whose_room, line_ready, line_moves;
  logic                first_q, final_q;   // there is one; its last line is next
  logic [Ports-1:0]    whose_q;
  logic [PortBits-1:0] whose, next_port;
  logic [6:0]          whose_lines, next_lines, left_q;
  dram_pkg::wdata_t    line;
  logic [LevelBits-1:0] behind_level, whose_level;
  lib_fifo #(.Width(PortBits + 7), .Depth(WriteDepth)) u_whose (
    .clk_i, .rst_ni,
    .in_valid_i(take_write && !(whose_ready && !whose_valid)), .in_ready_o(whose_room),
    .in_data_i({take_q.port, take_q.lines}),
    .out_valid_o(whose_valid), .out_ready_i(whose_ready), .out_data_o({whose, whose_lines}),
    .level_o(behind_level)
  );
  assign whose_level   = behind_level + LevelBits'(first_q);
  assign next_port     = whose_valid ? whose : take_q.port;
  assign next_lines    = whose_valid ? whose_lines : take_q.lines;
  // Whose line is taken, as a mask: from a register, as it goes a long way.
  logic [Ports-1:0]    take_line_q, whose_d;
  logic                spare_d;
  assign wdata_ready_o = take_line_q;
  assign line_moves    = (take_line_q & wdata_valid_i) != '0;
  // What line_ready says in the next cycle: a line waits, and nothing leaves.
  assign spare_d       = wdata_valid_o && !wdata_ready_i && (!line_ready || line_moves);
  assign whose_ready   = !first_q || (line_moves && final_q);
  always_comb begin
    line = '0;
    for (int unsigned n = 0; n < Ports; n++) if (whose_q[n]) line = line | wdata_i[n];
    for (int unsigned n = 0; n < Ports; n++) begin
      whose_d[n] = whose_ready ? (whose_valid || take_write) && next_port == PortBits'(n) : whose_q[n];
    end
  end
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      first_q     <= 1'b0;
      whose_q     <= '0;
      take_line_q <= '0;
    end else begin
      if (whose_ready) first_q <= whose_valid || take_write;
      whose_q     <= whose_d;
      take_line_q <= spare_d ? '0 : whose_d;
    end
  end
  always_ff @(posedge clk_i) begin
    if (whose_ready) begin
      left_q  <= next_lines;
      final_q <= next_lines == 7'd1;
    end else if (line_moves) begin
      left_q  <= left_q - 7'd1;
      final_q <= left_q == 7'd2;
    end
  end
  lib_skid #(.Width(9 * dram_pkg::LineBytes)) u_line (
    .clk_i, .rst_ni, .in_valid_i(line_moves), .in_ready_o(line_ready), .in_data_i(line),
    .out_valid_o(wdata_valid_o), .out_ready_i(wdata_ready_i), .out_data_o(wdata_o)
  );

  // ---- lines read ----
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      rdata_valid_o <= '0;
      ended_o       <= 1'b0;
      begun_o       <= 1'b0;
    end else begin
      rdata_valid_o <= beat;
      ended_o       <= read_ends;
      begun_o       <= take_read;
    end
  end
  always_ff @(posedge clk_i) begin
    rdata_o <= {got_error_i, (beat & beat_last) != '0, got_data_i};
    for (int unsigned n = 0; n < Ports; n++) if (beat[n]) latency_o <= now_q - since[n];
  end

  logic unused;
  assign unused = &{1'b0, read_empty, ring_empty, ring_last, ring_since, ring_full, whose_level};

  `PAMC_ASSUME(m_lines, (req_valid_i & ~legal) == '0)
  `PAMC_ASSERT(a_here, !pick_q || here_q == Ports'(1) << port_q)
  // Taken is what was looked at.
  `PAMC_ASSERT(a_taken, (req_ready_o & ~(req_valid_i & taken)) == '0)
  `PAMC_ASSERT(a_last_line_looked_at, !pick_q || last_line_q == req_q.line - 1'b1 +
                                      dram_pkg::LineBits'(req_q.lines))
  `PAMC_ASSERT(a_last_line, !take_valid_q || take_q.last_line == take_q.line - 1'b1 +
                            dram_pkg::LineBits'(take_q.lines))
  `PAMC_ASSERT(a_take_line, take_line_q == (line_ready ? whose_q : '0))
  `PAMC_ASSERT(a_room, (!take_read || reads_room) && (!take_write || (writes_room && whose_room)))
endmodule
