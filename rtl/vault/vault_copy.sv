// SPDX-License-Identifier: Apache-2.0
//
// A record's bytes as they are to be in flash: CRC, shape and stream, in one piece from a line
// of card DRAM on. 8 bytes a cycle, as the stream may begin at any multiple of them; nothing
// behind the end is written.
//
// And back: bytes that were read in flash become a put's stream. As many lines as find room are here
// before it begins; the others are asked for while it flows, when nobody else wants the port.

`include "check.svh"

module vault_copy (
  input  logic                          clk_i,
  input  logic                          rst_ni,
  // Where unit 0 is; how many units there are.
  input  logic [dram_pkg::LineBits-1:0] base_line_i,
  input  logic [31:0]                   units_i,

  // The record, how many bytes it has in flash (more than 8), and where to. Held until done.
  input  logic                          call_i,
  input  logic [31:0]                   unit_i,
  input  logic [7:0]                    record_units_i,
  input  logic [31:0]                   crc_i,
  input  logic [13:0]                   shape_i,
  input  logic [16:0]                   bytes_i,
  input  logic [dram_pkg::LineBits-1:0] line_i,
  output logic                          done_o,
  output logic                          error_o,

  // Back: bytes_i from line_i on, held until loaded; from then until drop_i they are a stream, 16
  // bytes a beat, zeroes behind the end, and what is in front of it is told: CRC, shape, and of a page of
  // several blocks theirs. flows_i: the port is there for the lines that are missing, until all of the stream
  // was taken. When one is lost, error_o is told before the end. busy_o until all is over.
  input  logic                          load_i,
  output logic                          loaded_o,
  input  logic                          drop_i,
  input  logic                          flows_i,
  output logic                          busy_o,
  output logic [31:0]                   crc_o,
  output logic [13:0]                   shape_o,
  output logic [255:0]                  shapes_o,
  output logic                          stream_valid_o,
  input  logic                          stream_ready_i,
  output logic [127:0]                  stream_o,

  output logic                          read_req_valid_o,
  input  logic                          read_req_ready_i,
  output dram_pkg::req_t                read_req_o,
  input  logic                          rdata_valid_i,
  input  dram_pkg::rdata_t              rdata_i,

  output logic                          req_valid_o,
  input  logic                          req_ready_i,
  output dram_pkg::req_t                req_o,
  output logic                          wdata_valid_o,
  input  logic                          wdata_ready_i,
  output dram_pkg::wdata_t              wdata_o
);

  // A line is filled, then asked for and sent; or the first one taken, then those waited for that have room.
  typedef enum logic [3:0] {
    S_IDLE, S_START, S_FILL, S_ASK, S_SEND, S_FIRST, S_LOAD, S_LOADED, S_STREAM, S_STOP, S_DONE
  } state_e;
  state_e state_q;
  logic   load_q;
  // As it came, for who begins to read: there is no time to find out which of them it is as well.
  logic [16:0] bytes_q;

  logic         start_ok, idle, line_valid, half, final_line, memory_error, link_error;
  logic [511:0] line;
  logic [2:0]   first;
  logic         take_line, asks, may_ask;
  // Back, the lines that find no room at first have to wait.
  assign may_ask          = !load_q || state_q == S_FIRST || (state_q == S_STREAM && flows_i) || state_q == S_STOP;
  assign read_req_valid_o = asks && may_ask;
  // The vault knows the header of a record that is copied already.
  logic                header_valid, header_error, more;
  record_pkg::header_t header;
  logic [63:0]         header_index;
  logic [13:0]         words_before, words;
  logic                unused;
  assign unused = &{1'b0, header_error, header, header_index, more, words_before, words};
  record_fetch #(.Depth(dram_pkg::MostLines)) u_fetch (
    .clk_i, .rst_ni, .base_i(base_line_i), .units_i,
    .load_i(state_q == S_START), .start_i(state_q == S_START), .start_unit_i(unit_i), .start_units_i(record_units_i), .start_ok_o(start_ok),
    .start_flat_i(load_q), .start_line_i(line_i), .start_bytes_i(bytes_q),
    .stop_i(state_q == S_STOP), .idle_o(idle),
    .req_valid_o(asks), .req_ready_i(read_req_ready_i && may_ask), .req_o(read_req_o), .rdata_valid_i, .rdata_i,
    .header_valid_o(header_valid), .header_error_o(header_error), .header_o(header), .header_index_o(header_index),
    .line_valid_o(line_valid), .line_ready_i(take_line), .line_data_o(line), .line_start_o(first),
    .line_half_o(half), .line_final_o(final_line),
    .memory_error_o(memory_error), .link_error_o(link_error), .more_o(more), .before_o(words_before), .words_o(words)
  );

  // The word of the line that is read, and of the one that is written.
  logic         fresh_q, last_word, takes, error_q;
  logic [2:0]   at_q, at, to_q;
  logic [63:0]  word;
  logic [16:0]  left_q;
  logic [511:0] data_q;
  logic [63:0]  strb_q;
  logic [7:0]   bytes;
  logic [dram_pkg::LineBits-1:0] line_q;
  assign at        = fresh_q ? first : at_q;
  assign word      = line[{at, 6'd0} +: 64];
  assign last_word = at == (half ? 3'd3 : 3'd7);
  assign takes     = state_q == S_FILL && line_valid;
  assign take_line = (takes && last_word) || state_q == S_STOP || state_q == S_FIRST || (stream_take && at_line_q == 2'd3);
  assign bytes     = left_q >= 17'd8 ? 8'hff : ~(8'hff << left_q[2:0]);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q <= S_IDLE;
    end else begin
      case (state_q)
        S_IDLE:  if (call_i || load_i) state_q <= S_START;
        S_START: state_q <= !start_ok ? S_STOP : load_q ? S_FIRST : S_FILL;
        S_FILL: if (line_valid) begin
          if (left_q <= 17'd8 || to_q == 3'd7) state_q <= S_ASK;
          // It ends too early.
          else if (last_word && final_line)    state_q <= S_STOP;
        end
        S_ASK:   if (req_ready_i) state_q <= S_SEND;
        S_SEND:  if (wdata_ready_i) state_q <= left_q == '0 || error_q ? S_STOP : S_FILL;
        S_FIRST:  if (line_valid) state_q <= S_LOAD;
        S_LOAD:   if (to_come_q == '0) state_q <= S_LOADED;
        S_LOADED: state_q <= S_STREAM;
        S_STREAM: if (drop_i) state_q <= S_STOP;
        S_STOP:  if (idle) state_q <= load_q ? S_IDLE : S_DONE;
        default: state_q <= S_IDLE;
      endcase
    end
  end

  always_ff @(posedge clk_i) begin
    case (state_q)
      S_IDLE: begin
        line_q  <= line_i;
        bytes_q <= bytes_i;
        left_q  <= bytes_i - vault_pkg::FlashHeaderBytes;
        data_q <= 512'({16'd0, 2'd0, shape_i, crc_i});
        strb_q <= 64'hff;
        to_q   <= 3'd1;
        error_q <= 1'b0;
        fresh_q <= 1'b1;
        load_q  <= load_i;
      end
      S_START: error_q <= !start_ok;
      S_FILL: if (line_valid) begin
        if (to_q == '0) strb_q <= '0;
        for (int unsigned n = 0; n < 8; n++) begin
          if (to_q == 3'(n)) begin
            data_q[64*n +: 64] <= word;
            strb_q[8*n +: 8]   <= bytes;
          end
        end
        to_q    <= to_q + 3'd1;
        left_q  <= left_q >= 17'd8 ? left_q - 17'd8 : '0;
        at_q    <= at + 3'd1;
        fresh_q <= last_word;
        if (left_q > 17'd8 && last_word && final_line) error_q <= 1'b1;
      end
      S_SEND: if (wdata_ready_i) line_q <= line_q + 30'd1;
      S_STOP, S_LOAD, S_STREAM: if (memory_error || link_error) error_q <= 1'b1;
      default: ;
    endcase
  end

  // ---- back ----

  // Lines that were asked for and have not come; the one at hand without its first word, what of it comes next, bytes left.
  logic [6:0]   to_come_q;
  logic [447:0] at_hand_q;
  logic [1:0]   at_line_q;
  logic [16:0]  stream_left_q;
  // There are any; no more than half a beat.
  logic         stream_some_q, stream_half_q;
  logic [10:0]  lines;
  assign lines = 11'((bytes_q + 17'd63) >> 6);
  logic         stream_take;
  logic [127:0] beat;
  always_ff @(posedge clk_i) begin
    if (state_q == S_START)  to_come_q <= lines > 11'(dram_pkg::MostLines) ? 7'(dram_pkg::MostLines) : lines[6:0];
    else if (rdata_valid_i) to_come_q <= to_come_q - 7'd1;
    if (header_valid && load_q) {shape_o, crc_o} <= {header.shape, header.crc};
    if (state_q == S_FIRST || (stream_take && at_line_q == 2'd3)) at_hand_q <= line[511:64];
    if (state_q == S_FIRST) begin
      at_line_q     <= '0;
      stream_left_q <= left_q;
      stream_some_q <= left_q != '0;
      stream_half_q <= left_q <= 17'd8;
    end else if (stream_take) begin
      at_line_q     <= at_line_q + 2'd1;
      stream_left_q <= stream_left_q > 17'd16 ? stream_left_q - 17'd16 : '0;
      stream_some_q <= stream_left_q > 17'd16;
      stream_half_q <= stream_left_q <= 17'd24;
    end
  end
  logic         stream_valid, stream_room;
  logic [127:0] stream;
  always_comb begin
    case (at_line_q)
      2'd0:    beat = at_hand_q[127:0];
      2'd1:    beat = at_hand_q[255:128];
      2'd2:    beat = at_hand_q[383:256];
      default: beat = {line[63:0], at_hand_q[447:384]};
    endcase
    for (int unsigned n = 0; n < 16; n++) begin
      stream[8*n +: 8] = stream_left_q > 17'(n) ? beat[8*n +: 8] : 8'd0;
    end
  end
  // The last beat of a line is half of the next one's.
  assign stream_valid   = state_q == S_STREAM && stream_some_q && (at_line_q != 2'd3 || stream_half_q || line_valid);
  assign stream_take    = stream_valid && stream_room;
  // It goes a long way to memory, from registers. What nobody took is gone long before the next stream begins.
  lib_skid #(.Width(128)) u_stream (
    .clk_i, .rst_ni,
    .in_valid_i(stream_valid), .in_ready_o(stream_room), .in_data_i(stream),
    .out_valid_o(stream_valid_o), .out_ready_i(stream_ready_i || state_q != S_STREAM), .out_data_o(stream_o)
  );
  assign loaded_o       = state_q == S_LOADED;
  assign shapes_o       = at_hand_q[255:0];
  assign busy_o         = load_q && state_q != S_IDLE;

  // As the state, from a register of its own: it goes a long way.
  logic ask_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) ask_q <= 1'b0;
    else         ask_q <= (state_q == S_FILL && line_valid && (left_q <= 17'd8 || to_q == 3'd7)) || (ask_q && !req_ready_i);
  end
  assign req_valid_o   = ask_q;
  assign req_o.write   = 1'b1;
  assign req_o.line    = line_q;
  assign req_o.lines   = 7'd1;
  assign wdata_valid_o = state_q == S_SEND;
  assign wdata_o.strb  = strb_q;
  assign wdata_o.data  = data_q;
  assign done_o        = state_q == S_DONE;
  assign error_o       = error_q;

  `PAMC_ASSUME(m_stays, state_q == S_IDLE || load_q || call_i)
  `PAMC_ASSERT(a_asks, ask_q == (state_q == S_ASK))
  `PAMC_ASSERT(a_left, state_q != S_STREAM || (stream_some_q == (stream_left_q != '0) && stream_half_q == (stream_left_q <= 17'd8)))
  `PAMC_ASSERT(a_all_came, state_q != S_STREAM || stream_left_q != '0 || !asks)
  `PAMC_ASSERT(a_begins_empty, state_q != S_LOADED || (!stream_valid_o && stream_room))
  `PAMC_ASSUME(m_loads, !load_q || (state_q != S_START && state_q != S_FIRST && state_q != S_LOAD) || load_i)

endmodule
