// SPDX-License-Identifier: Apache-2.0
//
// Tells the extents of a record that is to be freed, first to last. Of each extent only
// the line with its link is read, and an extent is told only when its link was read: so
// whoever is told may scrub it at once. The next link is asked for at the same time.
//
// An extent told with error is the last one that could be reached: its link is impossible
// or lost. units 0, with error: there is none, as the command's is impossible.
//
// The last extent of a chain is known to be the last from the link before it and costs
// no read; a record of one extent costs one, for its header.

`include "check.svh"

module record_free (
  input  logic                          clk_i,
  input  logic                          rst_ni,
  // Where unit 0 is; how many units there are.
  input  logic [dram_pkg::LineBits-1:0] base_i,
  input  logic [31:0]                   units_i,

  // The first extent.
  input  logic                          cmd_valid_i,
  output logic                          cmd_ready_o,
  input  logic [31:0]                   cmd_unit_i,
  input  logic [7:0]                    cmd_units_i,

  output logic                          req_valid_o,
  input  logic                          req_ready_i,
  output dram_pkg::req_t                req_o,
  input  logic                          rdata_valid_i,
  input  dram_pkg::rdata_t              rdata_i,

  output logic                          extent_valid_o,
  input  logic                          extent_ready_i,
  output record_pkg::free_extent_t      extent_o
);

  localparam int unsigned LineBits = dram_pkg::LineBits;

  // CHECK: is the extent, which the command or a link tells, possible? LINK: its link is
  // here. LAST: no link.
  typedef enum logic [2:0] {ST_IDLE, ST_CHECK, ST_ASK, ST_WAIT, ST_LINK, ST_LAST} state_e;
  state_e state_q;

  // The extent under way.
  logic [31:0]       unit_q;
  logic [15:0]       units_q;
  logic              head_q, more_q;
  // Of its link.
  logic              has_q, lost_q;
  record_pkg::link_t link_q;
  // Extents told.
  logic [9:0]        count_q;

  // One check serves the command's extent and the link's.
  logic [31:0] check_unit;
  logic [15:0] check_units;
  logic [32:0] check_end;
  logic        possible;
  assign check_unit  = state_q == ST_CHECK ? unit_q : link_q.unit;
  assign check_units = state_q == ST_CHECK ? units_q : link_q.units;
  assign check_end   = {1'b0, check_unit} + {17'd0, check_units};
  assign possible    = 32'(check_units) >= record_pkg::MinRun && 32'(check_units) <= record_pkg::MostUnits &&
                       check_end <= {1'b0, units_i};

  logic good, room, tell;
  assign good = possible && !lost_q && 32'(count_q) < record_pkg::MostExtents - 1;

  record_pkg::free_extent_t told;
  always_comb begin
    told.unit  = unit_q;
    told.units = units_q[7:0];
    told.last  = 1'b1;
    told.error = 1'b0;
    tell       = 1'b0;
    case (state_q)
      ST_CHECK: begin
        told.units = 8'd0;
        told.error = 1'b1;
        tell       = !possible;
      end
      ST_LINK: begin
        told.last  = !(has_q && good);
        told.error = lost_q || (has_q && !good);
        tell       = 1'b1;
      end
      ST_LAST: tell = 1'b1;
      default: ;
    endcase
  end

  logic [255:0]        unit;
  record_pkg::header_t header;
  assign unit   = unit_q[0] ? rdata_i.data[511:256] : rdata_i.data[255:0];
  assign header = unit[127:0];

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q <= ST_IDLE;
    end else begin
      case (state_q)
        ST_IDLE:  if (cmd_valid_i) state_q <= ST_CHECK;
        ST_CHECK: if (possible) state_q <= ST_ASK;
                  else if (room) state_q <= ST_IDLE;
        ST_ASK:   if (req_ready_i) state_q <= ST_WAIT;
        ST_WAIT:  if (rdata_valid_i) state_q <= ST_LINK;
        ST_LINK:  if (room) state_q <= told.last ? ST_IDLE : link_q.more != '0 ? ST_ASK : ST_LAST;
        default:  if (room) state_q <= ST_IDLE;
      endcase
    end
  end

  always_ff @(posedge clk_i) begin
    if (cmd_valid_i && cmd_ready_o) begin
      unit_q  <= cmd_unit_i;
      units_q <= {8'd0, cmd_units_i};
      head_q  <= 1'b1;
      more_q  <= 1'b0;
      count_q <= '0;
    end
    if (rdata_valid_i) begin
      link_q <= head_q ? unit[191:128] : unit[63:0];
      has_q  <= head_q ? header.chained : more_q;
      lost_q <= rdata_i.error;
    end
    if (state_q == ST_LINK && room) begin
      unit_q  <= link_q.unit;
      units_q <= link_q.units;
      more_q  <= |link_q.more;
      head_q  <= 1'b0;
      count_q <= count_q + 10'd1;
    end
  end

  assign cmd_ready_o = state_q == ST_IDLE;
  assign req_valid_o = state_q == ST_ASK;
  assign req_o.write = 1'b0;
  assign req_o.line  = base_i + unit_q[LineBits:1];
  assign req_o.lines = 7'd1;

  logic [2:0] level;
  lib_fifo #(.Width(42), .Depth(4)) u_extents (
    .clk_i, .rst_ni,
    .in_valid_i(tell), .in_ready_o(room), .in_data_i(told),
    .out_valid_o(extent_valid_o), .out_ready_i(extent_ready_i), .out_data_o(extent_o),
    .level_o(level)
  );

  `PAMC_ASSUME(m_asked_for, !rdata_valid_i || state_q == ST_WAIT)

  logic unused;
  assign unused = ^{rdata_i.last, rdata_i.data, unit, header, level};

endmodule
