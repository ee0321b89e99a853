// SPDX-License-Identifier: Apache-2.0
//
// The serial engine that changes what is kept, without the engines it drives: index, store
// and record writer are behind ports, so that it can be tested with others in their place.
// One operation at a time; the README draws who calls whom. Requests of several callers of
// a module are ored: calls nest, so only the innermost one asks for anything.

`include "check.svh"

module vault_core (
  input  logic                             clk_i,
  input  logic                             rst_ni,

  // Where things are, how many there are, and the keys of the hash: (k1, k0) each. They
  // stay as they are, but before INIT.
  input  logic [dram_pkg::LineBits-1:0]    units_line_i,
  input  logic [31:0]                      units_i,
  input  logic [index_pkg::BucketBits-1:0] buckets_i,
  input  logic [31:0]                      slot_limit_i,
  input  logic [127:0]                     page_secret_i,
  input  logic [127:0]                     object_secret_i,

  input  logic                             command_valid_i,
  output logic                             command_ready_o,
  input  vault_pkg::command_t              command_i,
  // A put's stream, 16 bytes a beat, zeroes behind its end; all of it is taken in any case.
  input  logic                             payload_valid_i,
  output logic                             payload_ready_o,
  input  logic [127:0]                     payload_i,
  output logic                             answer_valid_o,
  input  logic                             answer_ready_i,
  output vault_pkg::answer_t               answer_o,

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

  // The store.
  output logic                             store_valid_o,
  input  logic                             store_ready_i,
  output store_pkg::cmd_t                  store_o,
  input  logic                             given_valid_i,
  output logic                             given_ready_o,
  input  store_pkg::answer_t               given_i,

  // The writer of records.
  output logic                             write_valid_o,
  input  logic                             write_ready_i,
  output record_pkg::write_cmd_t           write_o,
  output logic                             extent_valid_o,
  input  logic                             extent_ready_i,
  output record_pkg::extent_t              extent_o,
  output logic                             stream_valid_o,
  input  logic                             stream_ready_i,
  output logic [127:0]                     stream_o,
  input  logic                             written_valid_i,
  output logic                             written_ready_o,
  input  logic                             written_error_i
);

  // The operation.
  typedef enum logic [1:0] {S_IDLE, S_WORK, S_ANSWER} state_e;
  state_e              state_q;
  vault_pkg::command_t command_q;
  vault_pkg::answer_t  answer_q;
  logic                is_put, put_done, admin_done, clear;
  vault_pkg::result_e  put_result, admin_result;
  logic [31:0]         value;
  vault_pkg::row_t     answer_row;
  assign is_put = command_q.op == vault_pkg::OP_PUT;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q <= S_IDLE;
    end else begin
      case (state_q)
        S_IDLE:  if (command_valid_i) state_q <= S_WORK;
        S_WORK:  if (put_done || admin_done) state_q <= S_ANSWER;
        default: if (answer_ready_i) state_q <= S_IDLE;
      endcase
    end
  end
  always_ff @(posedge clk_i) begin
    if (state_q == S_IDLE) command_q <= command_i;
    if (state_q == S_WORK) begin
      answer_q.tag    <= command_q.tag;
      answer_q.result <= is_put ? put_result : admin_result;
      answer_q.value  <= is_put ? '0 : value;
      answer_q.row    <= answer_row;
    end
  end
  assign command_ready_o = state_q == S_IDLE;
  assign answer_valid_o  = state_q == S_ANSWER;
  assign answer_o        = answer_q;

  // Shared modules, and the parts of their requests by caller.
  vault_pkg::mem_req_t    mem, put_mem, index_mem, object_mem, forget_mem, evict_mem;
  vault_pkg::mem_rsp_t    mem_rsp;
  vault_pkg::index_req_t  index, put_index, admin_index, settle_index, evict_index, sweep_index;
  vault_pkg::index_rsp_t  index_rsp;
  vault_pkg::row_req_t    row, put_row, admin_row, settle_row, forget_row, evict_row, sweep_row, room_row;
  vault_pkg::row_rsp_t    row_rsp;
  vault_pkg::object_req_t object, put_object, admin_object, settle_object, forget_object, evict_object, sweep_object;
  vault_pkg::object_rsp_t object_rsp;
  vault_pkg::store_req_t  store, put_store, admin_store, settle_store, forget_store;
  vault_pkg::store_rsp_t  store_rsp;
  vault_pkg::call_t       settle, put_settle, forget_settle;
  vault_pkg::call_t       forget, put_forget, admin_forget, evict_forget, sweep_forget;
  vault_pkg::call_t       evict, put_evict, admin_evict, room_evict;
  vault_pkg::call_t       sweep, admin_sweep, room_sweep;
  vault_pkg::call_t       room;
  vault_pkg::return_t     settle_rsp, forget_rsp, evict_rsp, sweep_rsp, room_rsp;
  vault_pkg::change_t     change, put_change, admin_change, settle_change, forget_change, evict_change, sweep_change;
  logic                   put_unmade, settle_unmade;
  logic [31:0]            held;
  logic [47:0]            committed_units, committed_slots;

  assign mem    = put_mem | index_mem | object_mem | forget_mem | evict_mem;
  assign index  = put_index | admin_index | settle_index | evict_index | sweep_index;
  assign row    = put_row | admin_row | settle_row | forget_row | evict_row | sweep_row | room_row;
  assign object = put_object | admin_object | settle_object | forget_object | evict_object | sweep_object;
  assign store  = put_store | admin_store | settle_store | forget_store;
  assign settle = put_settle | forget_settle;
  assign forget = put_forget | admin_forget | evict_forget | sweep_forget;
  assign evict  = put_evict | admin_evict | room_evict;
  assign sweep  = admin_sweep | room_sweep;
  assign change = put_change | admin_change | settle_change | forget_change | evict_change | sweep_change;

  vault_memory u_memory (
    .clk_i, .rst_ni, .base_line_i(units_line_i), .units_i,
    .req_i(mem), .rsp_o(mem_rsp),
    .req_valid_o, .req_ready_i, .req_o, .wdata_valid_o, .wdata_ready_i, .wdata_o, .rdata_valid_i, .rdata_i
  );

  vault_index u_index (
    .clk_i, .rst_ni, .buckets_i, .page_secret_i, .object_secret_i,
    .req_i(index), .rsp_o(index_rsp), .mem_o(index_mem), .mem_i(mem_rsp),
    .command_valid_o(index_valid_o), .command_ready_i(index_ready_i), .command_o(index_o),
    .answer_valid_i(found_valid_i), .answer_ready_o(found_ready_o), .answer_i(found_i)
  );

  vault_contents u_contents (
    .clk_i, .rst_ni, .units_i, .slots_i(slot_limit_i), .req_i(row), .rsp_o(row_rsp),
    .committed_units_o(committed_units), .committed_slots_o(committed_slots)
  );

  vault_object u_object (
    .clk_i, .rst_ni, .req_i(object), .rsp_o(object_rsp),
    .forget_i(put_unmade || settle_unmade || clear), .mem_o(object_mem), .mem_i(mem_rsp)
  );

  vault_store u_store (
    .clk_i, .rst_ni, .units_i, .req_i(store), .rsp_o(store_rsp),
    .payload_valid_i, .payload_ready_o, .payload_i,
    .cmd_valid_o(store_valid_o), .cmd_ready_i(store_ready_i), .cmd_o(store_o),
    .answer_valid_i(given_valid_i), .answer_ready_o(given_ready_o), .answer_i(given_i),
    .write_valid_o, .write_ready_i, .write_o, .extent_valid_o, .extent_ready_i, .extent_o,
    .stream_valid_o, .stream_ready_i, .stream_o, .written_valid_i, .written_ready_o, .written_error_i
  );

  vault_settle u_settle (
    .clk_i, .rst_ni, .call_i(settle), .return_o(settle_rsp), .held_i(held),
    .object_o(settle_object), .object_i(object_rsp), .object_forget_o(settle_unmade),
    .index_o(settle_index), .index_i(index_rsp), .row_o(settle_row), .row_i(row_rsp),
    .store_o(settle_store), .store_i(store_rsp), .change_o(settle_change)
  );

  vault_forget u_forget (
    .clk_i, .rst_ni, .call_i(forget), .entry_i(index_rsp.entry), .window_i(index_rsp.window),
    .return_o(forget_rsp),
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

  vault_put u_put (
    .clk_i, .rst_ni, .slot_limit_i,
    .call_i(state_q == S_WORK && is_put), .command_i(command_q), .done_o(put_done), .result_o(put_result),
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
    .call_i(state_q == S_WORK && !is_put), .command_i(command_q), .done_o(admin_done),
    .result_o(admin_result), .value_o(value), .answer_row_o(answer_row), .clear_o(clear),
    .buckets_i(32'(buckets_i)), .sweep_step_i(globals_o.sweep_step),
    .index_o(admin_index), .index_i(index_rsp), .row_o(admin_row), .row_i(row_rsp),
    .object_o(admin_object), .object_i(object_rsp), .store_o(admin_store), .store_i(store_rsp),
    .forget_o(admin_forget), .forget_i(forget_rsp), .evict_o(admin_evict), .evict_i(evict_rsp),
    .sweep_o(admin_sweep), .sweep_i(sweep_rsp), .change_o(admin_change)
  );

  vault_totals u_totals (
    .clk_i, .rst_ni, .buckets_i(32'(buckets_i)), .clear_i(clear), .change_i(change),
    .committed_units_i(committed_units), .committed_slots_i(committed_slots),
    .globals_o, .counters_o, .event_o
  );

  // Calls nest: of the modules that are called, one asks for something.
  `PAMC_ASSERT(a_one_asks_memory, 3'(put_mem.valid) + 3'(index_mem.valid) + 3'(object_mem.valid) +
                                  3'(forget_mem.valid) + 3'(evict_mem.valid) <= 3'd1)
  `PAMC_ASSERT(a_one_asks_index, 3'(put_index.valid) + 3'(admin_index.valid) + 3'(settle_index.valid) +
                                 3'(evict_index.valid) + 3'(sweep_index.valid) <= 3'd1)

endmodule
