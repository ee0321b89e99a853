// SPDX-License-Identifier: Apache-2.0
//
// Room for records: what was allocated last is listed here until a record is written there
// or it is given back. Also throws away the payload of a page that is not stored.

`include "check.svh"

module vault_store (
  input  logic                   clk_i,
  input  logic                   rst_ni,
  input  ecc_pkg::inject_t       inject_i,
  // An extent of the list was damaged, and used: what was written or freed by it is not known.
  output ecc_pkg::event_t        ecc_o,
  // Units there are. Stays as it is.
  input  logic [31:0]            units_i,

  input  vault_pkg::store_req_t  req_i,
  output vault_pkg::store_rsp_t  rsp_o,

  // A stream of so many bytes is wanted from now on; then it comes.
  output logic                   payload_begin_o,
  output logic [vault_pkg::StreamBits-1:0] payload_bytes_o,
  input  logic                   payload_valid_i,
  output logic                   payload_ready_o,
  input  logic [127:0]           payload_i,

  output logic                   cmd_valid_o,
  input  logic                   cmd_ready_i,
  output store_pkg::cmd_t        cmd_o,
  input  logic                   answer_valid_i,
  output logic                   answer_ready_o,
  input  store_pkg::answer_t     answer_i,

  output logic                   write_valid_o,
  input  logic                   write_ready_i,
  output record_pkg::write_cmd_t write_o,
  output logic                   extent_valid_o,
  input  logic                   extent_ready_i,
  output record_pkg::extent_t    extent_o,
  output logic                   stream_valid_o,
  input  logic                   stream_ready_i,
  output logic [127:0]           stream_o,
  input  logic                   written_valid_i,
  output logic                   written_ready_o,
  input  logic                   written_error_i
);

  typedef enum logic [2:0] {S_IDLE, S_ASK, S_WAIT, S_NEXT, S_COMMAND, S_WRITE, S_DRAIN, S_DONE} state_e;
  state_e state_q;

  logic         payload_valid, payload_take;
  logic [127:0] payload;
  assign payload_valid   = payload_valid_i;
  assign payload         = payload_i;
  assign payload_ready_o = payload_take;
  assign payload_begin_o = state_q == S_IDLE && req_i.valid &&
                           (req_i.op == vault_pkg::STORE_WRITE || req_i.op == vault_pkg::STORE_DRAIN);
  assign payload_bytes_o = req_i.bytes;

  logic undo, alloc;
  assign undo  = req_i.op == vault_pkg::STORE_UNDO;
  assign alloc = req_i.op == vault_pkg::STORE_ALLOC;

  // The list, and one behind its reading.
  logic [44:0] word, word_q, list_q [1024];
  logic [39:0] list;
  logic [9:0]  count_q, at_q;
  logic        came, loaded_q, asks_undo, bad, wrong;
  assign came = state_q == S_WAIT && answer_valid_i;
  ecc_watch #(.Memory(ecc_pkg::Extents), .Place(ecc_pkg::ExtentsList), .Width(40), .Checks(5)) u_list (
    .clk_i, .rst_ni, .inject_i, .ecc_o, .write_i(came && alloc), .data_i({answer_i.units, answer_i.unit}), .word_o(word),
    .look_i(extent_valid_o || asks_undo), .use_i(extent_fire || (asks_undo && cmd_ready_i)), .word_i(word_q), .bad_o(bad), .wrong_o(wrong)
  );
  assign asks_undo = state_q == S_ASK && undo;
  always_ff @(posedge clk_i) begin
    if (came && alloc) list_q[count_q] <= word;
    word_q <= list_q[at_q];
  end
  // Whatever becomes of that extent: it is one, and the vault fails.
  assign list = bad ? {8'(store_pkg::MinRun), 32'd0} : word_q[39:0];

  logic        ok_q;
  logic [31:0] sum_q, unit_q;
  logic [7:0]  units_q;
  logic [13:0] beats_q;
  logic        beats_left_q;   // beats_q != 0: the stream goes by it
  logic        extent_fire, stream_fire, last;
  assign last        = at_q == count_q - 10'd1;
  assign extent_fire = extent_valid_o && extent_ready_i;
  assign stream_fire = payload_valid && payload_take;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q <= S_IDLE;
    end else begin
      case (state_q)
        S_IDLE: if (req_i.valid) begin
          case (req_i.op)
            vault_pkg::STORE_WRITE: state_q <= S_COMMAND;
            vault_pkg::STORE_DRAIN: state_q <= S_DRAIN;
            vault_pkg::STORE_UNDO:  state_q <= count_q == '0 ? S_DONE : S_NEXT;
            default:                state_q <= S_ASK;
          endcase
        end
        S_ASK:  if (cmd_ready_i) state_q <= S_WAIT;
        S_WAIT: if (answer_valid_i && answer_i.last) state_q <= undo && !last ? S_NEXT : S_DONE;
        // The next one's entry is being read.
        S_NEXT:    state_q <= S_ASK;
        S_COMMAND: if (write_ready_i) state_q <= S_WRITE;
        S_WRITE:   if (written_valid_i) state_q <= S_DONE;
        S_DRAIN:   if (!beats_left_q) state_q <= S_DONE;
        default:   state_q <= S_IDLE;
      endcase
    end
  end

  logic extents_left_q;
  always_ff @(posedge clk_i) begin
    loaded_q <= (state_q == S_COMMAND || state_q == S_WRITE) && !extent_fire;
    case (state_q)
      S_IDLE: begin
        ok_q           <= 1'b1;
        at_q           <= '0;
        beats_q        <= req_i.bytes[16:4] + 14'(req_i.bytes[3:0] != '0);
        beats_left_q   <= req_i.bytes != '0;
        extents_left_q <= 1'b1;
        if (req_i.valid && alloc) begin
          count_q <= '0;
          sum_q   <= '0;
        end
      end
      S_WAIT: if (answer_valid_i) begin
        ok_q <= answer_i.ok && ok_q;
        if (alloc) begin
          count_q <= answer_i.ok ? count_q + 10'd1 : '0;
          sum_q   <= sum_q + 32'(answer_i.units);
          if (count_q == '0) begin
            unit_q  <= answer_i.unit;
            units_q <= answer_i.units;
          end
        end else begin
          at_q <= at_q + 10'd1;
        end
      end
      S_COMMAND, S_WRITE: begin
        if (extent_fire) begin
          at_q           <= at_q + 10'd1;
          extents_left_q <= !last;
        end
        if (stream_fire) begin
          beats_q      <= beats_q - 14'd1;
          beats_left_q <= beats_q != 14'd1;
        end
        if (written_valid_i && state_q == S_WRITE) ok_q <= !written_error_i;
      end
      S_DRAIN: if (stream_fire) begin
        beats_q      <= beats_q - 14'd1;
        beats_left_q <= beats_q != 14'd1;
      end
      default: ;
    endcase
  end

  always_comb begin
    cmd_o       = '0;
    cmd_o.kind  = store_pkg::CMD_FREE;
    cmd_o.unit  = undo ? list[31:0] : req_i.unit;
    cmd_o.units = undo ? 32'(list[39:32]) : 32'(req_i.units);
    cmd_o.bytes = req_i.bytes;
    cmd_o.most  = req_i.most;
    if (alloc) cmd_o.kind = store_pkg::CMD_ALLOC;
    if (req_i.op == vault_pkg::STORE_INIT) begin
      cmd_o.kind  = store_pkg::CMD_INIT;
      cmd_o.units = units_i;
    end
  end
  assign cmd_valid_o    = state_q == S_ASK;
  assign answer_ready_o = state_q == S_WAIT;

  assign write_valid_o    = state_q == S_COMMAND;
  assign write_o.bytes    = req_i.bytes;
  assign write_o.age      = req_i.age;
  assign write_o.previous = req_i.previous;
  assign write_o.fifo     = req_i.fifo;
  assign write_o.shape    = req_i.shape;
  assign write_o.crc      = req_i.crc;
  assign write_o.index    = req_i.index;
  assign write_o.object   = req_i.object;
  assign extent_valid_o   = (state_q == S_COMMAND || state_q == S_WRITE) && loaded_q && extents_left_q;
  assign extent_o.last    = last;
  assign extent_o.units   = list[39:32];
  assign extent_o.unit    = list[31:0];
  assign written_ready_o  = state_q == S_WRITE;

  // The payload goes on only while a record is being written: its beats are counted, so
  // that those of the next page stay where they are. From a register, as it goes a long way.
  logic flows, writes_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) writes_q <= 1'b0;
    else         writes_q <= (state_q == S_IDLE && req_i.valid && req_i.op == vault_pkg::STORE_WRITE) || state_q == S_COMMAND ||
                             (state_q == S_WRITE && !written_valid_i);
  end
  assign flows          = writes_q && beats_left_q;
  assign stream_valid_o = flows && payload_valid;
  assign stream_o       = payload;
  assign payload_take   = flows ? stream_ready_i : state_q == S_DRAIN && beats_left_q;

  assign rsp_o.done  = state_q == S_DONE;
  assign rsp_o.ok    = ok_q;
  assign rsp_o.unit  = unit_q;
  assign rsp_o.units = units_q;
  assign rsp_o.count = count_q;
  assign rsp_o.sum   = sum_q;

  logic unused;
  assign unused = &{1'b0, wrong};

  `PAMC_ASSUME(m_stays, state_q == S_IDLE || req_i.valid)
  `PAMC_ASSERT(a_beats_left, (state_q != S_COMMAND && state_q != S_WRITE && state_q != S_DRAIN) || beats_left_q == (beats_q != '0))
  `PAMC_ASSERT(a_writes, writes_q == (state_q == S_COMMAND || state_q == S_WRITE))
  `PAMC_ASSERT(a_list_in_range, !(came && alloc && answer_i.ok) || count_q < vault_pkg::MostExtents)

endmodule
