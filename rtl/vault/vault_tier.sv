// SPDX-License-Identifier: Apache-2.0
//
// What the tier in flash asks of the vault (vault_tier.c of the model): the oldest record and
// its bytes, one of a handle, that it is on its way, that it is in flash.
//
// A record that goes to flash leaves a stub, at its own beginning: first that is written, then
// the slot is told that the record is shorter, then what is behind it is freed. So a lookup
// beside finds the page at any time, and no room has to be found for a stub.
//
// The oldest record may be one that memory cannot correct. One that is found, but not copied, is
// as if it were leaving; of one whose header is lost its contents are the last to be asked.
//
// What is found in flash after power was away is a new stub, which vault_put makes (ABSENT here),
// or one that is written anew. What comes back to DRAM vault_put puts, once its bytes are seen to be what
// the stub says (DONE here).

`include "check.svh"

module vault_tier (
  input  logic                            clk_i,
  input  logic                            rst_ni,

  input  logic                            call_i,
  input  vault_pkg::command_t             command_i,
  input  vault_pkg::tier_args_t           args_i,
  // Steps of a whole sweep, less one. Stays as it is.
  input  logic [31:0]                     buckets_i,
  // INIT.
  input  logic                            clear_i,
  output logic                            done_o,
  output vault_pkg::result_e              result_o,
  // It has done as much as it may: to be asked again.
  output logic                            again_o,
  output vault_pkg::tier_record_t         record_o,
  // The part of flash that is being lost.
  output vault_pkg::lost_t                lost_o,

  output vault_pkg::mem_req_t             mem_o,
  input  vault_pkg::mem_rsp_t             mem_i,
  output vault_pkg::index_req_t           index_o,
  input  vault_pkg::index_rsp_t           index_i,
  output vault_pkg::row_req_t             row_o,
  input  vault_pkg::row_rsp_t             row_i,
  output vault_pkg::object_req_t          object_o,
  input  vault_pkg::object_rsp_t          object_i,
  output vault_pkg::call_t                forget_o,
  input  vault_pkg::return_t              forget_i,
  output vault_pkg::change_t              change_o,

  // vault_copy.
  output logic                            copy_o,
  output logic [31:0]                     copy_unit_o,
  output logic [7:0]                      copy_units_o,
  output logic [31:0]                     copy_crc_o,
  output logic [13:0]                     copy_shape_o,
  output logic [16:0]                     copy_bytes_o,
  input  logic                            copied_i,
  input  logic                            copy_error_i,
  // Its way back: bytes are there, with these in front.
  output logic                            load_o,
  input  logic                            loaded_i,
  input  logic [31:0]                     loaded_crc_i,
  input  logic [13:0]                     loaded_shape_i,
  input  logic [255:0]                    loaded_shapes_i,
  // What its blocks add up to.
  output logic [16:0]                     stored_o,
  output logic [4:0]                      same_o,
  output logic [4:0]                      raw_o
);

  typedef enum logic [5:0] {
    S_IDLE,
    // The oldest one, of an object that is not dead.
    S_OLDEST, S_READ, S_HEADER, S_OBJECT, S_REMOVE, S_FORGET_DEAD, S_NEXT, S_STUCK,
    // One of a handle.
    S_ROW, S_FIND_OBJECT,
    S_FIND_PAGE, S_LOOK, S_SHAPES, S_TELL, S_COPY,
    // It leaves its list.
    S_LEAVE, S_AGE,
    // It is in flash, or elsewhere in flash.
    S_STUB, S_REST, S_REPLACE, S_CUT, S_PLACE,
    // It is known in an older version: its size leaves the sums, the new one is added.
    S_SUBTRACT, S_ADD, S_SUBTRACT_OBJECT, S_ADD_OBJECT, S_RENEW,
    // What is lost is marked, entry by entry.
    S_BEGIN, S_SCAN, S_MARK, S_STEP,
    S_DURABLE,
    // It comes back.
    S_LOAD, S_JUDGE,
    S_DONE
  } state_e;
  state_e state_q;

  vault_pkg::result_e           result_q;
  vault_pkg::tier_record_t      record_q;
  vault_pkg::row_t              row_q;
  logic [vault_pkg::ContentsBits-1:0] number_q;
  logic [31:0]                  unit_q, object_q;
  logic [63:0]                  index_q;
  logic [191:0]                 id_q;
  index_pkg::slot_t             entry_q;
  logic [29:0]                  location_q;
  logic [vault_pkg::Window-1:0] window_q;
  logic                         oldest, dead, missed, bad_record, bad_record_q;
  assign oldest = command_i.op == vault_pkg::OP_TIER_OLDEST;

  // What was found; or, as the oldest one, read.
  logic [31:0]      page_object, previous, next;
  logic [63:0]      page_index, age, link_here;
  logic [13:0]      shape;
  logic             fifo, chained, single, is_stub;
  logic [1:0]       node_at;
  logic [11:0]      blocks;
  logic [255:0]     shapes;
  record_pkg::stub_t stub;
  // It is taken apart in one cycle, compared in the next, and then gone by: settle_q says how many
  // of them are still to come. What is found goes by a comparison that takes a cycle of its own.
  logic [1:0] settle_q;
  struct packed {
    logic [31:0]       page_object;
    logic [63:0]       page_index, age;
    logic [13:0]       shape;
    logic              fifo, chained, single, is_stub;
    logic [1:0]        node_at;
    logic [11:0]       blocks;
    logic [255:0]      shapes;
    record_pkg::stub_t stub;
  } header_d, header_q;
  vault_header u_header (
    .window_i(window_q), .object_o(header_d.page_object), .index_o(header_d.page_index), .shape_o(header_d.shape),
    .fifo_o(header_d.fifo), .node_at_o(header_d.node_at), .previous_o(previous), .next_o(next), .age_o(header_d.age),
    .chained_o(header_d.chained), .link_o(link_here), .single_o(header_d.single), .blocks_o(header_d.blocks),
    .table_o(header_d.shapes), .is_stub_o(header_d.is_stub), .stub_o(header_d.stub)
  );
  always_ff @(posedge clk_i) header_q <= header_d;
  assign {page_object, page_index, age, shape, fifo, chained, single, is_stub, node_at, blocks, shapes, stub} = header_q;
  assign dead       = object_i.object.dead != '0;
  assign missed     = !index_i.ok || (oldest && index_i.entry[31:0] != unit_q);
  assign bad_record = is_stub ? fifo || chained : single ? row_q.order != '0 : blocks != 12'd1 << row_q.order;
  always_ff @(posedge clk_i) bad_record_q <= bad_record;

  // Sums over the table.
  logic [255:0] shapes_q;
  logic [4:0]   left_q;
  logic [16:0]  stored_q;
  logic [4:0]   same_q, raw_q;
  logic [13:0]  block;
  // It has come back, and this is of what came; a block's shape cannot be so.
  logic         back_q, bad_block_q;
  assign block = single && !back_q ? shape : shapes_q[13:0];

  // In DRAM, is it the version that is meant?
  logic wide, same_version, same_record, same_place;
  assign wide         = window_q[94];
  // Ephemeral ones are in lists as well.
  assign same_version = fifo && !row_q.ephemeral && {1'b0, age[62:0]} == args_i.version;
  assign same_record  = !is_stub && args_i.place == 64'(entry_q.unit_at) + 64'd1 && same_version;
  assign same_place   = is_stub && stub.lost == '0 && stub.place == args_i.place && stub.version == args_i.version;

  logic        newer, loses, same_record_q, same_place_q, newer_q, loses_q;
  logic [63:0] args_end_q;
  assign newer = is_stub && (stub.version < args_i.version || (stub.version == args_i.version && stub.place != args_i.place));
  assign loses = is_stub && !fifo && stub.place >= lost_place_q && stub.place < lost_end_q;
  always_ff @(posedge clk_i) begin
    args_end_q    <= args_i.place + 64'(args_i.bytes);
    same_record_q <= same_record;
    same_place_q  <= same_place;
    newer_q       <= newer;
    loses_q       <= loses;
  end
  // The walk over the index goes on in the next command, if that is of the same part. It begins with
  // the stash: entries leave that for their buckets, and none that was in one before goes there. One that is
  // moved from bucket to bucket meanwhile vault_index looks at.
  logic             losing_q;
  logic [63:0]      lost_place_q, lost_end_q;
  logic             same_part_q, nowhere_q, again_q, last_q;
  logic [31:0]      step_q, last_step_q;
  logic [5:0]       place_q;
  // Of dead pages, or steps.
  logic [6:0]       most_q;
  always_ff @(posedge clk_i) begin
    same_part_q <= losing_q && lost_place_q == args_i.place && lost_end_q == args_end_q;
    nowhere_q   <= args_i.to == '0;
    last_step_q <= buckets_i - 32'd1;
    last_q      <= step_q == last_step_q;
  end
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)                                            losing_q <= 1'b0;
    else if (clear_i)                                       losing_q <= 1'b0;
    else if (state_q == S_BEGIN && settle_q == '0)          losing_q <= args_i.bytes != '0;
    else if (state_q == S_STEP && last_q)                   losing_q <= 1'b0;
  end

  // What may come back; what has come, if it is that.
  logic promotable, as_it_was, as_it_was_q, judged_q;
  assign promotable = same_place_q && stub.known != '0 && stub.bytes == args_i.bytes && !row_q.durable;
  assign as_it_was  = loaded_crc_i == window_q[127:96] && !bad_block_q &&
                      (row_q.order == '0 || loaded_shape_i == (14'd1 << row_q.order) - 14'd1) &&
                      stub.stored == 32'(stored_q) && stub.same == 8'(same_q) && stub.raw == 8'(raw_q);
  always_ff @(posedge clk_i) begin
    as_it_was_q <= as_it_was;
    judged_q    <= state_q == S_JUDGE && !judged_q;
  end

  // What the record keeps of its first extent.
  logic       cuts;
  logic [7:0] keep;
  assign cuts = entry_q.units >= 8'd6;
  assign keep = cuts ? 8'd3 : entry_q.units;

  state_e act;
  always_comb begin
    case (command_i.op)
      vault_pkg::OP_TIER_LEAVING: act = !same_record_q || age[63] ? S_DONE : S_LEAVE;
      // One that is still in its list may have a neighbour that cannot be read.
      vault_pkg::OP_TIER_MOVE:    act = same_place_q ? S_PLACE : same_record_q && age[63] && !nowhere_q ? S_STUB : S_DONE;
      vault_pkg::OP_TIER_RECOVER: act = newer_q ? S_SUBTRACT : S_DONE;
      vault_pkg::OP_TIER_PROMOTE: act = promotable ? S_LOAD : S_DONE;
      default:                    act = args_i.copy && !is_stub ? S_COPY : S_DONE;
    endcase
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q <= S_IDLE;
    end else begin
      case (state_q)
        S_IDLE: if (call_i) begin
          case (command_i.op)
            vault_pkg::OP_TIER_OLDEST:  state_q <= S_OLDEST;
            vault_pkg::OP_TIER_DURABLE, vault_pkg::OP_TIER_RESERVE: state_q <= S_DURABLE;
            vault_pkg::OP_TIER_CLOCK, vault_pkg::OP_TIER_PROMISE: state_q <= S_DONE;
            vault_pkg::OP_TIER_LOSE:    state_q <= S_BEGIN;
            default:                    state_q <= S_ROW;
          endcase
        end
        S_OLDEST:      if (row_i.done) state_q <= row_i.ok ? S_READ : S_DONE;
        S_READ:        if (mem_i.done) state_q <= mem_i.error ? S_STUCK : S_HEADER;
        S_HEADER:      if (!settle_q[1]) state_q <= fifo ? S_OBJECT : S_STUCK;
        S_OBJECT:      if (object_i.done) state_q <= object_i.error ? S_STUCK : S_FIND_PAGE;
        // What was flushed with its object goes; then the next one of the same contents.
        S_REMOVE:      if (index_i.done) state_q <= index_i.ok ? S_FORGET_DEAD : S_DONE;
        S_FORGET_DEAD: if (forget_i.done) state_q <= forget_i.error || most_q == '0 ? S_DONE : S_NEXT;
        S_NEXT:        if (row_i.done) state_q <= !row_i.ok ? S_DONE : row_i.row.oldest == vault_pkg::Nowhere ? S_OLDEST : S_READ;

        S_ROW:         if (row_i.done) state_q <= row_i.ok && row_i.row.in_use && !row_i.row.dead ? S_FIND_OBJECT : S_DONE;
        S_FIND_OBJECT: if (index_i.done) state_q <= index_i.ok ? S_FIND_PAGE : S_DONE;
        S_STUCK:       if (row_i.done) state_q <= S_DONE;
        S_FIND_PAGE:   if (index_i.done) state_q <= missed ? (oldest ? S_STUCK : S_DONE) : oldest && dead ? S_REMOVE : S_LOOK;
        S_LOOK:        if (!settle_q[1]) state_q <= bad_record_q ? S_DONE : is_stub ? S_TELL : S_SHAPES;
        S_SHAPES:      if (left_q == 5'd1) state_q <= back_q ? S_JUDGE : S_TELL;
        S_TELL:        state_q <= act;
        S_COPY:        if (copied_i) state_q <= copy_error_i && oldest ? S_LEAVE : S_DONE;

        S_LEAVE:       if (forget_i.done) state_q <= forget_i.error ? S_DONE : S_AGE;
        S_AGE:         if (mem_i.done) state_q <= S_DONE;

        S_STUB:        if (mem_i.done) state_q <= mem_i.error ? S_DONE : keep == 8'd3 ? S_REPLACE : S_REST;
        S_REST:        if (mem_i.done) state_q <= mem_i.error ? S_DONE : S_REPLACE;
        S_REPLACE:     if (index_i.done) state_q <= index_i.ok ? S_CUT : S_DONE;
        S_CUT:         if (forget_i.done) state_q <= S_DONE;
        S_PLACE:       if (mem_i.done) state_q <= S_DONE;
        S_SUBTRACT:    if (row_i.done) state_q <= S_ADD;
        S_ADD:         if (row_i.done) state_q <= S_SUBTRACT_OBJECT;
        S_SUBTRACT_OBJECT: if (object_i.done) state_q <= object_i.error ? S_DONE : S_ADD_OBJECT;
        S_ADD_OBJECT:  if (object_i.done) state_q <= object_i.error ? S_DONE : S_RENEW;
        S_RENEW:       if (mem_i.done) state_q <= S_DONE;

        S_BEGIN:       if (settle_q == '0) state_q <= args_i.bytes == '0 ? S_DONE : S_SCAN;
        S_SCAN:        if (index_i.done) state_q <= !index_i.ok ? S_STEP : is_page && !index_i.error ? S_MARK : S_SCAN;
        S_MARK:        if (settle_q == '0 && (!loses_q || mem_i.done)) state_q <= S_SCAN;
        S_STEP:        state_q <= last_q || most_q == '0 ? S_DONE : S_SCAN;
        S_DURABLE:     if (row_i.done) state_q <= S_DONE;
        S_LOAD:        if (loaded_i) state_q <= S_SHAPES;
        S_JUDGE:       if (judged_q) state_q <= S_DONE;
        default:       state_q <= S_IDLE;
      endcase
    end
  end

  index_pkg::slot_t scanned;
  logic             is_page;
  assign scanned = index_i.entry;
  assign is_page = scanned.kind == index_pkg::KindPage;

  // What cannot be: memory has failed, or what is there makes no sense.
  logic fails;
  always_comb begin
    fails = 1'b0;
    case (state_q)
      S_HEADER:                     fails = !settle_q[1] && !fifo;
      S_OBJECT:                     fails = object_i.done && object_i.error;
      S_ROW, S_NEXT, S_SUBTRACT, S_ADD: fails = row_i.done && !row_i.ok;
      S_DURABLE:                    fails = row_i.done && !row_i.ok && command_i.op == vault_pkg::OP_TIER_DURABLE;
      S_SUBTRACT_OBJECT, S_ADD_OBJECT: fails = object_i.done && object_i.error;
      S_RENEW:                      fails = mem_i.done && mem_i.error;
      S_MARK:                       fails = settle_q == '0 && loses_q && mem_i.done && mem_i.error;
      S_SCAN:                       fails = index_i.done && index_i.error;
      S_FIND_OBJECT:                fails = index_i.done && index_i.error;
      S_FIND_PAGE:                  fails = index_i.done && (index_i.error || (oldest && missed));
      S_LOOK:                       fails = !settle_q[1] && bad_record_q;
      S_REMOVE, S_REPLACE:          fails = index_i.done && !index_i.ok;
      // Behind S_REPLACE the page is where it was to be, whatever becomes of the rest of its record.
      S_FORGET_DEAD, S_LEAVE:       fails = forget_i.done && forget_i.error;
      S_READ, S_AGE, S_STUB, S_REST, S_PLACE: fails = mem_i.done && mem_i.error;
      S_COPY:                       fails = copied_i && copy_error_i;
      S_LOAD:                       fails = loaded_i && copy_error_i;
      default: ;
    endcase
  end

  // Found late, and told from a register: what it comes to is added to the result in the cycle behind.
  logic fails_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) fails_q <= 1'b0;
    else         fails_q <= fails;
  end

  // What is read or found, when it is. That it is waited for is in registers: a window is wide.
  logic reads_q, finds_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      reads_q <= 1'b0;
      finds_q <= 1'b0;
    end else begin
      reads_q <= state_q == S_READ;
      finds_q <= state_q == S_FIND_PAGE || state_q == S_SCAN;
    end
  end
  always_ff @(posedge clk_i) begin
    if (reads_q && mem_i.done)         window_q <= mem_i.data;
    else if (finds_q && index_i.done)  window_q <= index_i.window;
  end

  // As long as it may come, it is about to.
  always_ff @(posedge clk_i) begin
    settle_q <= state_q == S_FIND_PAGE ? 2'd3 : state_q == S_IDLE || state_q == S_READ || state_q == S_SCAN ? 2'd2 : settle_q - 2'(settle_q != '0);
  end

  always_ff @(posedge clk_i) begin
    case (state_q)
      S_IDLE: begin
        number_q <= command_i.contents;
        id_q     <= command_i.object;
        index_q  <= command_i.index;
        place_q  <= '0;
        again_q  <= 1'b0;
        back_q   <= 1'b0;
        most_q   <= command_i.op == vault_pkg::OP_TIER_OLDEST ? vault_pkg::OldestDead - 7'd1 : vault_pkg::LoseSteps - 7'd1;
      end
      S_BEGIN: if (settle_q == '0 && !same_part_q) begin
        lost_place_q  <= args_i.place;
        lost_end_q <= args_end_q;
        step_q        <= buckets_i;
      end
      S_FORGET_DEAD: if (forget_i.done) begin
        most_q  <= most_q - 7'd1;
        again_q <= most_q == '0 && !forget_i.error;
      end
      S_SCAN: if (index_i.done) begin
        entry_q  <= index_i.entry;
        place_q  <= index_i.place;
      end
      S_STEP: begin
        step_q  <= step_q == buckets_i ? '0 : step_q + 32'd1;
        place_q <= '0;
        most_q  <= most_q - 7'd1;
        again_q <= most_q == '0 && !last_q;
      end
      S_OLDEST: if (row_i.done) begin
        number_q <= row_i.number;
        row_q    <= row_i.row;
        unit_q   <= row_i.row.oldest;
      end
      S_NEXT, S_ROW: if (row_i.done) begin
        row_q  <= row_i.row;
        unit_q <= row_i.row.oldest;
      end
      S_HEADER: begin
        object_q <= page_object;
        index_q  <= page_index;
      end
      S_OBJECT: if (object_i.done) id_q <= object_i.object.id;
      S_FIND_OBJECT: object_q <= index_i.entry[31:0];
      S_FIND_PAGE: if (index_i.done) begin
        entry_q    <= index_i.entry;
        location_q <= index_i.location;
      end
      S_LOOK: begin
        shapes_q <= shapes;
        left_q   <= single ? 5'd1 : blocks[4:0];
        stored_q <= '0;
        same_q   <= '0;
        raw_q    <= '0;
      end
      S_LOAD: if (loaded_i) begin
        shapes_q    <= row_q.order == '0 ? 256'(loaded_shape_i) : loaded_shapes_i;
        left_q      <= 5'd1 << row_q.order;
        stored_q    <= '0;
        same_q      <= '0;
        raw_q       <= '0;
        back_q      <= 1'b1;
        bad_block_q <= 1'b0;
      end
      S_SHAPES: begin
        if (block[13:12] == 2'd3 || (block[13:12] == 2'd0 && block[11:0] != '1)) bad_block_q <= 1'b1;
        left_q   <= left_q - 5'd1;
        shapes_q <= {16'd0, shapes_q[255:16]};
        stored_q <= stored_q + 17'(block[11:0]) + 17'd1;
        same_q   <= same_q + 5'(block[13:12] == 2'd2);
        raw_q    <= raw_q + 5'(block[13:12] == 2'd0);
      end
      S_TELL: begin
        record_q.object   <= id_q;
        record_q.index    <= index_q;
        record_q.contents <= number_q;
        record_q.durable  <= row_q.durable;
        record_q.in_flash <= is_stub;
        record_q.lost     <= is_stub && stub.lost != '0;
        record_q.known    <= !is_stub || stub.known != '0;
        record_q.leaving  <= fifo && age[63];
        record_q.version  <= is_stub ? stub.version : fifo ? {1'b0, age[62:0]} : '0;
        record_q.place    <= !is_stub ? 64'(entry_q.unit_at) + 64'd1 : stub.lost != '0 ? '0 : stub.place;
        record_q.bytes    <= is_stub ? stub.bytes : 32'(stored_q) + 32'(vault_pkg::FlashHeaderBytes) +
                                                    (row_q.order == '0 ? '0 : 32'd2 << row_q.order);
        // Where it was, lost or not.
        if (command_i.op == vault_pkg::OP_TIER_RECOVER) record_q.place <= stub.place;
      end
      default: ;
    endcase
    // Nothing yet that could be meant.
    if (state_q == S_IDLE) begin
      case (command_i.op)
        vault_pkg::OP_TIER_OLDEST, vault_pkg::OP_TIER_FIND, vault_pkg::OP_TIER_LEAVING, vault_pkg::OP_TIER_MOVE,
        vault_pkg::OP_TIER_RECOVER, vault_pkg::OP_TIER_PROMOTE: result_q <= vault_pkg::RESULT_ABSENT;
        default:                    result_q <= vault_pkg::RESULT_DONE;
      endcase
      // Where it was, if it was nowhere.
      if (call_i && command_i.op == vault_pkg::OP_TIER_RECOVER) begin
        record_q.place <= '0;
        record_q.bytes <= '0;
      end
    end
    if (state_q == S_DURABLE && row_i.done && !row_i.ok && command_i.op == vault_pkg::OP_TIER_RESERVE) result_q <= vault_pkg::RESULT_REFUSED;
    if (state_q == S_TELL) result_q <= act == S_DONE && (command_i.op == vault_pkg::OP_TIER_MOVE || command_i.op == vault_pkg::OP_TIER_RECOVER ||
                                                         command_i.op == vault_pkg::OP_TIER_PROMOTE ||
                                                         (command_i.op == vault_pkg::OP_TIER_LEAVING && !same_record_q)) ?
                                       vault_pkg::RESULT_REFUSED : vault_pkg::RESULT_DONE;
    if (state_q == S_JUDGE && judged_q && !as_it_was_q && result_q == vault_pkg::RESULT_DONE) result_q <= vault_pkg::RESULT_REFUSED;
    if (fails_q) result_q <= vault_pkg::RESULT_ERROR;
  end

  // The record as it is to be: its header, without a list and a link, and the stub.
  record_pkg::stub_t             stub_new;
  logic [vault_pkg::Window-1:0] stub_window;
  logic [127:0]                 header;
  always_comb begin
    stub_new         = '0;
    stub_new.place   = args_i.to;
    stub_new.version = args_i.version;
    stub_new.bytes   = args_i.bytes;
    stub_new.stored  = 32'(stored_q);
    stub_new.same    = 8'(same_q);
    stub_new.raw     = 8'(raw_q);
    stub_new.known   = 8'd1;
    // How its blocks are coded is not known before it is read.
    if (command_i.op == vault_pkg::OP_TIER_RECOVER) begin
      stub_new         = '0;
      stub_new.place   = args_i.place;
      stub_new.version = args_i.version;
      stub_new.bytes   = args_i.bytes;
      stub_new.stored  = args_i.bytes - 32'(vault_pkg::FlashHeaderBytes);
    end
    header           = window_q[127:0];
    header[31]       = 1'b0;
    header[95]       = 1'b0;
    header[93:80]    = record_pkg::StubShape;
    stub_window      = wide ? 768'({stub_new, index_q, header}) : 768'({stub_new, header});
  end

  always_comb begin
    mem_o = '0;
    case (state_q)
      S_READ: begin
        mem_o.valid = 1'b1;
        mem_o.unit  = unit_q;
      end
      // The age's highest byte.
      S_AGE: begin
        mem_o.valid = 1'b1;
        mem_o.write = 1'b1;
        mem_o.unit  = entry_q.unit_at;
        mem_o.strb  = 96'd1 << (7'd31 + {2'd0, node_at, 3'd0});
        mem_o.data  = {96{1'b1, age[62:56]}};
      end
      S_STUB: begin
        mem_o.valid = 1'b1;
        mem_o.write = 1'b1;
        mem_o.unit  = entry_q.unit_at;
        mem_o.strb  = '1;
        mem_o.data  = stub_window;
      end
      // What is kept and is too short to be freed: it ends with the window.
      S_REST: begin
        mem_o.valid = 1'b1;
        mem_o.write = 1'b1;
        mem_o.unit  = entry_q.unit_at + 32'(keep) - 32'd3;
        mem_o.strb  = keep == 8'd4 ? {{32{1'b1}}, 64'd0} : {{64{1'b1}}, 32'd0};
      end
      S_RENEW: begin
        mem_o.valid = 1'b1;
        mem_o.write = 1'b1;
        mem_o.unit  = entry_q.unit_at;
        mem_o.strb  = 96'hffff_ffff << (wide ? 7'd24 : 7'd16);
        mem_o.data  = stub_window;
      end
      // The stub's last byte.
      S_MARK: if (settle_q == '0 && loses_q) begin
        mem_o.valid = 1'b1;
        mem_o.write = 1'b1;
        mem_o.unit  = entry_q.unit_at;
        mem_o.strb  = 96'd1 << (wide ? 7'd55 : 7'd47);
        mem_o.data  = {96{8'd1}};
      end
      S_PLACE: begin
        mem_o.valid = 1'b1;
        mem_o.write = 1'b1;
        mem_o.unit  = entry_q.unit_at;
        mem_o.strb  = nowhere_q ? 96'd1 << (wide ? 7'd55 : 7'd47) : 96'hff << (wide ? 7'd24 : 7'd16);
        mem_o.data  = nowhere_q ? {96{8'd1}} : {12{args_i.to}};
      end
      default: ;
    endcase

    index_o = '0;
    case (state_q)
      S_FIND_OBJECT: begin
        index_o.valid    = 1'b1;
        index_o.op       = vault_pkg::INDEX_FIND_OBJECT;
        index_o.anywhere = 1'b1;
        index_o.words    = {id_q, 64'(number_q)};
      end
      S_FIND_PAGE: begin
        index_o.valid = 1'b1;
        index_o.op    = vault_pkg::INDEX_FIND_PAGE;
        index_o.words = {128'd0, index_q, 32'd0, object_q};
      end
      S_SCAN: begin
        index_o.valid = 1'b1;
        index_o.op    = vault_pkg::INDEX_SCAN;
        index_o.step  = step_q[23:0];
        index_o.place = place_q;
      end
      S_REMOVE, S_REPLACE: begin
        index_o.valid    = 1'b1;
        index_o.op       = state_q == S_REMOVE ? vault_pkg::INDEX_REMOVE : vault_pkg::INDEX_REPLACE;
        index_o.location = location_q;
        index_o.entry    = entry_q;
        index_o.unit     = entry_q.unit_at;
        index_o.units    = keep;
      end
      default: ;
    endcase

    row_o = '0;
    case (state_q)
      S_OLDEST:  row_o.op = vault_pkg::ROW_DEMOTE;
      S_DURABLE: row_o.op = command_i.op == vault_pkg::OP_TIER_RESERVE ? vault_pkg::ROW_PROMISE : vault_pkg::ROW_DURABLE;
      S_STUCK: begin
        row_o.op        = vault_pkg::ROW_LIST;
        row_o.oldest    = row_q.oldest;
        row_o.newest    = row_q.newest;
        row_o.newest_at = row_q.newest_at;
        row_o.age       = '1;
      end
      S_SUBTRACT: begin
        row_o.op          = vault_pkg::ROW_BOOK;
        row_o.subtract    = 1'b1;
        row_o.sums.stored = 40'(stub.stored);
      end
      S_ADD: begin
        row_o.op          = vault_pkg::ROW_BOOK;
        row_o.sums.stored = 40'(stub_new.stored);
      end
      default: ;
    endcase
    if (state_q == S_OLDEST || state_q == S_DURABLE || state_q == S_NEXT || state_q == S_ROW || state_q == S_STUCK ||
        state_q == S_SUBTRACT || state_q == S_ADD) begin
      row_o.valid         = 1'b1;
      row_o.which         = args_i.which;
      row_o.order         = command_i.order;
      row_o.reserve_slots = command_i.reserve_slots;
      row_o.reserve_units = command_i.reserve_units;
      row_o.durable       = args_i.which == vault_pkg::TIER_DURABLE;
      row_o.number        = state_q == S_NEXT || state_q == S_STUCK ? number_q : command_i.contents;
    end

    object_o = '0;
    if (state_q == S_OBJECT || state_q == S_SUBTRACT_OBJECT || state_q == S_ADD_OBJECT) begin
      object_o.valid = 1'b1;
      object_o.unit  = object_q;
    end
    if (state_q == S_SUBTRACT_OBJECT || state_q == S_ADD_OBJECT) begin
      object_o.op          = vault_pkg::OBJECT_BOOK;
      object_o.subtract    = state_q == S_SUBTRACT_OBJECT;
      object_o.sums.stored = state_q == S_SUBTRACT_OBJECT ? 40'(stub.stored) : 40'(stub_new.stored);
    end

    forget_o       = '0;
    forget_o.valid = state_q == S_FORGET_DEAD || state_q == S_LEAVE || state_q == S_CUT;
    if (state_q == S_LEAVE) forget_o.what = vault_pkg::ForgetList;
    if (state_q == S_CUT)   forget_o.what = vault_pkg::ForgetStream;

    change_o = '0;
    if (state_q == S_IDLE && call_i && command_i.op == vault_pkg::OP_TIER_CLOCK) begin
      change_o.age_least = 1'b1;
      change_o.age       = args_i.version;
    end
  end

  assign copy_o       = state_q == S_COPY;
  assign load_o       = state_q == S_LOAD;
  assign copy_unit_o  = entry_q.unit_at;
  assign copy_units_o = entry_q.units;
  assign copy_crc_o   = window_q[127:96];
  assign copy_shape_o = shape;
  assign copy_bytes_o = state_q == S_LOAD ? args_i.bytes[16:0] : record_q.bytes[16:0];
  assign done_o       = state_q == S_DONE;
  assign result_o     = fails_q ? vault_pkg::RESULT_ERROR : result_q;
  assign record_o     = record_q;
  assign again_o      = again_q;
  assign stored_o     = stored_q;
  assign same_o       = same_q;
  assign raw_o        = raw_q;
  assign lost_o       = {losing_q, lost_place_q, lost_end_q};

  logic unused;
  assign unused = &{1'b0, mem_i, index_i, object_i, row_q, previous, next, link_here, shapes, shapes_q[15:14], forget_i.ok, command_i,
                    entry_q.kind, entry_q.tag, args_i.line, stub, scanned};

  `PAMC_ASSUME(m_stays, state_q == S_IDLE || call_i)
  // Neither memory nor the index answers at once, nor twice.
  `PAMC_ASSUME(m_takes_time, (state_q == S_READ ? reads_q : !reads_q) || !mem_i.done)
  `PAMC_ASSUME(m_find_takes_time, (state_q == S_FIND_PAGE || state_q == S_SCAN ? finds_q : !finds_q) || !index_i.done)

endmodule
