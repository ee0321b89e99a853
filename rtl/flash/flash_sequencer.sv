// SPDX-License-Identifier: Apache-2.0
//
// Commands to the dies of a channel, over the bus they share. Each die has at most one; while
// its array works, the bus is others'. Bytes of programs are taken in the order in which the
// programs came; bytes of reads leave with the tag of their command, in the order in which
// dies get the bus; answers come as dies are done.
//
// The bus is that of ONFI with a byte of data, and a cycle in which WE# or RE# is low is a
// transfer; a pad makes waveforms of it. What a read delivers stands at dq_i ReadDelay cycles
// after its RE#. Times are those of SDR mode 5 in cycles of 4 ns.
//
// The bus stands while a stream does: who takes a read's bytes must wait for nobody here.

`include "check.svh"

module flash_sequencer #(
  parameter int unsigned Dies          = 4,
  parameter int unsigned Period        = 5,     // tWC, tRC
  parameter int unsigned ReadDelay     = 2,
  parameter int unsigned CsCycles      = 4,
  parameter int unsigned WhrCycles     = 20,
  parameter int unsigned AdlCycles     = 100,
  parameter int unsigned CcsCycles     = 125,
  parameter int unsigned RhwCycles     = 25,
  parameter int unsigned WbCycles      = 25,
  parameter int unsigned PollCycles    = 250,
  parameter int unsigned TimeoutCycles = 25_000_000
) (
  input  logic                          clk_i,
  input  logic                          rst_ni,

  input  logic                          command_valid_i,
  output logic                          command_ready_o,
  input  flash_pkg::command_t           command_i,
  output logic                          answer_valid_o,
  input  logic                          answer_ready_i,
  output flash_pkg::answer_t            answer_o,

  input  logic                          in_valid_i,
  output logic                          in_ready_o,
  input  logic [7:0]                    in_data_i,
  output logic                          out_valid_o,
  input  logic                          out_ready_i,
  output logic [7:0]                    out_data_o,
  output logic                          out_last_o,
  output logic [flash_pkg::DieBits-1:0] out_die_o,
  output logic [7:0]                    out_tag_o,

  output logic [Dies-1:0]               ce_no,
  output logic                          cle_o,
  output logic                          ale_o,
  output logic                          we_no,
  output logic                          re_no,
  output logic                          dq_oe_o,
  output logic [7:0]                    dq_o,
  input  logic [7:0]                    dq_i,
  input  logic [Dies-1:0]               ready_i,   // R/B#

  output flash_pkg::stats_t             stats_o
);

  localparam int unsigned DieBits = flash_pkg::DieBits;
  `PAMC_PARAM(g_dies, Dies >= 1 && Dies <= 2 ** DieBits)
  `PAMC_PARAM(g_read_delay, ReadDelay >= 1 && ReadDelay <= 4 && Period >= 1)

  // ---- commands to their dies ----
  logic                c_valid, c_ready;
  flash_pkg::command_t c;
  logic [1:0]          c_level;
  lib_fifo #(.Width(flash_pkg::CommandBits), .Depth(2)) u_commands (
    .clk_i, .rst_ni,
    .in_valid_i(command_valid_i), .in_ready_o(command_ready_o), .in_data_i(command_i),
    .out_valid_o(c_valid), .out_ready_i(c_ready), .out_data_o(c), .level_o(c_level)
  );

  logic [Dies-1:0] idle, first, check, data, silent, working, done, tell, told, take, programs;
  logic [Dies-1:0][flash_pkg::CommandBits-1:0] commands;
  logic [Dies-1:0][1:0] results;
  logic [Dies-1:0][7:0] statuses;
  logic [7:0]           status_q;
  for (genvar n = 0; n < Dies; n++) begin : g_die
    flash_pkg::command_t mine;
    flash_pkg::result_t  result;
    assign take[n] = c_valid && c.die == DieBits'(n) && idle[n];
    flash_die #(
      .WbCycles(WbCycles), .PollCycles(PollCycles), .TimeoutCycles(TimeoutCycles)
    ) u_die (
      .clk_i, .rst_ni, .take_i(take[n]), .take_command_i(c), .idle_o(idle[n]), .command_o(mine),
      .first_o(first[n]), .check_o(check[n]), .data_o(data[n]), .silent_o(silent[n]),
      .working_o(working[n]), .done_i(done[n]), .status_i(status_q),
      .tell_o(tell[n]), .result_o(result), .status_o(statuses[n]), .told_i(told[n]),
      .ready_i(ready_i[n])
    );
    assign commands[n] = mine;
    assign results[n]  = result;
    assign programs[n] = mine.op == flash_pkg::Program;
  end
  assign c_ready = take != '0;

  // Whose data come next.
  logic               next_valid, next_room, next_done;
  logic [DieBits-1:0] next_die;
  logic [3:0]         next_level;
  lib_fifo #(.Width(DieBits), .Depth(8)) u_programs (
    .clk_i, .rst_ni,
    .in_valid_i(c_ready && c.op == flash_pkg::Program), .in_ready_o(next_room), .in_data_i(c.die),
    .out_valid_o(next_valid), .out_ready_i(next_done), .out_data_o(next_die), .level_o(next_level)
  );

  // ---- whose turn it is ----
  typedef enum logic [2:0] {Free, Select, Step, Wait, Turn} state_t;
  state_t              state_q;
  logic [Dies-1:0]     wants;
  logic [DieBits-1:0]  picked, last_q, die_q;
  logic                any, check_q, data_q, silent_q;
  flash_pkg::command_t command_q, picked_command;
  logic                picked_check, picked_data, picked_silent;
  always_comb begin
    for (int unsigned n = 0; n < Dies; n++) begin
      wants[n] = check[n] || data[n] ||
                 (first[n] && (!programs[n] || (in_valid_i && next_valid && next_die == DieBits'(n))));
    end
    any    = wants != '0;
    picked = '0;
    // The first after the last one.
    for (int unsigned n = Dies; n > 0; n--) if (wants[n-1]) picked = DieBits'(n - 1);
    for (int unsigned n = Dies; n > 0; n--) begin
      if (wants[n-1] && DieBits'(n - 1) > last_q) picked = DieBits'(n - 1);
    end
    picked_command = '0;
    picked_check   = 1'b0;
    picked_data    = 1'b0;
    picked_silent  = 1'b0;
    for (int unsigned n = 0; n < Dies; n++) begin
      if (picked == DieBits'(n)) begin
        picked_command = commands[n];
        picked_check   = check[n];
        picked_data    = data[n];
        picked_silent  = silent[n];
      end
    end
  end

  // ---- its script ----
  logic [3:0] step_q;
  logic       s_command, s_address, s_whr, s_adl, s_ccs, s_out, s_in, s_status, s_drop, s_end;
  logic [7:0] s_byte;
  flash_script u_script (
    .command_i(command_q), .check_i(check_q), .data_i(data_q), .silent_i(silent_q), .step_i(step_q),
    .command_o(s_command), .address_o(s_address), .byte_o(s_byte), .whr_o(s_whr), .adl_o(s_adl),
    .ccs_o(s_ccs), .out_o(s_out), .in_o(s_in), .status_o(s_status), .drop_o(s_drop), .end_o(s_end)
  );

  // Bytes asked for and not there yet: RE# in this cycle, and in the ones before.
  logic [ReadDelay:0] reading_q;
  logic [3:0]         out_level;
  logic [15:0]        asked_q, got_q;
  logic [9:0]         wait_q;
  logic [7:0]         gap_q;
  logic               steps, strobe_in, strobe_out, got, got_last, moved, last_asked, last_got;
  logic [15:0]        length;
  assign steps      = state_q == Step && gap_q == '0;
  assign length     = s_status ? 16'd1 : command_q.length;
  assign last_asked = asked_q + 16'd1 == length;
  assign in_ready_o = steps && (s_out || s_drop);
  assign moved      = in_valid_i && in_ready_o;
  assign strobe_out = (steps && (s_command || s_address)) || (moved && s_out);
  assign strobe_in  = steps && (s_in || s_status) && asked_q != length && out_level < 4'd3;
  assign got        = reading_q[ReadDelay];
  assign last_got   = got_q + 16'd1 == length;
  assign got_last   = got && last_got;

  logic next_step;
  assign next_step = (steps && (s_command || s_address)) || (moved && last_asked) ||
                     (state_q == Wait && wait_q == '0) ||
                     (state_q == Turn && wait_q == '0 && out_level == '0);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q   <= Free;
      last_q    <= '0;
      step_q    <= '0;
      asked_q   <= '0;
      got_q     <= '0;
      wait_q    <= '0;
      gap_q     <= '0;
      reading_q <= '0;
      check_q   <= 1'b0;
      data_q    <= 1'b0;
      silent_q  <= 1'b0;
    end else begin
      reading_q <= {reading_q[ReadDelay-1:0], strobe_in};
      if (strobe_out || strobe_in) gap_q <= 8'(Period - 1);
      else if (gap_q != '0)        gap_q <= gap_q - 1'b1;
      if (wait_q != '0)            wait_q <= wait_q - 1'b1;
      if (next_step) step_q <= step_q + 1'b1;
      if (next_step)                asked_q <= '0;
      else if (moved || strobe_in)  asked_q <= asked_q + 1'b1;
      if (next_step) got_q <= '0;
      else if (got)  got_q <= got_q + 1'b1;
      case (state_q)
        Free: if (any) begin
          state_q  <= Select;
          wait_q   <= 10'(CsCycles);
          last_q   <= picked;
          step_q   <= '0;
          check_q  <= picked_check;
          data_q   <= picked_data;
          silent_q <= picked_silent;
        end
        Select: if (wait_q == '0) state_q <= Step;
        Step: begin
          if (s_whr || s_adl || s_ccs) begin
            state_q <= Wait;
            wait_q  <= s_adl ? 10'(AdlCycles) : s_ccs ? 10'(CcsCycles) : 10'(WhrCycles);
          end else if (got_last) begin
            state_q <= Turn;
            wait_q  <= 10'(RhwCycles);
          end else if (s_end && gap_q == '0) begin
            state_q <= Free;
          end
        end
        default: if (next_step) state_q <= Step;
      endcase
    end
  end
  always_ff @(posedge clk_i) begin
    if (state_q == Free) begin
      die_q     <= picked;
      command_q <= picked_command;
    end
    if (got && s_status) status_q <= dq_i;
  end

  logic ends;
  assign ends      = state_q == Step && s_end && gap_q == '0;
  assign next_done = ends && command_q.op == flash_pkg::Program && !check_q;
  always_comb begin
    for (int unsigned n = 0; n < Dies; n++) done[n] = ends && die_q == DieBits'(n);
  end

  // ---- pins ----
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      ce_no   <= '1;
      cle_o   <= 1'b0;
      ale_o   <= 1'b0;
      we_no   <= 1'b1;
      re_no   <= 1'b1;
      dq_oe_o <= 1'b0;
    end else begin
      for (int unsigned n = 0; n < Dies; n++) begin
        ce_no[n] <= !(state_q != Free && !silent_q && die_q == DieBits'(n));
      end
      cle_o   <= strobe_out && s_command;
      ale_o   <= strobe_out && s_address;
      we_no   <= !strobe_out;
      re_no   <= !strobe_in;
      dq_oe_o <= strobe_out;
    end
  end
  always_ff @(posedge clk_i) dq_o <= s_out ? in_data_i : s_byte;

  // ---- bytes of reads, answers ----
  logic out_room;
  lib_fifo #(.Width(8 + 1 + DieBits + 8), .Depth(8)) u_out (
    .clk_i, .rst_ni,
    .in_valid_i(got && s_in), .in_ready_o(out_room),
    .in_data_i({command_q.tag, die_q, last_got, dq_i}),
    .out_valid_o, .out_ready_i, .out_data_o({out_tag_o, out_die_o, out_last_o, out_data_o}),
    .level_o(out_level)
  );

  flash_pkg::answer_t  answer;
  flash_pkg::command_t told_command;
  logic                answer_room;
  logic [1:0]          answer_level;
  logic [DieBits-1:0]  teller;
  always_comb begin
    teller       = '0;
    for (int unsigned n = Dies; n > 0; n--) if (tell[n-1]) teller = DieBits'(n - 1);
    told_command  = '0;
    answer.result = flash_pkg::Done;
    answer.status = '0;
    for (int unsigned n = 0; n < Dies; n++) begin
      told[n] = tell[n] && teller == DieBits'(n) && answer_room;
      if (teller == DieBits'(n)) begin
        told_command  = commands[n];
        answer.result = flash_pkg::result_t'(results[n]);
        answer.status = statuses[n];
      end
    end
    answer.die = teller;
    answer.tag = told_command.tag;
  end
  lib_fifo #(.Width(flash_pkg::AnswerBits), .Depth(2)) u_answers (
    .clk_i, .rst_ni,
    .in_valid_i(tell != '0), .in_ready_o(answer_room), .in_data_i(answer),
    .out_valid_o(answer_valid_o), .out_ready_i(answer_ready_i), .out_data_o(answer_o),
    .level_o(answer_level)
  );

  // ---- counters ----
  flash_pkg::stats_t stats_q;
  logic              first_ends;
  assign first_ends = ends && !check_q && !data_q && !silent_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      stats_q <= '0;
    end else begin
      stats_q.busy      <= stats_q.busy + 32'(state_q != Free);
      stats_q.waiting   <= stats_q.waiting + 32'(state_q == Free && working != '0);
      stats_q.reads     <= stats_q.reads + 32'(first_ends && command_q.op == flash_pkg::Read);
      stats_q.programs  <= stats_q.programs + 32'(first_ends && command_q.op == flash_pkg::Program);
      stats_q.erases    <= stats_q.erases + 32'(first_ends && command_q.op == flash_pkg::Erase);
      stats_q.failed    <= stats_q.failed + 32'(told != '0 && answer.result == flash_pkg::Failed);
      stats_q.silent    <= stats_q.silent + 32'(told != '0 && answer.result == flash_pkg::Silent);
      stats_q.bytes_in  <= stats_q.bytes_in + 32'(got && s_in);
      stats_q.bytes_out <= stats_q.bytes_out + 32'(moved && s_out);
    end
  end
  assign stats_o = stats_q;

  logic unused;
  assign unused = &{1'b0, c_level, next_level, answer_level, told_command.op, told_command.joined,
                    told_command.die, told_command.row, told_command.column, told_command.length};

  // A command byte that a busy die may get: FFh, 70h, 78h.
  logic harmless, works;
  assign harmless = s_byte == 8'hff || s_byte == 8'h70 || s_byte == 8'h78;
  always_comb begin
    works = 1'b0;
    for (int unsigned n = 0; n < Dies; n++) if (die_q == DieBits'(n)) works = working[n];
  end
  `PAMC_ASSERT(a_drives_nothing_while_reading, !dq_oe_o || (re_no && reading_q == '0))
  `PAMC_ASSERT(a_one_die_at_a_time, (~ce_no & (~ce_no - 1'b1)) == '0)
  `PAMC_ASSERT(a_busy_die_gets_no_command, !(strobe_out && s_command && works && !harmless))
  `PAMC_ASSERT(a_one_strobe, we_no || re_no)
  `PAMC_ASSERT(a_room, (out_room || !(got && s_in)) && (next_room || !c_ready))
  `PAMC_ASSUME(m_die_exists, !command_valid_i || 32'(command_i.die) < Dies)

endmodule
