// SPDX-License-Identifier: Apache-2.0
//
// What changes what is kept, without the engines it drives: index, store and record writers
// are behind ports, so that it can be tested with others in their place. Puts beside each
// other (vault_puts), or one operation at a time: the README draws who calls whom. Requests
// of several callers of a module are ored: calls nest, so only the innermost one asks for
// anything; those of vault_puts take turns.

`include "check.svh"

module vault_core (
  input  logic                             clk_i,
  input  logic                             rst_ni,
  // Memories that are protected (ecc_pkg): errors to be made, errors found.
  input  ecc_pkg::inject_t                 inject_i,
  output ecc_pkg::event_t                  ecc_o,
  output ecc_pkg::event_t                  ecc_recent_o,
  // Of extents of records on their way: the vault fails.
  output ecc_pkg::event_t                  ecc_extents_o,

  // Where things are, how many there are, and the keys of the hash: (k1, k0) each. They
  // stay as they are, but before INIT.
  input  logic [dram_pkg::LineBits-1:0]    units_line_i,
  input  logic [31:0]                      units_i,
  input  logic [index_pkg::BucketBits-1:0] buckets_i,
  input  logic [31:0]                      slot_limit_i,
  input  logic [127:0]                     page_secret_i,
  input  logic [127:0]                     object_secret_i,
  // There is flash. Stays, too.
  input  logic                             flash_i,

  input  logic                             command_valid_i,
  output logic                             command_ready_o,
  input  vault_pkg::command_t              command_i,
  // Streams of puts, two at a time: of the commands with these tags; 16 bytes a beat, zeroes
  // behind the end; all of one is taken in any case.
  output logic [1:0][vault_pkg::TagBits-1:0] payload_tag_o,
  input  logic [1:0]                       payload_valid_i,
  output logic [1:0]                       payload_ready_o,
  input  logic [1:0][127:0]                payload_i,
  output logic                             answer_valid_o,
  input  logic                             answer_ready_i,
  output vault_pkg::answer_t               answer_o,

  // Of OP_TIER_*.
  input  vault_pkg::tier_args_t            tier_args_i,
  output vault_pkg::tier_record_t          tier_record_o,
  output logic                             drop_valid_o,
  input  logic                             drop_ready_i,
  output vault_pkg::drop_t                 drop_o,

  output vault_pkg::globals_t              globals_o,
  output vault_pkg::counters_t             counters_o,
  output vault_pkg::event_t                event_o,

  // Its own memory port.
  output logic                             req_valid_o,
  input  logic                             req_ready_i,
  output dram_pkg::req_t                   req_o,
  output logic                             wdata_valid_o,
  input  logic                             wdata_ready_i,
  output dram_pkg::wdata_t                 wdata_o,
  input  logic                             rdata_valid_i,
  input  dram_pkg::rdata_t                 rdata_i,

  // The index.
  output logic                             index_valid_o,
  input  logic                             index_ready_i,
  output index_pkg::command_t              index_o,
  input  logic                             found_valid_i,
  output logic                             found_ready_o,
  input  index_pkg::answer_t               found_i,
  input  logic [31:0]                      index_used_i,
  // Hints: buckets that will be changed; then, units that will be freed.
  output logic                             bucket_valid_o,
  input  logic                             bucket_ready_i,
  output logic [index_pkg::BucketBits-1:0] bucket_o,

  // What is kept on the chip, the index's part included, is lost: nothing can be done until
  // INIT.
  input  logic                             index_failed_i,
  input  logic                             fail_i,
  output logic                             failed_o,
  // An operation has ended with RESULT_ERROR.
  output logic                             erred_o,

  // The store.
  output logic                             store_valid_o,
  input  logic                             store_ready_i,
  output store_pkg::cmd_t                  store_o,
  input  logic                             given_valid_i,
  output logic                             given_ready_o,
  input  store_pkg::answer_t               given_i,
  output logic                             soon_valid_o,
  input  logic                             soon_ready_i,
  output logic [31:0]                      soon_unit_o,
  output logic [7:0]                       soon_units_o,

  // Lookups of puts; places are always taken.
  output logic                             handle_valid_o,
  input  logic                             handle_ready_i,
  output index_pkg::handle_t               handle_o,
  input  logic                             place_valid_i,
  input  index_pkg::place_t                place_i,

  // The writers of records.
  output logic [1:0]                       write_valid_o,
  input  logic [1:0]                       write_ready_i,
  output record_pkg::write_cmd_t           write_0_o,
  output record_pkg::write_cmd_t           write_1_o,
  output logic [1:0]                       extent_valid_o,
  input  logic [1:0]                       extent_ready_i,
  output record_pkg::extent_t              extent_0_o,
  output record_pkg::extent_t              extent_1_o,
  output logic [1:0]                       stream_valid_o,
  input  logic [1:0]                       stream_ready_i,
  output logic [1:0][127:0]                stream_o,
  input  logic [1:0]                       written_valid_i,
  input  logic [1:0]                       written_error_i,

  // Records are copied: writes alone.
  output logic                             copy_req_valid_o,
  input  logic                             copy_req_ready_i,
  output dram_pkg::req_t                   copy_req_o,
  output logic                             copy_wdata_valid_o,
  input  logic                             copy_wdata_ready_i,
  output dram_pkg::wdata_t                 copy_wdata_o,

  // Index and map are to be zeroed.
  output logic                             wipe_o,
  input  logic                             wiped_i,

  output vault_puts_pkg::stats_t           puts_stats_o
);

  // The operation of the serial engine, and puts beside each other.
  typedef enum logic [2:0] {S_IDLE, S_WORK, S_RECOVER, S_PROMOTE, S_DROP, S_ANSWER} state_e;
  state_e                 state_q;
  vault_pkg::command_t    command, put_command, divert_command;
  vault_pkg::answer_t     answer_q, puts_answer;
  vault_puts_pkg::tried_e tried, divert_tried;
  logic                   is_put, put_short, is_tier, tier_again, put_done, admin_done, tier_done, clear, serial, serial_done;
  logic                   gate_valid, gate_ready, puts_empty, divert_valid, diverted, puts_answers, waits_drained;
  logic [2:0]             put_order;
  vault_pkg::result_e     put_result, admin_result, tier_result;
  logic [31:0]            value;
  vault_pkg::row_t        answer_row;
  assign is_put  = command.op == vault_pkg::OP_PUT;
  // Without flash they are not known.
  assign is_tier = flash_i && command.op >= vault_pkg::FirstTierOp;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q <= S_IDLE;
    end else begin
      case (state_q)
        S_IDLE:  if (serial) state_q <= S_WORK;
        S_WORK:  if (put_done || admin_done || tier_done) state_q <= recovers ? S_RECOVER : promotes ? S_PROMOTE : command.op == vault_pkg::OP_TIER_PROMOTE ? S_DROP : S_ANSWER;
        // A page that is not there, but in flash; one that comes back from there.
        S_RECOVER: if (put_done) state_q <= S_ANSWER;
        S_PROMOTE: if (put_done) state_q <= S_DROP;
        // Nothing is left of what has come from there.
        S_DROP:    if (!back_busy) state_q <= S_ANSWER;
        default: if (answer_ready_i) state_q <= S_IDLE;
      endcase
    end
  end
  always_ff @(posedge clk_i) begin
    if (state_q == S_WORK || state_q == S_RECOVER || state_q == S_PROMOTE) begin
      answer_q.tag    <= command.tag;
      answer_q.result <= is_put || state_q == S_RECOVER || state_q == S_PROMOTE ? put_result : is_tier ? tier_result : admin_result;
      answer_q.value  <= is_put ? 32'(put_short) : is_tier ? 32'(tier_again) : value;
      answer_q.row    <= answer_row;
    end
  end
  logic        recovers, promotes;
  // As the state, from a register: whose stream is written goes by it.
  logic        promote_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) promote_q <= 1'b0;
    else         promote_q <= (state_q == S_WORK && promotes) || (state_q == S_PROMOTE && !put_done);
  end
  logic [47:0] promise_q;
  assign recovers       = tier_done && command.op == vault_pkg::OP_TIER_RECOVER && tier_result == vault_pkg::RESULT_ABSENT;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)                                                       promise_q <= '0;
    else if (clear)                                                    promise_q <= '0;
    else if (tier_done && command.op == vault_pkg::OP_TIER_PROMISE)    promise_q <= tier_args_i.place[47:0];
  end
  assign promotes       = tier_done && command.op == vault_pkg::OP_TIER_PROMOTE && tier_result == vault_pkg::RESULT_DONE;
  assign serial_done    = state_q == S_ANSWER && answer_ready_i;
  assign answer_valid_o = state_q == S_ANSWER || puts_answers;
  // With the table of contents or an entry of the index, what operations come to is lost.
  logic contents_failed;
  assign failed_o = contents_failed || index_failed_i;
  always_comb begin
    answer_o = state_q == S_ANSWER ? answer_q : puts_answer;
    if (failed_o) answer_o.result = vault_pkg::RESULT_ERROR;
  end
  // Told a cycle later, by a register: it goes a long way.
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) erred_o <= 1'b0;
    else         erred_o <= answer_valid_o && answer_ready_i && answer_o.result == vault_pkg::RESULT_ERROR;
  end

  // Shared modules, and the parts of their requests by caller.
  vault_pkg::mem_req_t    mem, mem_call, put_mem, index_mem, object_mem, forget_mem, evict_mem, tier_mem;
  vault_pkg::mem_rsp_t    mem_rsp;
  vault_pkg::index_req_t  index, index_call, put_index, admin_index, settle_index, evict_index, sweep_index, tier_index;
  vault_pkg::index_rsp_t  index_rsp;
  vault_pkg::row_req_t    row, row_call, put_row, admin_row, settle_row, forget_row, evict_row, sweep_row, room_row, tier_row;
  vault_pkg::row_rsp_t    row_rsp;
  vault_pkg::object_req_t object, object_call, put_object, admin_object, settle_object, forget_object, evict_object, sweep_object, tier_object;
  vault_pkg::object_rsp_t object_rsp;
  vault_pkg::store_req_t  store, store_call, put_store, admin_store, settle_store, forget_store;
  vault_pkg::store_rsp_t  store_rsp;
  vault_pkg::call_t       settle, put_settle, forget_settle;
  vault_pkg::call_t       forget, put_forget, admin_forget, evict_forget, sweep_forget, tier_forget;
  vault_pkg::call_t       evict, put_evict, admin_evict, room_evict;
  vault_pkg::call_t       sweep, admin_sweep, room_sweep;
  vault_pkg::call_t       room;
  vault_pkg::return_t     settle_rsp, forget_rsp, evict_rsp, sweep_rsp, room_rsp;
  vault_pkg::change_t     change, put_change, admin_change, settle_change, forget_change, evict_change, sweep_change, tier_change;
  logic                   put_unmade, settle_unmade;
  logic [31:0]            held;
  logic [47:0]            committed_units, committed_slots, committed_flash;
  logic [9:0]             committed_durable;

  assign mem_call = put_mem | index_mem | forget_mem | evict_mem | tier_mem;
  assign index_call = put_index | admin_index | settle_index | evict_index | sweep_index | tier_index;
  assign row_call = puts_row_granted | put_row | admin_row | settle_row | forget_row | evict_row | sweep_row | room_row | tier_row;
  assign object_call = puts_object | put_object | admin_object | settle_object | forget_object | evict_object | sweep_object | tier_object;
  assign store_call = put_store | admin_store | settle_store | forget_store;
  assign settle = put_settle | forget_settle;
  assign forget = put_forget | admin_forget | evict_forget | sweep_forget | tier_forget;
  assign evict  = put_evict | admin_evict | room_evict;
  assign sweep  = admin_sweep | room_sweep;
  assign change = puts_change | put_change | admin_change | settle_change | forget_change | evict_change | sweep_change | tier_change;

  // Who asks the index, the table of contents, the store or for an object is decided in a cycle of its own;
  // and what is written to memory, but for objects and puts beside each other, which are quicker.
  logic mem_call_q, index_call_q, row_call_q, object_call_q, store_call_q;
  vault_pkg::mem_req_t    mem_q;
  vault_pkg::index_req_t  index_q;
  vault_pkg::row_req_t    row_q;
  vault_pkg::object_req_t object_q;
  vault_pkg::store_req_t  store_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      mem_call_q    <= 1'b0;
      index_call_q  <= 1'b0;
      row_call_q    <= 1'b0;
      object_call_q <= 1'b0;
      store_call_q  <= 1'b0;
    end else begin
      mem_call_q    <= mem_call.valid && !mem_rsp.done;
      index_call_q  <= index_call.valid && !index_rsp.done;
      row_call_q    <= row_call.valid && !row_rsp.done;
      object_call_q <= object_call.valid && !object_rsp.done;
      store_call_q  <= store_call.valid && !store_rsp.done;
    end
  end
  always_ff @(posedge clk_i) begin
    mem_q    <= mem_call;
    index_q  <= index_call;
    row_q    <= row_call;
    object_q <= object_call;
    store_q  <= store_call;
  end
  always_comb begin
    mem          = puts_mem_granted | object_mem;
    if (mem_call_q) mem = mem | mem_q;
    index        = index_q;
    index.valid  = index_call_q;
    row          = row_q;
    row.valid    = row_call_q;
    object       = object_q;
    object.valid = object_call_q;
    store        = store_q;
    store.valid  = store_call_q;
  end

  // Puts beside each other work at the same time: their calls take turns.
  vault_pkg::mem_req_t    puts_mem, puts_mem_granted, object_mem_call;
  vault_pkg::mem_rsp_t    object_mem_rsp;
  vault_pkg::row_req_t    gate_row, place_row, book_row, puts_row_granted;
  vault_pkg::row_rsp_t    gate_row_rsp;
  vault_pkg::object_req_t puts_object;
  vault_pkg::change_t     puts_change;
  logic [1:0]             mem_grant;
  logic [2:0]             row_grant;
  vault_turn #(.Callers(3)) u_row_turn (
    .clk_i, .rst_ni, .call_i({gate_row.valid, book_row.valid, place_row.valid}),
    .done_i(row_rsp.done && row_grant != '0), .grant_o(row_grant)
  );
  vault_turn #(.Callers(2)) u_mem_turn (
    .clk_i, .rst_ni, .call_i({object_mem_call.valid, puts_mem.valid}),
    .done_i(mem_rsp.done && mem_grant != '0), .grant_o(mem_grant)
  );
  always_comb begin
    puts_row_granted = '0;
    if (row_grant[0]) puts_row_granted = place_row;
    if (row_grant[1]) puts_row_granted = book_row;
    if (row_grant[2]) puts_row_granted = gate_row;
    gate_row_rsp         = row_rsp;
    gate_row_rsp.done    = row_rsp.done && row_grant[2];
    puts_mem_granted     = '0;
    if (mem_grant[0]) puts_mem_granted = puts_mem;
    object_mem           = '0;
    if (mem_grant[1]) object_mem = object_mem_call;
    object_mem_rsp       = mem_rsp;
    object_mem_rsp.done  = mem_rsp.done && mem_grant[1];
  end

  // Commands come from whoever has its turn, by a long way: from a register.
  logic                asked, asked_ready;
  vault_pkg::command_t asked_command;
  lib_skid #(.Width($bits(asked_command))) u_command (
    .clk_i, .rst_ni, .in_valid_i(command_valid_i), .in_ready_o(command_ready_o), .in_data_i(command_i),
    .out_valid_o(asked), .out_ready_i(asked_ready), .out_data_o(asked_command)
  );
  vault_gate u_gate (
    .clk_i, .rst_ni, .flash_i, .command_valid_i(asked), .command_ready_o(asked_ready), .command_i(asked_command), .row_o(gate_row), .row_i(gate_row_rsp),
    .put_valid_o(gate_valid), .put_ready_i(gate_ready), .put_o(put_command), .order_o(put_order),
    .puts_empty_i(puts_empty), .divert_valid_i(divert_valid), .divert_i(divert_command), .tried_i(divert_tried),
    .diverted_o(diverted), .serial_o(serial), .command_o(command), .tried_o(tried), .done_i(serial_done),
    .waits_drained_o(waits_drained)
  );

  // Index, store and writers are the serial engine's while it works.
  logic                   serial_index_valid, puts_index_valid, serial_found_ready;
  index_pkg::command_t    serial_index, puts_index;
  index_pkg::slot_t       gone;
  logic                   is_gone;
  logic                   serial_store_valid, puts_store_valid, serial_given_ready;
  store_pkg::cmd_t        serial_store_cmd, puts_store_cmd;
  logic                   serial_write_valid, serial_extent_valid, serial_written_ready;
  logic [1:0]             puts_write_valid, puts_extent_valid, begins, free, starves, stream_valid;
  record_pkg::write_cmd_t serial_write, puts_write;
  record_pkg::extent_t    serial_extent, puts_extent;
  logic                   serial_begin, serial_stream_valid, serial_take;
  logic [1:0][vault_pkg::TagBits-1:0]    puts_tags;
  logic [1:0][vault_pkg::StreamBits-1:0] puts_bytes;
  logic [vault_pkg::StreamBits-1:0]      serial_bytes;
  logic [127:0]           serial_stream;
  logic [1:0][127:0]      streams;
  assign index_valid_o     = serial ? serial_index_valid : puts_index_valid;
  assign index_o           = serial ? serial_index : puts_index;
  assign found_ready_o     = serial ? serial_found_ready : 1'b1;
  assign store_valid_o     = serial ? serial_store_valid : puts_store_valid;
  assign store_o           = serial ? serial_store_cmd : puts_store_cmd;
  assign given_ready_o     = serial ? serial_given_ready : 1'b1;
  assign write_valid_o     = serial ? {1'b0, serial_write_valid} : puts_write_valid;
  assign write_0_o         = serial ? serial_write : puts_write;
  assign extent_valid_o    = serial ? {1'b0, serial_extent_valid} : puts_extent_valid;
  assign extent_0_o        = serial ? serial_extent : puts_extent;
  assign gone              = serial_index.expected;
  assign is_gone           = serial && serial_index_valid && index_ready_i && serial_index.op == index_pkg::OP_REMOVE &&
                             gone.kind == index_pkg::KindObject;
  assign stream_valid_o[0] = serial ? serial_stream_valid : stream_valid[0];
  assign stream_o[0]       = serial ? serial_stream : streams[0];
  assign stream_valid_o[1] = stream_valid[1];
  assign stream_o[1]       = streams[1];

  for (genvar w = 0; w < 2; w++) begin : g_payload
    vault_payload u_payload (
      .clk_i, .rst_ni,
      .begin_i(begins[w] || (w == 0 && serial_begin && state_q != S_PROMOTE)), .tag_i(w == 0 && serial ? command.tag : puts_tags[w]),
      .bytes_i(w == 0 && serial ? serial_bytes : puts_bytes[w]), .free_o(free[w]), .starves_o(starves[w]),
      .tag_o(payload_tag_o[w]), .payload_valid_i(payload_valid_i[w]), .payload_ready_o(payload_ready_o[w]),
      .payload_i(payload_i[w]),
      .stream_valid_o(stream_valid[w]), .stream_ready_i(w == 0 && serial ? serial_take : stream_ready_i[w]),
      .stream_o(streams[w])
    );
  end

  vault_puts_pkg::stats_t puts_stats;
  // One for puts beside each other, one for all else.
  ecc_pkg::event_t puts_recent, index_recent, puts_extents, list_extents;
  assign ecc_extents_o = puts_extents | list_extents;
  assign ecc_recent_o = puts_recent | index_recent;
  vault_puts u_puts (
    .clk_i, .rst_ni, .inject_i, .ecc_o(puts_recent), .ecc_extents_o(puts_extents), .slot_limit_i,
    .command_valid_i(gate_valid), .command_ready_o(gate_ready), .command_i(put_command), .order_i(put_order),
    .empty_o(puts_empty), .divert_valid_o(divert_valid), .divert_o(divert_command), .divert_tried_o(divert_tried),
    .diverted_i(diverted), .answer_valid_o(puts_answers), .answer_ready_i,
    .answer_o(puts_answer), .gone_i(is_gone), .gone_unit_i(gone.unit_at), .clear_i(clear),
    .place_row_o(place_row), .book_row_o(book_row), .row_grant_i(row_grant[1:0]), .row_i(row_rsp),
    .object_o(puts_object), .object_i(object_rsp), .mem_o(puts_mem), .mem_grant_i(mem_grant[0]), .mem_i(mem_rsp),
    .change_o(puts_change), .handle_valid_o, .handle_ready_i, .handle_o, .place_valid_i, .place_i,
    .index_valid_o(puts_index_valid), .index_ready_i(index_ready_i && !serial), .index_o(puts_index),
    .found_valid_i(found_valid_i && !serial), .found_i, .index_used_i,
    .store_valid_o(puts_store_valid), .store_ready_i(store_ready_i && !serial), .store_o(puts_store_cmd),
    .bucket_valid_o, .bucket_ready_i, .bucket_o, .soon_valid_o, .soon_ready_i, .soon_unit_o, .soon_units_o,
    .given_valid_i(given_valid_i && !serial), .given_i,
    .write_valid_o(puts_write_valid), .write_ready_i(write_ready_i & {2{!serial}}),
    .write_0_o(puts_write), .write_1_o, .extent_valid_o(puts_extent_valid),
    .extent_ready_i(extent_ready_i & {2{!serial}}), .extent_0_o(puts_extent), .extent_1_o,
    .written_valid_i(written_valid_i & {2{!serial}}), .written_error_i,
    .stream_begin_o(begins), .stream_tag_o(puts_tags), .stream_bytes_o(puts_bytes),
    .stream_free_i(free), .stream_starves_i(starves), .stats_o(puts_stats)
  );
  logic [31:0] drained_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) drained_q <= '0;
    else         drained_q <= drained_q + 32'(waits_drained);
  end
  always_comb begin
    puts_stats_o              = puts_stats;
    puts_stats_o.wait_drained = drained_q;
  end

  vault_memory u_memory (
    .clk_i, .rst_ni, .base_line_i(units_line_i), .units_i,
    .req_i(mem), .rsp_o(mem_rsp),
    .req_valid_o(mem_req_valid), .req_ready_i(own_ready && !copies_q), .req_o(mem_req),
    .wdata_valid_o, .wdata_ready_i, .wdata_o, .rdata_valid_i(rdata_valid_i && !copies_q), .rdata_i
  );

  // While a record is copied, nothing else is read: the port is the copy's.
  logic           mem_req_valid, copy_read_valid, copies_q, copy_calls, copied, copy_error, load, loaded;
  logic           back_valid, back_busy, put_writes, flows_q;
  logic [255:0]   back_shapes;
  logic [16:0]    back_stored;
  logic [4:0]     back_same, back_raw;
  logic [127:0]   back;
  logic [31:0]    back_crc;
  logic [13:0]    back_shape;
  dram_pkg::req_t mem_req, copy_read;
  logic [31:0]    copy_unit, copy_crc;
  logic [7:0]     copy_units;
  logic [13:0]    copy_shape;
  logic [16:0]    copy_bytes;
  // While a page that comes back is written, nobody else reads. Told a cycle later, the port is there
  // before anything is asked for.
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      flows_q <= 1'b0;
      copies_q  <= 1'b0;
    end else begin
      flows_q <= state_q == S_PROMOTE && put_writes;
      copies_q  <= copy_calls || load || (state_q == S_PROMOTE && put_writes) || state_q == S_DROP;
    end
  end
  // From a register: whose turn it is at card memory is found there from all that is asked for.
  logic           own_valid, own_ready;
  dram_pkg::req_t own_req;
  assign own_valid = copies_q ? copy_read_valid : mem_req_valid;
  assign own_req   = copies_q ? copy_read : mem_req;
  lib_skid #(.Width(dram_pkg::ReqBits)) u_req (
    .clk_i, .rst_ni, .in_valid_i(own_valid), .in_ready_o(own_ready), .in_data_i(own_req),
    .out_valid_o(req_valid_o), .out_ready_i(req_ready_i), .out_data_o(req_o)
  );
  vault_copy u_copy (
    .clk_i, .rst_ni, .base_line_i(units_line_i), .units_i,
    .call_i(copy_calls), .unit_i(copy_unit), .record_units_i(copy_units), .crc_i(copy_crc), .shape_i(copy_shape),
    .bytes_i(copy_bytes), .line_i(tier_args_i.line), .done_o(copied), .error_o(copy_error),
    .load_i(load), .loaded_o(loaded), .drop_i(state_q == S_DROP), .flows_i(flows_q), .busy_o(back_busy), .crc_o(back_crc), .shape_o(back_shape), .shapes_o(back_shapes),
    .stream_valid_o(back_valid), .stream_ready_i(serial_take && promote_q), .stream_o(back),
    .read_req_valid_o(copy_read_valid), .read_req_ready_i(own_ready && copies_q), .read_req_o(copy_read),
    .rdata_valid_i(rdata_valid_i && copies_q), .rdata_i,
    .req_valid_o(copy_req_valid_o), .req_ready_i(copy_req_ready_i), .req_o(copy_req_o),
    .wdata_valid_o(copy_wdata_valid_o), .wdata_ready_i(copy_wdata_ready_i), .wdata_o(copy_wdata_o)
  );

  vault_pkg::lost_t lost;
  vault_tier u_tier (
    .clk_i, .rst_ni, .call_i(state_q == S_WORK && is_tier), .command_i(command), .args_i(tier_args_i), .buckets_i(32'(buckets_i)),
    .clear_i(clear), .done_o(tier_done), .result_o(tier_result), .again_o(tier_again), .record_o(tier_record_o), .lost_o(lost),
    .mem_o(tier_mem), .mem_i(mem_rsp), .index_o(tier_index), .index_i(index_rsp),
    .row_o(tier_row), .row_i(row_rsp), .object_o(tier_object), .object_i(object_rsp),
    .forget_o(tier_forget), .forget_i(forget_rsp), .change_o(tier_change),
    .load_o(load), .loaded_i(loaded), .loaded_crc_i(back_crc), .loaded_shape_i(back_shape), .loaded_shapes_i(back_shapes),
    .stored_o(back_stored), .same_o(back_same), .raw_o(back_raw),
    .copy_o(copy_calls), .copy_unit_o(copy_unit), .copy_units_o(copy_units), .copy_crc_o(copy_crc),
    .copy_shape_o(copy_shape), .copy_bytes_o(copy_bytes), .copied_i(copied), .copy_error_i(copy_error)
  );

  // Places that were dropped and nobody has taken: when they are too many, the vault waits.
  logic             drop_valid, drop_ready, dropped;
  vault_pkg::drop_t drop;
  logic [4:0]       drops;
  lib_fifo #(.Width(vault_pkg::DropBits), .Depth(16)) u_drops (
    .clk_i, .rst_ni, .in_valid_i(drop_valid), .in_ready_o(drop_ready), .in_data_i(drop),
    .out_valid_o(dropped), .out_ready_i(drop_ready_i || wipe_o), .out_data_o(drop_o), .level_o(drops)
  );
  // INIT takes longer than that there could be one left.
  assign drop_valid_o = dropped && !wipe_o;

  vault_index u_index (
    .clk_i, .rst_ni, .inject_i, .ecc_o(index_recent), .buckets_i, .page_secret_i, .object_secret_i, .lost_i(lost),
    .req_i(index), .rsp_o(index_rsp), .mem_o(index_mem), .mem_i(mem_rsp),
    .command_valid_o(serial_index_valid), .command_ready_i(index_ready_i && serial), .command_o(serial_index),
    .answer_valid_i(found_valid_i && serial), .answer_ready_o(serial_found_ready), .answer_i(found_i)
  );

  vault_contents u_contents (
    .clk_i, .rst_ni, .inject_i, .ecc_o, .fail_i, .failed_o(contents_failed), .units_i, .slots_i(slot_limit_i), .flash_i, .promise_i(promise_q),
    .req_i(row), .rsp_o(row_rsp), .committed_units_o(committed_units), .committed_slots_o(committed_slots),
    .committed_flash_o(committed_flash), .committed_durable_o(committed_durable)
  );

  vault_object u_object (
    .clk_i, .rst_ni, .req_i(object), .rsp_o(object_rsp),
    .forget_i(put_unmade || settle_unmade || clear), .mem_o(object_mem_call), .mem_i(object_mem_rsp)
  );

  vault_store u_store (
    .clk_i, .rst_ni, .inject_i, .ecc_o(list_extents), .units_i, .req_i(store), .rsp_o(store_rsp),
    .payload_begin_o(serial_begin), .payload_bytes_o(serial_bytes),
    .payload_valid_i(promote_q ? back_valid : stream_valid[0] && serial), .payload_ready_o(serial_take),
    .payload_i(promote_q ? back : streams[0]),
    .cmd_valid_o(serial_store_valid), .cmd_ready_i(store_ready_i && serial), .cmd_o(serial_store_cmd),
    .answer_valid_i(given_valid_i && serial), .answer_ready_o(serial_given_ready), .answer_i(given_i),
    .write_valid_o(serial_write_valid), .write_ready_i(write_ready_i[0]), .write_o(serial_write),
    .extent_valid_o(serial_extent_valid), .extent_ready_i(extent_ready_i[0]), .extent_o(serial_extent),
    .stream_valid_o(serial_stream_valid), .stream_ready_i(stream_ready_i[0]), .stream_o(serial_stream),
    .written_valid_i(written_valid_i[0] && serial), .written_ready_o(serial_written_ready),
    .written_error_i(written_error_i[0])
  );

  logic unused_written;
  assign unused_written = &{1'b0, serial_written_ready, gone, puts_stats, drops};

  vault_settle u_settle (
    .clk_i, .rst_ni, .call_i(settle), .return_o(settle_rsp), .held_i(held),
    .object_o(settle_object), .object_i(object_rsp), .object_forget_o(settle_unmade),
    .index_o(settle_index), .index_i(index_rsp), .row_o(settle_row), .row_i(row_rsp),
    .store_o(settle_store), .store_i(store_rsp), .change_o(settle_change)
  );

  vault_forget u_forget (
    .clk_i, .rst_ni, .flash_i, .call_i(forget), .entry_i(index_rsp.entry), .window_i(index_rsp.window),
    .return_o(forget_rsp), .drop_valid_o(drop_valid), .drop_ready_i(drop_ready), .drop_o(drop),
    .mem_o(forget_mem), .mem_i(mem_rsp), .object_o(forget_object), .object_i(object_rsp),
    .row_o(forget_row), .row_i(row_rsp), .store_o(forget_store), .store_i(store_rsp),
    .settle_o(forget_settle), .settle_i(settle_rsp), .change_o(forget_change)
  );

  vault_evict u_evict (
    .clk_i, .rst_ni, .call_i(evict), .return_o(evict_rsp),
    .mem_o(evict_mem), .mem_i(mem_rsp), .row_o(evict_row), .row_i(row_rsp),
    .object_o(evict_object), .object_i(object_rsp), .index_o(evict_index), .index_i(index_rsp),
    .forget_o(evict_forget), .forget_i(forget_rsp), .change_o(evict_change)
  );

  vault_sweep u_sweep (
    .clk_i, .rst_ni, .call_i(sweep), .return_o(sweep_rsp),
    .row_o(sweep_row), .row_i(row_rsp), .object_o(sweep_object), .object_i(object_rsp),
    .index_o(sweep_index), .index_i(index_rsp),
    .forget_o(sweep_forget), .forget_i(forget_rsp), .change_o(sweep_change)
  );

  vault_room u_room (
    .clk_i, .rst_ni, .buckets_i(32'(buckets_i)), .call_i(room), .return_o(room_rsp),
    .dead_pages_i(globals_o.dead_pages), .sweep_step_i(globals_o.sweep_step),
    .row_o(room_row), .row_i(row_rsp), .evict_o(room_evict), .evict_i(evict_rsp),
    .sweep_o(room_sweep), .sweep_i(sweep_rsp)
  );

  // What comes back is put as its stub and what was in front of it in flash say.
  vault_pkg::command_t serial_put;
  always_comb begin
    serial_put = command;
    if (state_q == S_PROMOTE) begin
      serial_put.bytes  = 17'(tier_args_i.bytes) - vault_pkg::FlashHeaderBytes;
      serial_put.stored = back_stored;
      serial_put.same   = back_same;
      serial_put.raw    = back_raw;
      serial_put.crc    = back_crc;
      serial_put.shape  = back_shape;
    end
  end

  vault_put u_put (
    .clk_i, .rst_ni, .slot_limit_i, .flash_i,
    .call_i((state_q == S_WORK && is_put) || state_q == S_RECOVER || state_q == S_PROMOTE),
    .recovers_i(state_q == S_RECOVER), .promotes_i(state_q == S_PROMOTE), .writes_o(put_writes), .lost_i(copy_error), .args_i(tier_args_i),
    .command_i(serial_put), .tried_i(state_q == S_RECOVER || state_q == S_PROMOTE ? vault_puts_pkg::TRIED_NOTHING : tried), .done_o(put_done), .result_o(put_result), .short_o(put_short),
    .held_o(held), .used_i(index_used_i), .age_i(globals_o.age),
    .mem_o(put_mem), .mem_i(mem_rsp), .index_o(put_index), .index_i(index_rsp),
    .row_o(put_row), .row_i(row_rsp), .object_o(put_object), .object_i(object_rsp),
    .object_forget_o(put_unmade), .store_o(put_store), .store_i(store_rsp),
    .forget_o(put_forget), .forget_i(forget_rsp), .evict_o(put_evict), .evict_i(evict_rsp),
    .room_o(room), .room_i(room_rsp), .settle_o(put_settle), .settle_i(settle_rsp),
    .change_o(put_change)
  );

  vault_admin u_admin (
    .clk_i, .rst_ni,
    .call_i(state_q == S_WORK && !is_put && !is_tier), .command_i(command), .done_o(admin_done),
    .result_o(admin_result), .value_o(value), .answer_row_o(answer_row), .clear_o(clear), .wipe_o, .wiped_i,
    .buckets_i(32'(buckets_i)), .sweep_step_i(globals_o.sweep_step),
    .index_o(admin_index), .index_i(index_rsp), .row_o(admin_row), .row_i(row_rsp),
    .object_o(admin_object), .object_i(object_rsp), .store_o(admin_store), .store_i(store_rsp),
    .forget_o(admin_forget), .forget_i(forget_rsp), .evict_o(admin_evict), .evict_i(evict_rsp),
    .sweep_o(admin_sweep), .sweep_i(sweep_rsp), .change_o(admin_change)
  );

  vault_totals u_totals (
    .clk_i, .rst_ni, .buckets_i(32'(buckets_i)), .clear_i(clear), .change_i(change),
    .committed_units_i(committed_units), .committed_slots_i(committed_slots),
    .committed_flash_i(committed_flash), .committed_durable_i(committed_durable),
    .globals_o, .counters_o, .event_o
  );

  `PAMC_ASSERT(a_promote, promote_q == (state_q == S_PROMOTE))
  // Puts beside each other have ended, or wait for the one that was diverted.
  `PAMC_ASSERT(a_one_answers, !(state_q == S_ANSWER && puts_answers))

  // Calls nest: of the modules that are called, one asks for something.
  `PAMC_ASSERT(a_one_asks_memory, 3'(put_mem.valid) + 3'(index_mem.valid) + 3'(object_mem.valid) +
                                  3'(forget_mem.valid) + 3'(evict_mem.valid) + 3'(tier_mem.valid) <= 3'd1)
  `PAMC_ASSERT(a_one_asks_index, 3'(put_index.valid) + 3'(admin_index.valid) + 3'(settle_index.valid) +
                                 3'(evict_index.valid) + 3'(sweep_index.valid) + 3'(tier_index.valid) <= 3'd1)

endmodule
