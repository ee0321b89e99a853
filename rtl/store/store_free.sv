// SPDX-License-Identifier: Apache-2.0
//
// Freeing: an extent becomes a free run, together with the free runs before and behind it.
//
// What its neighbours' headers and footer say comes from store_near, which may have read them
// before; its bits of the map are looked at meanwhile. The extent is scrubbed together with
// what the two runs kept in the units next to it.

`include "check.svh"

module store_free (
  input  logic                   clk_i,
  input  logic                   rst_ni,

  // The store's size.
  input  logic [31:0]            units_i,

  // silent: nobody wants an answer; the extent was given in this command.
  input  logic                   cmd_valid_i,
  output logic                   cmd_ready_o,
  input  logic                   silent_i,
  input  logic [31:0]            cmd_unit_i,
  input  logic [31:0]            cmd_units_i,

  output logic                   answer_valid_o,
  input  logic                   answer_ready_i,
  output store_pkg::answer_t     answer_o,

  // What is next to it, as it is when nothing that was asked for before is left to be done.
  output logic                   near_valid_o,
  output logic [31:0]            near_unit_o,
  output logic [31:0]            near_end_o,
  input  logic                   near_here_i,
  input  logic                   near_header_here_i,
  input  store_pkg::words_t      near_behind_i,
  input  logic [31:0]            near_footer_i,
  input  store_pkg::words_t      near_header_i,
  // Of header behind, footer, header before: cannot be read.
  input  logic [2:0]             near_error_i,

  output logic                   op_valid_o,
  input  logic                   op_ready_i,
  output store_pkg::op_t         op_o,

  output logic                   map_valid_o,
  input  logic                   map_ready_i,
  output store_pkg::map_op_t     map_o,
  input  logic                   map_done_valid_i,
  input  store_pkg::map_done_t   map_done_i,

  output logic                   run_valid_o,
  input  logic                   run_ready_i,
  output store_pkg::run_cmd_t    run_o,

  output store_pkg::count_t      count_o,
  // What memory holds makes no sense.
  output logic                   broken_o
);

  localparam logic [31:0] MinRun    = 32'(store_pkg::MinRun);
  localparam logic [31:0] MaxExtent = 32'(store_pkg::MaxExtent);

  typedef enum logic [3:0] {
    Idle, Range, Map, Look, Wait, UnlinkBehind, Scrub, Header, UnlinkBefore, Link, Refuse, Broken
  } state_e;
  state_e state_q;

  logic        silent_q;
  logic [31:0] unit_q, units_q;
  logic [32:0] end_q;

  // What has come.
  logic                 map_q;
  store_pkg::map_done_t done_q;
  store_pkg::words_t    behind_q, header_q;
  logic [31:0]          footer_q;
  logic                 behind_error_q, footer_error_q, header_error_q;

  logic come, behind_bad, footer_bad, header_bad, good;
  // What there is behind it, for a run.
  logic [31:0] behind_room_q;
  always_ff @(posedge clk_i) behind_room_q <= units_i - end_q[31:0];
  // Somebody else may still be at work on the lists.
  assign come = map_q && near_here_i && run_ready_i;
  assign behind_bad = done_q.good && done_q.behind_free &&
                      (behind_error_q || behind_q.length < MinRun ||
                       behind_q.length > behind_room_q);
  assign footer_bad = done_q.good && done_q.before_free &&
                      (footer_error_q || footer_q < MinRun || footer_q > unit_q);
  assign header_bad = header_error_q || header_q.length != footer_q;
  assign good       = done_q.good && !behind_bad && !footer_bad;

  // The run that it becomes; what is still to be scrubbed.
  logic [31:0] run_unit_q, run_units_q, scrub_q, scrub_end_q;
  logic [30:0] scrub_lines;
  logic        scrub_last;
  assign scrub_lines = 31'(({1'b0, scrub_end_q} + 33'd1) >> 1) - scrub_q[31:1];
  assign scrub_last  = scrub_lines <= 31'(dram_pkg::MostLines);

  logic asks, step;
  assign op_valid_o = asks;
  assign step       = !asks || op_ready_i;

  always_comb begin
    asks       = state_q == Scrub;
    op_o       = '0;
    op_o.write = 1'b1;
    op_o.scrub = 1'b1;
    op_o.unit  = scrub_q;
    op_o.lines = scrub_last ? scrub_lines[6:0] : 7'(dram_pkg::MostLines);
    op_o.half  = scrub_last && scrub_end_q[0];
  end

  assign near_valid_o = state_q != Idle && state_q != Range && state_q != Refuse && state_q != Broken;
  assign near_unit_o  = unit_q;
  assign near_end_o   = end_q[31:0];

  assign cmd_ready_o = state_q == Idle;
  assign map_valid_o = state_q == Map;
  assign map_o       = {1'b1, unit_q, units_q[7:0]};

  assign run_valid_o = state_q == UnlinkBehind || state_q == Link ||
                       (state_q == UnlinkBefore && !header_bad);
  always_comb begin
    run_o.kind     = store_pkg::RUN_UNLINK;
    run_o.unit     = run_unit_q;
    run_o.units    = run_units_q;
    run_o.is_long  = run_units_q > MaxExtent;
    run_o.next     = behind_q.next;
    run_o.previous = behind_q.previous;
    if (state_q == Link) run_o.kind = store_pkg::RUN_LINK;
    if (state_q == UnlinkBehind) begin
      run_o.units   = behind_q.length;
      run_o.is_long = behind_q.length > MaxExtent;
    end
    if (state_q == UnlinkBefore) begin
      run_o.units    = footer_q;
      run_o.is_long  = footer_q > MaxExtent;
      run_o.next     = header_q.next;
      run_o.previous = header_q.previous;
    end
  end

  logic answers, freed;
  assign answers        = state_q == Wait && !silent_q;
  assign answer_valid_o = answers || state_q == Refuse;
  assign answer_o       = {unit_q, units_q[7:0], 1'b1, state_q == Wait && good};
  assign freed          = state_q == Wait && good && (silent_q || answer_ready_i);
  assign broken_o       = state_q == Broken;

  always_comb begin
    count_o = '0;
    if (freed) begin
      count_o.free_units = units_q;
      count_o.merges     = 2'(done_q.before_free) + 2'(done_q.behind_free);
      count_o.runs       = 32'd1 - 32'(count_o.merges);
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q <= Idle;
      map_q   <= 1'b0;
    end else begin
      map_q <= state_q != Idle && (map_q || map_done_valid_i);
      case (state_q)
        Idle: if (cmd_valid_i) state_q <= Range;
        Range: state_q <= units_q < MinRun || units_q > MaxExtent || end_q > {1'b0, units_i} ?
                          Refuse : Map;
        Map:  if (map_ready_i) state_q <= Look;
        Look: if (come) state_q <= Wait;
        Wait: if (silent_q || answer_ready_i) begin
          if (good) state_q <= done_q.behind_free ? UnlinkBehind : Scrub;
          else      state_q <= silent_q || behind_bad || footer_bad ? Broken : Idle;
        end
        UnlinkBehind: if (run_ready_i) state_q <= Scrub;
        Scrub:  if (step && scrub_last) state_q <= done_q.before_free ? Header : Link;
        // The run behind may have been next to it in its list.
        Header: if (near_header_here_i && run_ready_i) state_q <= UnlinkBefore;
        UnlinkBefore: begin
          if (header_bad)       state_q <= Broken;
          else if (run_ready_i) state_q <= Link;
        end
        Link:   if (run_ready_i) state_q <= Idle;
        Refuse: if (answer_ready_i) state_q <= Idle;
        default: state_q <= Idle;
      endcase
    end
  end

  always_ff @(posedge clk_i) begin
    if (map_done_valid_i) done_q <= map_done_i;
    if (state_q == Look) begin
      behind_q       <= near_behind_i;
      footer_q       <= near_footer_i;
      behind_error_q <= near_error_i[0];
      footer_error_q <= near_error_i[1];
    end
    if (state_q == Header) begin
      header_q       <= near_header_i;
      header_error_q <= near_error_i[2];
    end
    case (state_q)
      Idle: begin
        silent_q <= silent_i;
        unit_q   <= cmd_unit_i;
        units_q  <= cmd_units_i;
        end_q    <= {1'b0, cmd_unit_i} + {1'b0, cmd_units_i};
      end
      Wait: begin
        run_unit_q  <= done_q.before_free ? unit_q - footer_q : unit_q;
        run_units_q <= units_q + (done_q.before_free ? footer_q : '0) +
                       (done_q.behind_free ? behind_q.length : '0);
        scrub_q     <= unit_q - 32'(done_q.before_free);
        scrub_end_q <= end_q[31:0] + 32'(done_q.behind_free);
      end
      Scrub: if (step) scrub_q <= {scrub_q[31:1] + 31'(dram_pkg::MostLines), 1'b0};
      default: ;
    endcase
  end

  logic unused;
  assign unused = &{1'b0, behind_q.footer, header_q.footer};

endmodule
