// SPDX-License-Identifier: Apache-2.0
//
// The stream of a record, in lines, to the packed pages of its blocks. Words of 8 bytes
// are joined to 16, as an extent may begin with half of such a pair; then each block is
// cut out at the byte, a beat a cycle. The table of several blocks' shapes goes the same
// way, into a register.
//
//   lines ─→ pair ─→ joined ─→ e0 ┐
//                         └──→ e1 ┴─ >> offset ─→ beats
//
// A block that was begun gets its last beat, whatever happens: zeroes when the lines end
// before it. Between pages lines are thrown away.

`include "check.svh"

module record_unpack (
  input  logic                             clk_i,
  input  logic                             rst_ni,

  // Forgets the sums. A page, whose first line may come in the next cycle: its shape, which is possible,
  // and its blocks. What comes with it is taken at load_i, which is known before it is known that it starts.
  input  logic                             clear_i,
  input  logic                             load_i,
  input  logic                             start_i,
  input  logic [record_pkg::ShapeBits-1:0] start_shape_i,
  input  logic [4:0]                       start_blocks_i,
  input  logic [31:0]                      start_crc_i,

  input  logic                             line_valid_i,
  output logic                             line_ready_o,
  input  logic [511:0]                     line_data_i,
  input  logic [2:0]                       line_start_i,
  input  logic                             line_half_i,
  input  logic                             line_final_i,

  output logic                             packed_valid_o,
  input  logic                             packed_ready_i,
  output codec_pkg::packed_beat_t          packed_o,

  // For one cycle; the rest stays until the next clear.
  output logic                             end_o,
  output logic                             short_o,
  output logic                             table_error_o,
  output logic [record_pkg::StreamBits-1:0] taken_o,
  output logic [record_pkg::StreamBits-1:0] stored_o,
  output logic [4:0]                       blocks_o,
  output logic [4:0]                       same_o,
  output logic [4:0]                       raw_o
);

  typedef enum logic [1:0] {ST_IDLE, ST_TABLE, ST_LOAD, ST_BLOCK} state_e;
  state_e state_q;

  // Lines to words of 16 bytes.
  logic         fresh_q, carry_q, flush_q;
  logic [1:0]   pair_q, pair;
  logic [63:0]  carry_data_q, low, high;
  logic         room, skip, last_pair, take_pair, carry_left, final_pair;
  logic         word_valid, word_end;
  logic [127:0] word;
  assign pair       = fresh_q ? line_start_i[2:1] : pair_q;
  assign skip       = fresh_q && line_start_i[0];
  assign low        = line_data_i[{pair, 7'd0} +: 64];
  assign high       = line_data_i[{pair, 7'd64} +: 64];
  assign last_pair  = pair[0] && (pair[1] || line_half_i);
  assign take_pair  = line_valid_i && room && !flush_q && state_q != ST_IDLE;
  assign carry_left = carry_q ^ skip;
  assign final_pair = last_pair && line_final_i;
  assign line_ready_o = state_q == ST_IDLE || (room && !flush_q && last_pair);

  assign word_valid = flush_q ? room : take_pair && !(skip && !carry_q);
  assign word_end   = flush_q || (final_pair && !carry_left);
  assign word       = flush_q ? {64'd0, carry_data_q} :
                      !carry_q ? {high, low} : {skip ? high : low, carry_data_q};

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      fresh_q <= 1'b1;
      carry_q <= 1'b0;
      flush_q <= 1'b0;
    end else if (state_q == ST_IDLE) begin
      fresh_q <= 1'b1;
      carry_q <= 1'b0;
      flush_q <= 1'b0;
    end else if (flush_q) begin
      if (room) {flush_q, carry_q} <= '0;
    end else if (take_pair) begin
      fresh_q <= last_pair;
      carry_q <= carry_left;
      flush_q <= final_pair && carry_left;
    end
  end

  always_ff @(posedge clk_i) begin
    if (take_pair) begin
      pair_q       <= pair + 2'd1;
      carry_data_q <= high;
    end
  end

  // Two words, of which up to 16 bytes from offset_q on are taken.
  logic         e0_valid_q, e1_valid_q, e0_end_q, e1_end_q, ended_q;
  logic [127:0] e0_q, e1_q;
  logic         pop, go, have, need_two, lacks;
  logic [3:0]   offset_q;
  logic [12:0]  left_q;
  logic [4:0]   count, reach, last_reach_q;
  logic         last_q, busy, out_ready;

  // last_q: left_q is at most 16. Then last_reach_q is offset_q + count; before, that of the last one but
  // for the 16 that go with each.
  assign count      = last_q ? left_q[4:0] : 5'd16;
  assign reach      = last_q ? last_reach_q : {1'b1, offset_q};
  assign need_two   = reach > 5'd16;
  assign have       = e0_valid_q && (!need_two || e1_valid_q);
  assign lacks      = ended_q || short_o || (e0_valid_q && e0_end_q && need_two);
  assign busy       = state_q == ST_TABLE || state_q == ST_BLOCK;
  assign go         = busy && (have || lacks) && (state_q == ST_TABLE || out_ready);
  assign pop        = go && have && !lacks && reach[4];
  assign room       = !e1_valid_q || pop;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      e0_valid_q <= 1'b0;
      e1_valid_q <= 1'b0;
      ended_q    <= 1'b0;
    end else if (state_q == ST_IDLE) begin
      e0_valid_q <= 1'b0;
      e1_valid_q <= 1'b0;
      ended_q    <= 1'b0;
    end else begin
      e0_valid_q <= e0_valid_q && !pop ? 1'b1 : e1_valid_q || word_valid;
      e1_valid_q <= e0_valid_q && (pop ? e1_valid_q && word_valid : e1_valid_q || word_valid);
      if (pop && e0_end_q) ended_q <= 1'b1;
    end
  end

  always_ff @(posedge clk_i) begin
    if (!e0_valid_q || pop) {e0_end_q, e0_q} <= e1_valid_q ? {e1_end_q, e1_q} : {word_end, word};
    if (word_valid && (!e1_valid_q || pop)) {e1_end_q, e1_q} <= {word_end, word};
  end

  // Cut out; nothing behind the block's end is let through.
  logic [127:0] cut, data;
  assign cut = 128'({e1_q, e0_q} >> {offset_q, 3'b000});
  for (genvar i = 0; i < 16; i++) begin : g_byte
    assign data[8*i +: 8] = 5'(i) < count && !lacks ? cut[8*i +: 8] : 8'h00;
  end

  // Blocks: the shape of the next one is the lowest of the table.
  logic [255:0] table_q;
  logic         table_high_q, load, ends, possible;
  logic [4:0]   blocks_left_q;
  logic [12:0]  bytes, length_q;
  logic [1:0]   kind, kind_q;
  logic [31:0]  crc_q;
  assign bytes = {1'b0, table_q[11:0]} + 13'd1;
  assign kind  = table_q[13:12];

  always_comb begin
    case ({6'd0, kind})
      pamc_pkg::CODEC_RAW:  possible = bytes == 13'(codec_pkg::PageBytes);
      pamc_pkg::CODEC_SAME: possible = bytes == 13'(codec_pkg::SameBytes);
      pamc_pkg::CODEC_LZ4:  possible = 1'b1;
      default:              possible = 1'b0;
    endcase
  end

  logic block_end, more_blocks;
  assign block_end   = state_q == ST_BLOCK && go && last_q;
  assign more_blocks = blocks_left_q != 5'd0 && !lacks;
  assign load        = state_q == ST_LOAD || (block_end && more_blocks);
  assign ends        = (load && !possible) || (block_end && !more_blocks) ||
                       (state_q == ST_TABLE && go && lacks);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q <= ST_IDLE;
      end_o   <= 1'b0;
    end else begin
      end_o <= ends;
      if (start_i) state_q <= start_blocks_i == 5'd1 ? ST_LOAD : ST_TABLE;
      else if (ends) state_q <= ST_IDLE;
      else if (load) state_q <= ST_BLOCK;
      else if (state_q == ST_TABLE && go && last_q) state_q <= ST_LOAD;
    end
  end

  always_ff @(posedge clk_i) begin
    if (load_i) begin
      crc_q         <= start_blocks_i == 5'd1 ? start_crc_i : 32'd0;
      blocks_left_q <= start_blocks_i;
      table_q[15:0] <= {2'b00, start_shape_i};
      table_high_q  <= 1'b0;
      left_q        <= {7'd0, start_blocks_i, 1'b0};
      last_q        <= start_blocks_i <= 5'd8;
      last_reach_q  <= start_blocks_i == 5'd1 ? '0 : {start_blocks_i[3:0], 1'b0};
      offset_q      <= 4'd0;
    end else begin
      if (go) begin
        left_q       <= left_q - {8'd0, count};
        last_q       <= left_q <= 13'd32;
        last_reach_q <= {!last_reach_q[4] && !last_q, last_reach_q[3:0]};
        offset_q     <= reach[3:0];
        taken_o  <= taken_o + (lacks ? '0 : {12'd0, count});
        if (lacks) short_o <= 1'b1;
      end
      // Until it goes; what is behind the table is not looked at.
      if (state_q == ST_TABLE) begin
        if (go) table_high_q <= 1'b1;
        if (table_high_q) table_q[255:128] <= cut;
        else table_q[127:0] <= cut;
      end
      if (block_end) blocks_o <= blocks_o + 5'd1;
      if (load) begin
        table_q       <= {16'd0, table_q[255:16]};
        blocks_left_q <= blocks_left_q - 5'd1;
        left_q        <= bytes;
        last_q        <= table_q[11:4] == '0;
        // With offset_q as it becomes.
        last_reach_q  <= {1'b0, last_reach_q[3:0]} + bytes[4:0];
        length_q      <= bytes;
        kind_q        <= kind;
        table_error_o <= !possible;
        if (possible) begin
          stored_o <= stored_o + {4'd0, bytes};
          same_o   <= same_o + 5'({6'd0, kind} == pamc_pkg::CODEC_SAME);
          raw_o    <= raw_o + 5'({6'd0, kind} == pamc_pkg::CODEC_RAW);
        end
      end
    end
    // That it comes is known late, and matters to nothing else.
    if (clear_i) begin
      taken_o  <= '0;
      stored_o <= '0;
      {blocks_o, same_o, raw_o} <= '0;
      {short_o, table_error_o}  <= '0;
    end
  end

  codec_pkg::packed_beat_t beat;
  assign beat.crc    = crc_q;
  assign beat.length = length_q;
  assign beat.kind   = {6'd0, kind_q};
  assign beat.last   = last_q;
  assign beat.data   = data;

  lib_skid #(.Width(182)) u_out (
    .clk_i, .rst_ni,
    .in_valid_i(state_q == ST_BLOCK && (have || lacks)), .in_ready_o(out_ready), .in_data_i(beat),
    .out_valid_o(packed_valid_o), .out_ready_i(packed_ready_i), .out_data_o(packed_o)
  );

  `PAMC_ASSUME(m_start_when_idle, !(start_i || load_i) || state_q == ST_IDLE)
  `PAMC_ASSUME(m_clear_when_idle, !clear_i || (state_q == ST_IDLE && !load_i))
  `PAMC_ASSUME(m_start_is_load, !start_i || load_i)
  `PAMC_ASSUME(m_start_in_pair, !line_valid_i || !(line_half_i && line_start_i[2]))
  `PAMC_ASSERT(a_second_behind_first, !e1_valid_q || e0_valid_q)

  logic unused;
  assign unused = ^table_q[15:14];

endmodule
