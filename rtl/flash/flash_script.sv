// SPDX-License-Identifier: Apache-2.0
//
// What goes over the bus for a command, step by step: ONFI's command and address cycles. A
// step is a command byte, an address byte, a wait, data to or from the die, its status, or
// the end. No state: a table.

module flash_script (
  input  flash_pkg::command_t command_i,
  input  logic                check_i,     // its status instead
  input  logic                data_i,      // the data of a page that has been read
  input  logic                silent_i,    // nothing is sent; data of a program are dropped
  input  logic [3:0]          step_i,

  output logic                command_o,
  output logic                address_o,
  output logic [7:0]          byte_o,
  output logic                whr_o,       // waits
  output logic                adl_o,
  output logic                ccs_o,
  output logic                out_o,       // data to the die
  output logic                in_o,        // from the die
  output logic                status_o,
  output logic                drop_o,
  output logic                end_o
);

  logic [7:0] row0, row1, row2, column0, column1;
  assign {row2, row1, row0} = command_i.row;
  assign {column1, column0} = command_i.column;

  // {command, address, whr, adl, ccs, out, in, status, drop, end}, byte.
  localparam logic [9:0] Cmd = 10'h200, Adr = 10'h100, Whr = 10'h080, Adl = 10'h040, Ccs = 10'h020;
  localparam logic [9:0] Out = 10'h010, In = 10'h008, Sta = 10'h004, Drop = 10'h002, End = 10'h001;

  function automatic logic [17:0] full_address(input logic [3:0] step);
    case (step)
      4'd1:    full_address = {Adr, column0};
      4'd2:    full_address = {Adr, column1};
      4'd3:    full_address = {Adr, row0};
      4'd4:    full_address = {Adr, row1};
      default: full_address = {Adr, row2};
    endcase
  endfunction

  logic [17:0] now;
  always_comb begin
    now = {End, 8'h00};
    if (silent_i) begin
      if (command_i.op == flash_pkg::Program && step_i == 4'd0) now = {Drop, 8'h00};
    end else if (check_i) begin
      // 78h takes a row.
      if (command_i.joined && command_i.op == flash_pkg::Status) begin
        case (step_i)
          4'd0:    now = {Cmd, 8'h78};
          4'd1:    now = {Adr, row0};
          4'd2:    now = {Adr, row1};
          4'd3:    now = {Adr, row2};
          4'd4:    now = {Whr, 8'h00};
          4'd5:    now = {Sta, 8'h00};
          default: ;
        endcase
      end else begin
        case (step_i)
          4'd0:    now = {Cmd, 8'h70};
          4'd1:    now = {Whr, 8'h00};
          4'd2:    now = {Sta, 8'h00};
          default: ;
        endcase
      end
    end else if (data_i) begin
      case (step_i)
        4'd0:    now = {Cmd, 8'h00};   // back from status to data
        4'd1:    now = {Whr, 8'h00};
        4'd2:    now = {In, 8'h00};
        default: ;
      endcase
    end else begin
      case (command_i.op)
        flash_pkg::Reset: if (step_i == 4'd0) now = {Cmd, 8'hff};
        flash_pkg::ReadId:
          case (step_i)
            4'd0:    now = {Cmd, 8'h90};
            4'd1:    now = {Adr, column0};
            4'd2:    now = {Whr, 8'h00};
            4'd3:    now = {In, 8'h00};
            default: ;
          endcase
        flash_pkg::Params:
          case (step_i)
            4'd0:    now = {Cmd, 8'hec};
            4'd1:    now = {Adr, 8'h00};
            default: ;
          endcase
        flash_pkg::Read:
          case (step_i)
            4'd0:    now = {Cmd, 8'h00};
            4'd1, 4'd2, 4'd3, 4'd4, 4'd5: now = full_address(step_i);
            4'd6:    now = {Cmd, command_i.joined ? 8'h32 : 8'h30};
            default: ;
          endcase
        flash_pkg::Column:
          case (step_i)
            4'd0:    now = {Cmd, 8'h05};
            4'd1:    now = {Adr, column0};
            4'd2:    now = {Adr, column1};
            4'd3:    now = {Cmd, 8'he0};
            4'd4:    now = {Ccs, 8'h00};
            4'd5:    now = {In, 8'h00};
            default: ;
          endcase
        flash_pkg::Program:
          case (step_i)
            4'd0:    now = {Cmd, 8'h80};
            4'd1, 4'd2, 4'd3, 4'd4, 4'd5: now = full_address(step_i);
            4'd6:    now = {Adl, 8'h00};
            4'd7:    now = {Out, 8'h00};
            4'd8:    now = {Cmd, command_i.joined ? 8'h11 : 8'h10};
            default: ;
          endcase
        flash_pkg::Erase:
          case (step_i)
            4'd0:    now = {Cmd, 8'h60};
            4'd1:    now = {Adr, row0};
            4'd2:    now = {Adr, row1};
            4'd3:    now = {Adr, row2};
            4'd4:    now = {Cmd, command_i.joined ? 8'hd1 : 8'hd0};
            default: ;
          endcase
        default: ;
      endcase
    end
  end

  assign {command_o, address_o, whr_o, adl_o, ccs_o, out_o, in_o, status_o, drop_o, end_o} = now[17:8];
  assign byte_o = now[7:0];

  logic unused;
  assign unused = &{1'b0, command_i.die, command_i.length, command_i.tag};

endmodule
