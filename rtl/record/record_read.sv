// SPDX-License-Identifier: Apache-2.0
//
// Reads a record: its header for others to compare, and its blocks as packed pages for a
// decompressor. The first extent is read as a whole, at once, as the index tells where
// it is and how long; the first beat leaves four cycles after the memory gave its line.
//
// For each command there is one header, then the blocks, one done, which may come while
// the last beat still waits. A record may be damaged in any way: no read leaves the
// store, the walk ends with the stream and so within a bounded time, a block that was
// begun gets all of its beats, and done says what was wrong. CRCs of single blocks of
// several are not known: their beats say 0, and what the decompressor then finds wrong
// with the CRC means nothing; it tells the true one.
//
// The record of a page in flash is a stub: it has a header without an error, no block, and
// what is known of the page comes with the header. A flat record is one as it is in flash
// (record_fetch); its header has no key.
//
// One record at a time.

`include "check.svh"

module record_read #(
  // Lines that are read ahead.
  parameter int unsigned Depth = 128
) (
  input  logic                          clk_i,
  input  logic                          rst_ni,
  // Where unit 0 is; how many units there are.
  input  logic [dram_pkg::LineBits-1:0] base_i,
  input  logic [31:0]                   units_i,

  input  logic                          cmd_valid_i,
  output logic                          cmd_ready_o,
  input  record_pkg::read_cmd_t         cmd_i,
  // It is flat: of so many bytes, from this line on.
  input  logic                          cmd_flat_i,
  input  logic [dram_pkg::LineBits-1:0] cmd_line_i,
  input  logic [16:0]                   cmd_bytes_i,

  output logic                          req_valid_o,
  input  logic                          req_ready_i,
  output dram_pkg::req_t                req_o,
  input  logic                          rdata_valid_i,
  input  dram_pkg::rdata_t              rdata_i,

  output logic                          header_valid_o,
  input  logic                          header_ready_i,
  output record_pkg::read_header_t      header_o,
  // Of a stub (record_pkg::stub_t).
  output logic                          stub_valid_o,
  output record_pkg::stub_t             stub_o,

  output logic                          packed_valid_o,
  input  logic                          packed_ready_i,
  output codec_pkg::packed_beat_t       packed_o,

  output logic                          done_valid_o,
  input  logic                          done_ready_i,
  output record_pkg::read_done_t        done_o
);

  typedef enum logic [2:0] {ST_IDLE, ST_HEAD, ST_BLOCKS, ST_STUB, ST_DRAIN} state_e;
  state_e state_q;

  logic                           header_valid_q, done_valid_q;
  logic [record_pkg::TagBits-1:0] tag_q;
  logic [4:0]                     blocks_q;
  record_pkg::read_error_e        error_q;

  logic start, start_ok, refused, refused_q;
  assign cmd_ready_o = state_q == ST_IDLE && !header_valid_q && !done_valid_q;
  assign start       = cmd_valid_i && cmd_ready_o;
  // Of what waits for its header.
  assign refused     = refused_q;

  logic                head, head_error, idle, memory_error, link_error, more;
  record_pkg::header_t head_data;
  logic [63:0]         head_index;
  logic [13:0]         before_words, words;
  logic                line_valid, line_ready, line_half, line_final;
  logic [511:0]        line_data;
  logic [2:0]          line_start;

  record_fetch #(.Depth(Depth)) u_fetch (
    .clk_i, .rst_ni, .base_i, .units_i,
    .load_i(cmd_ready_o), .start_i(start), .start_unit_i(cmd_i.unit), .start_units_i(cmd_i.units), .start_ok_o(start_ok),
    .start_flat_i(cmd_flat_i), .start_line_i(cmd_line_i), .start_bytes_i(cmd_bytes_i),
    .stop_i(state_q == ST_DRAIN), .idle_o(idle),
    .req_valid_o, .req_ready_i, .req_o, .rdata_valid_i, .rdata_i,
    .header_valid_o(head), .header_error_o(head_error), .header_o(head_data), .header_index_o(head_index),
    .line_valid_o(line_valid), .line_ready_i(line_ready), .line_data_o(line_data),
    .line_start_o(line_start), .line_half_o(line_half), .line_final_o(line_final),
    .memory_error_o(memory_error), .link_error_o(link_error), .more_o(more), .before_o(before_words),
    .words_o(words)
  );

  // Is the page's shape one that can be, and the expected one? A page of several blocks is RAW,
  // and as many as it says.
  localparam logic [11:0] Whole = 12'(codec_pkg::PageBytes - 1);
  localparam logic [11:0] Same  = 12'(codec_pkg::SameBytes - 1);
  logic [11:0] shape;
  logic [3:0]  less_q;
  logic        one_q, several, possible, shape_ok;
  assign shape   = head_data.shape[11:0];
  assign several = shape[11:4] == '0 && shape[3:0] != '0 && shape[3:0] == less_q;

  always_comb begin
    case ({6'd0, head_data.shape[13:12]})
      pamc_pkg::CODEC_RAW:  possible = shape == Whole ? one_q : several;
      pamc_pkg::CODEC_SAME: possible = one_q && shape == Same;
      pamc_pkg::CODEC_LZ4:  possible = one_q;
      default:              possible = 1'b0;
    endcase
  end

  assign shape_ok = possible && !head_error;

  // A stub is in one line or two of them, which nobody else wants: in them it begins with word
  // 2 or 3, or 6 or 7.
  logic is_stub, stub_more_q, stub_end, stub_q;
  logic [2:0]   stub_start_q;
  logic [255:0] stub_data_q;
  assign is_stub  = head_data.shape == record_pkg::StubShape && !head_error && !head_data.fifo && !head_data.chained && !flat_q;
  assign stub_end = state_q == ST_STUB && line_valid && (stub_more_q || !line_start[2]);
  always_ff @(posedge clk_i) begin
    if (state_q == ST_HEAD) stub_more_q <= 1'b0;
    if (state_q == ST_STUB && line_valid) begin
      stub_more_q <= 1'b1;
      if (!stub_more_q) begin
        stub_start_q <= line_start;
        case (line_start)
          3'd2:    stub_data_q <= line_data[383:128];
          3'd3:    stub_data_q <= line_data[447:192];
          3'd6:    stub_data_q <= {128'd0, line_data[511:384]};
          default: stub_data_q <= {192'd0, line_data[511:448]};
        endcase
      end else if (stub_start_q == 3'd6) begin
        stub_data_q[255:128] <= line_data[127:0];
      end else begin
        stub_data_q[255:64] <= line_data[191:0];
      end
    end
  end
  assign stub_o = stub_data_q;

  logic                              unpack_end, unpack_short, table_error;
  logic [record_pkg::StreamBits-1:0] taken;

  record_unpack u_unpack (
    .clk_i, .rst_ni,
    .clear_i(cmd_ready_o),
    .load_i(head && state_q == ST_HEAD), .start_i(head && state_q == ST_HEAD && shape_ok),
    .start_shape_i(head_data.shape), .start_blocks_i(blocks_q), .start_crc_i(head_data.crc),
    .line_valid_i(line_valid), .line_ready_o(line_ready), .line_data_i(line_data),
    .line_start_i(line_start), .line_half_i(line_half), .line_final_i(line_final),
    .packed_valid_o, .packed_ready_i, .packed_o,
    .end_o(unpack_end), .short_o(unpack_short), .table_error_o(table_error), .taken_o(taken),
    .stored_o(done_o.stored), .blocks_o(done_o.blocks), .same_o(done_o.same), .raw_o(done_o.raw)
  );

  // An extent that no byte was wanted from, or that follows; bytes that were none, but
  // filled up the last 16.
  logic too_long, too_short;
  logic        flat_q;
  logic [16:0] flat_bytes_q;
  assign too_short = unpack_short || {words, 3'b000} < taken;
  assign too_long = more || {before_words, 3'b000} >= taken || (flat_q && taken != flat_bytes_q - 17'd8);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q        <= ST_IDLE;
      header_valid_q <= 1'b0;
      done_valid_q   <= 1'b0;
    end else begin
      case (state_q)
        // That it cannot be read is looked at in the next cycle: what is to be read comes late enough.
        ST_IDLE:   if (start) state_q <= ST_HEAD;
        ST_HEAD:   if (refused) state_q <= ST_DRAIN;
                   else if (head) state_q <= is_stub ? ST_STUB : shape_ok ? ST_BLOCKS : ST_DRAIN;
        ST_STUB:   if (stub_end) state_q <= ST_DRAIN;
        ST_BLOCKS: if (unpack_end) state_q <= ST_DRAIN;
        default:   if (idle) state_q <= ST_IDLE;
      endcase
      if (header_ready_i) header_valid_q <= 1'b0;
      if (done_ready_i) done_valid_q <= 1'b0;
      if ((state_q == ST_HEAD && refused) || (state_q == ST_HEAD && head && !is_stub) || stub_end) header_valid_q <= 1'b1;
      if (state_q == ST_DRAIN && idle) done_valid_q <= 1'b1;
    end
  end

  record_pkg::read_header_t header_q;
  // Whether one is there is not waited for: at rest nobody looks at what is kept of it.
  always_ff @(posedge clk_i) begin
    if (cmd_ready_o) begin
      tag_q          <= cmd_i.tag;
      blocks_q       <= cmd_i.blocks;
      one_q          <= cmd_i.blocks == 5'd1;
      less_q         <= cmd_i.blocks[3:0] - 4'd1;
      header_q       <= '0;
      header_q.error <= 1'b1;
      header_q.tag   <= cmd_i.tag;
      error_q        <= record_pkg::READ_OK;
      refused_q      <= !start_ok;
      flat_q         <= cmd_flat_i;
      flat_bytes_q   <= cmd_bytes_i;
      stub_q         <= 1'b0;
    end
    if (state_q == ST_HEAD && refused) error_q <= record_pkg::READ_EXTENT;
    if (head && state_q == ST_HEAD) begin
      header_q.error  <= !shape_ok && !is_stub;
      stub_q          <= is_stub;
      header_q.fifo   <= head_data.fifo;
      header_q.chained <= head_data.chained;
      header_q.shape  <= head_data.shape;
      header_q.crc    <= head_data.crc;
      header_q.index  <= head_index;
      header_q.object <= head_data.object;
      if (!shape_ok && !is_stub) error_q <= record_pkg::READ_SHAPE;
    end
    if (stub_end && memory_error) header_q.error <= 1'b1;
    if (unpack_end) begin
      error_q <= table_error  ? record_pkg::READ_TABLE :
                 too_short    ? record_pkg::READ_SHORT :
                 too_long     ? record_pkg::READ_LONG : record_pkg::READ_OK;
    end
    if (state_q == ST_DRAIN && idle && error_q != record_pkg::READ_EXTENT) begin
      if (memory_error) error_q <= record_pkg::READ_MEMORY;
      else if (link_error) error_q <= record_pkg::READ_EXTENT;
    end
  end

  assign header_valid_o = header_valid_q;
  assign header_o       = header_q;
  assign stub_valid_o   = stub_q;
  assign done_valid_o   = done_valid_q;
  assign done_o.error   = error_q;
  assign done_o.tag     = tag_q;

  logic unused;
  assign unused = ^head_data;

  `PAMC_ASSERT(a_refused_before, state_q != ST_HEAD || !(refused && head))

endmodule
