// SPDX-License-Identifier: Apache-2.0
//
// The vault's dealings with the index, one at a time: keys are hashed, candidates read and
// compared in full (vault_page_find, object_slot of the model), entries put in and taken
// out. Changes name place and content of an entry, so that the table notices if that is
// not what is there.
//
// While a part of flash is being lost (OP_TIER_LOSE), an entry that is moved to make room for another
// one is looked at: it may come to where that walk has been already.

`include "check.svh"

module vault_index (
  input  logic                             clk_i,
  input  logic                             rst_ni,
  // Objects found lately (ecc_pkg): errors to be made, errors found.
  input  ecc_pkg::inject_t                 inject_i,
  output ecc_pkg::event_t                  ecc_o,
  // Stay as they are.
  input  logic [index_pkg::BucketBits-1:0] buckets_i,
  input  logic [127:0]                     page_secret_i,
  input  logic [127:0]                     object_secret_i,
  input  vault_pkg::lost_t                 lost_i,

  input  vault_pkg::index_req_t            req_i,
  output vault_pkg::index_rsp_t            rsp_o,

  output vault_pkg::mem_req_t              mem_o,
  input  vault_pkg::mem_rsp_t              mem_i,

  output logic                             command_valid_o,
  input  logic                             command_ready_i,
  output index_pkg::command_t              command_o,
  input  logic                             answer_valid_i,
  output logic                             answer_ready_o,
  input  index_pkg::answer_t               answer_i
);

  typedef enum logic [3:0] {
    S_IDLE, S_FOLD, S_RECENT, S_HASH, S_ASK, S_WAIT, S_READ, S_COMPARE, S_JUDGE,
    // What was moved: taken apart, compared, marked.
    S_MOVED, S_WEIGH, S_MARK,
    S_DONE
  } state_e;
  state_e state_q;

  logic find, insert, keyed, scan;
  assign find   = req_i.op == vault_pkg::INDEX_FIND_PAGE || req_i.op == vault_pkg::INDEX_FIND_OBJECT;
  assign insert = req_i.op == vault_pkg::INDEX_INSERT_PAGE || req_i.op == vault_pkg::INDEX_INSERT_OBJECT;
  assign keyed  = find || insert;
  assign scan   = req_i.op == vault_pkg::INDEX_SCAN;

  logic is_object, hashed;
  index_pkg::key_t key;
  assign is_object = req_i.op == vault_pkg::INDEX_FIND_OBJECT || req_i.op == vault_pkg::INDEX_INSERT_OBJECT;

  vault_hash u_hash (
    .clk_i, .rst_ni, .buckets_i, .page_secret_i, .object_secret_i,
    .clear_i(req_i.valid && req_i.op == vault_pkg::INDEX_INIT),
    .valid_i(state_q == S_HASH), .object_i(is_object), .words_i(req_i.words),
    .done_o(hashed), .key_o(key)
  );

  logic [5:0]                   cursor_q;
  logic                         ok_q, error_q, more_q;
  logic                         stub_q, loses_q;
  logic [63:0]                  stub_place_q;
  index_pkg::location_t         location_q;
  index_pkg::slot_t             entry_q;
  logic [vault_pkg::Window-1:0] window_q;

  // Is the record at the candidate that of the key?
  vault_pkg::object_t object;
  logic               agrees, agrees_q;
  logic [31:0]        record_object;
  logic [63:0]        record_index;
  logic               h_fifo, h_chained, h_single, h_is_stub;
  record_pkg::stub_t   h_stub;
  logic [1:0]         h_node_at;
  logic [13:0]        h_shape;
  logic [31:0]        h_previous, h_next;
  logic [63:0]        h_age, h_link;
  logic [11:0]        h_blocks;
  logic [255:0]       h_table;
  vault_header u_header (
    .window_i(window_q), .object_o(record_object), .index_o(record_index), .shape_o(h_shape),
    .fifo_o(h_fifo), .node_at_o(h_node_at), .previous_o(h_previous), .next_o(h_next),
    .age_o(h_age), .chained_o(h_chained), .link_o(h_link), .single_o(h_single),
    .blocks_o(h_blocks), .table_o(h_table), .is_stub_o(h_is_stub), .stub_o(h_stub)
  );
  assign object  = window_q[447:0];
  // An object is found by its key alone. Of a page, all is of use.
  logic bad;
  assign bad     = is_object ? mem_i.key_error : mem_i.error;
  assign agrees  = is_object ? object.id == req_i.words[255:64] && object.contents == req_i.words[15:0] :
                               record_object == req_i.words[31:0] && record_index == req_i.words[127:64];

  // Objects found lately: where the object would be, and a cycle later whether it is.
  logic             recent, recent_set, recent_drop, recent_set_q, recent_drop_q;
  logic [31:0]      recent_unit, change_unit_q;
  index_pkg::slot_t old;
  assign old         = req_i.entry;
  assign recent_set  = (state_q == S_JUDGE && agrees_q && is_object) ||
                       (state_q == S_WAIT && answer_valid_i && answer_i.ok && insert && is_object);
  assign recent_drop = state_q == S_ASK && req_i.op == vault_pkg::INDEX_REMOVE && old.kind == index_pkg::KindObject;
  logic [3:0]   recent_at, recent_at_q;
  logic [8:0]   contents;
  logic [191:0] id;
  assign contents = req_i.words[8:0];
  assign id       = req_i.words[255:64];
  vault_recent_place u_recent_place (.contents_i(contents), .id_i(id), .place_o(recent_at));
  vault_recent u_recent (
    .clk_i, .rst_ni, .inject_i, .ecc_o, .clear_i(req_i.valid && req_i.op == vault_pkg::INDEX_INIT),
    .contents_i(contents), .id_i(id), .place_i(recent_at_q), .hit_o(recent), .unit_o(recent_unit),
    .set_i(recent_set_q), .set_unit_i(change_unit_q), .drop_i(recent_drop_q), .drop_unit_i(change_unit_q)
  );
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      recent_set_q  <= 1'b0;
      recent_drop_q <= 1'b0;
    end else begin
      recent_set_q  <= recent_set;
      recent_drop_q <= recent_drop;
    end
  end
  always_ff @(posedge clk_i) begin
    recent_at_q   <= recent_at;
    change_unit_q <= recent_drop ? old.unit_at : find ? entry_q.unit_at : req_i.unit;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q <= S_IDLE;
    end else begin
      case (state_q)
        S_IDLE: if (req_i.valid) state_q <= req_i.anywhere ? S_FOLD : keyed ? S_HASH : S_ASK;
        S_FOLD:   state_q <= S_RECENT;
        S_RECENT: state_q <= recent ? S_DONE : S_HASH;
        S_HASH: if (hashed) state_q <= S_ASK;
        S_ASK:  if (command_ready_i) state_q <= S_WAIT;
        S_WAIT: if (answer_valid_i) begin
          state_q <= answer_i.ok && (find || ((scan || (insert && lost_i.valid)) && answer_i.entry.kind == index_pkg::KindPage)) ?
                     S_READ : S_DONE;
        end
        S_READ: if (mem_i.done) state_q <= insert && !mem_i.error ? S_MOVED : find && !bad ? S_COMPARE : S_DONE;
        S_COMPARE: state_q <= S_JUDGE;
        // Not this one: the next candidate.
        S_JUDGE:   state_q <= !agrees_q && more_q ? S_ASK : S_DONE;
        S_MOVED:   state_q <= S_WEIGH;
        S_WEIGH:   state_q <= S_MARK;
        S_MARK:    if (!loses_q || mem_i.done) state_q <= S_DONE;
        default:   state_q <= S_IDLE;
      endcase
    end
  end

  always_ff @(posedge clk_i) begin
    case (state_q)
      S_IDLE: begin
        ok_q     <= 1'b0;
        error_q  <= 1'b0;
        cursor_q <= scan ? req_i.place : '0;
      end
      S_RECENT: if (recent) begin
        ok_q    <= 1'b1;
        entry_q <= {index_pkg::KindObject, 8'd0, 22'd0, recent_unit};
      end
      S_WAIT: if (answer_valid_i) begin
        ok_q       <= answer_i.ok;
        // What was to be changed is not there any more: nobody else changes anything.
        error_q    <= answer_i.error || (!answer_i.ok && !find && !scan && !insert);
        more_q     <= answer_i.more;
        cursor_q   <= answer_i.cursor;
        // What was removed or replaced is still to be dealt with.
        if (find || scan || insert) begin
          location_q <= answer_i.location;
          entry_q    <= answer_i.entry;
        end
      end
      S_READ: if (mem_i.done) begin
        window_q <= mem_i.data;
        // A scan can go on behind a record that cannot be read; what was inserted is there.
        if (!insert) begin
          error_q <= bad;
          ok_q    <= !bad || scan;
        end
      end
      S_MOVED: begin
        stub_q       <= h_is_stub && !h_fifo;
        stub_place_q <= h_stub.place;
      end
      S_WEIGH: loses_q <= stub_q && stub_place_q >= lost_i.place && stub_place_q < lost_i.ending;
      S_JUDGE: ok_q <= agrees_q;
      default: ;
    endcase
    agrees_q <= agrees;
  end

  always_comb begin
    mem_o = '0;
    if (state_q == S_READ || (state_q == S_MARK && loses_q)) begin
      mem_o.valid = 1'b1;
      mem_o.unit  = entry_q.unit_at;
    end
    // The stub's last byte.
    if (state_q == S_MARK && loses_q) begin
      mem_o.write = 1'b1;
      mem_o.strb  = 96'd1 << (window_q[94] ? 7'd55 : 7'd47);
      mem_o.data  = {96{8'd1}};
    end
  end

  always_comb begin
    command_o          = '0;
    command_o.key      = key;
    command_o.cursor   = cursor_q;
    command_o.location = req_i.location;
    command_o.expected = req_i.entry;
    command_o.entry    = {key.match.kind, req_i.units, key.match.tag, req_i.unit};
    case (req_i.op)
      vault_pkg::INDEX_INSERT_PAGE, vault_pkg::INDEX_INSERT_OBJECT: command_o.op = index_pkg::OP_INSERT;
      vault_pkg::INDEX_REMOVE: command_o.op = index_pkg::OP_REMOVE;
      // The same key, and so the same tag.
      vault_pkg::INDEX_REPLACE: begin
        command_o.op    = index_pkg::OP_REPLACE;
        command_o.entry = {old.kind, req_i.units, old.tag, req_i.unit};
      end
      vault_pkg::INDEX_SCAN: begin
        command_o.op        = index_pkg::OP_SCAN;
        command_o.key.first = req_i.step;
      end
      vault_pkg::INDEX_INIT: command_o.op = index_pkg::OP_INIT;
      default:               command_o.op = index_pkg::OP_FIND;
    endcase
  end
  assign command_valid_o = state_q == S_ASK;
  assign answer_ready_o  = state_q == S_WAIT;

  assign rsp_o.done     = state_q == S_DONE;
  assign rsp_o.ok       = ok_q;
  assign rsp_o.error    = error_q;
  assign rsp_o.location = location_q;
  assign rsp_o.entry    = entry_q;
  assign rsp_o.place    = cursor_q;
  assign rsp_o.window   = window_q;

  logic unused;
  assign unused = &{1'b0, answer_i.id, answer_i.epoch, old.units, old.unit_at, h_fifo, h_chained,
                    h_single, h_node_at, h_shape, h_previous, h_next, h_age, h_link, h_blocks,
                    h_table, h_is_stub, h_stub, object};

  `PAMC_ASSUME(m_stays, state_q == S_IDLE || req_i.valid)

endmodule
