// SPDX-License-Identifier: Apache-2.0
//
// The index as the card has it: the table, lookups of handles in front of it, and a way to
// the table for whoever changes it. That one goes first: it asks for little, and waits for
// each answer.
//
// Commands that take an object's slot out of the index (or replace it, or clear all) drop
// it from the lookups' cache as they are taken, so nobody has to think of it.

`include "check.svh"

module index_core (
  input  logic                             clk_i,
  input  logic                             rst_ni,
  // Memories that are protected (ecc_pkg): errors to be made, errors found.
  input  ecc_pkg::inject_t                 inject_i,
  output logic [ecc_pkg::Memories-1:0][1:0] ecc_o,

  // Stay as they are. The table's and the units' first line; secrets of the hash: k1, k0.
  input  logic [dram_pkg::LineBits-1:0]    table_line_i,
  input  logic [dram_pkg::LineBits-1:0]    units_line_i,
  input  logic [index_pkg::BucketBits-1:0] buckets_i,
  input  logic [127:0]                     page_secret_i,
  input  logic [127:0]                     object_secret_i,

  // Lookups.
  input  logic                             handle_valid_i,
  output logic                             handle_ready_o,
  input  index_pkg::handle_t               handle_i,
  output logic                             place_valid_o,
  input  logic                             place_ready_i,
  output index_pkg::place_t                place_o,

  // Memory has failed somebody who looks for objects in it every time: lookups are not to know
  // better by what they found before.
  input  logic                             forget_i,

  // Commands. The highest bit of their ids is not kept.
  input  logic                             command_valid_i,
  output logic                             command_ready_o,
  input  index_pkg::command_t              command_i,
  output logic                             answer_valid_o,
  input  logic                             answer_ready_i,
  output index_pkg::answer_t               answer_o,

  // A bucket that such a command will name: a hint.
  input  logic                             soon_valid_i,
  output logic                             soon_ready_o,
  input  logic [index_pkg::BucketBits-1:0] soon_bucket_i,

  // Card DRAM: the table's port, and one that reads records.
  output logic                             req_valid_o,
  input  logic                             req_ready_i,
  output dram_pkg::req_t                   req_o,
  output logic                             wdata_valid_o,
  input  logic                             wdata_ready_i,
  output dram_pkg::wdata_t                 wdata_o,
  input  logic                             rdata_valid_i,
  input  dram_pkg::rdata_t                 rdata_i,
  output logic                             record_req_valid_o,
  input  logic                             record_req_ready_i,
  output dram_pkg::req_t                   record_req_o,
  input  logic                             record_rdata_valid_i,
  input  dram_pkg::rdata_t                 record_rdata_i,

  // An entry of the stash is lost: no search can be answered until INIT.
  output logic                             failed_o,

  output logic [31:0]                      used_o,
  output logic [63:0]                      moves_o,
  output logic [5:0]                       stash_level_o
);

  // Whose commands and answers: the highest bit of the id.
  localparam int unsigned Own = index_pkg::IdBits - 1;

  logic                search_valid, search_ready, command_valid, command_ready, answer_valid;
  logic                answer_ready, drop, drop_all, drop_q, drop_all_q, fire;
  logic [index_pkg::TagBits-1:0] drop_tag_q;
  index_pkg::command_t search, command, own;
  index_pkg::answer_t  answer;

  // What changes the table comes from whoever works for a put, by a long way: from a register.
  logic own_valid;
  lib_skid #(.Width($bits(own))) u_own (
    .clk_i, .rst_ni, .in_valid_i(command_valid_i), .in_ready_o(command_ready_o), .in_data_i(command_i),
    .out_valid_o(own_valid), .out_ready_i(command_ready), .out_data_o(own)
  );
  always_comb begin
    command = search;
    if (own_valid) begin
      command         = own;
      command.id[Own] = 1'b1;
    end
    answer_o         = answer;
    answer_o.id[Own] = 1'b0;
  end
  assign command_valid   = own_valid || search_valid;
  assign search_ready    = command_ready && !own_valid;
  assign answer_valid_o  = answer_valid && answer.id[Own];
  assign answer_ready    = answer_ready_i || !answer.id[Own];

  // As they are taken, not as they leave the register: no search goes between the two, so all that
  // come later see what the command has done.
  assign fire     = command_valid_i && command_ready_o;
  assign drop     = fire && command_i.expected.kind == index_pkg::KindObject &&
                    (command_i.op == index_pkg::OP_REMOVE || command_i.op == index_pkg::OP_REPLACE);
  assign drop_all = forget_i || (fire && command_i.op == index_pkg::OP_INIT);
  // Told to lookups a cycle later: a search that comes behind such a command takes longer than that.
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) {drop_q, drop_all_q} <= '0;
    else         {drop_q, drop_all_q} <= {drop, drop_all};
  end
  always_ff @(posedge clk_i) drop_tag_q <= command_i.expected.tag;

  ecc_pkg::event_t cache_ecc, recent_ecc, stash_ecc, ahead_ecc, places_ecc, handles_ecc, keys_ecc, found_ecc;
  always_comb begin
    ecc_o                      = '0;
    ecc_o[ecc_pkg::IndexCache] = cache_ecc;
    ecc_o[ecc_pkg::IndexStash] = stash_ecc;
    ecc_o[ecc_pkg::IndexAhead] = ahead_ecc;
    ecc_o[ecc_pkg::AheadPlaces] = places_ecc;
    ecc_o[ecc_pkg::IndexRecent] = recent_ecc;
    ecc_o[ecc_pkg::LookupHandles] = handles_ecc;
    ecc_o[ecc_pkg::LookupKeys]  = keys_ecc;
    ecc_o[ecc_pkg::LookupFound] = found_ecc;
  end

  index_table u_table (
    .clk_i, .rst_ni, .inject_i, .ecc_o(stash_ecc), .ecc_ahead_o(ahead_ecc), .ecc_places_o(places_ecc), .failed_o, .base_line_i(table_line_i), .buckets_i,
    .command_valid_i(command_valid), .command_ready_o(command_ready), .command_i(command),
    .answer_valid_o(answer_valid), .answer_ready_i(answer_ready), .answer_o(answer),
    .soon_valid_i, .soon_ready_o, .soon_bucket_i, .req_valid_o, .req_ready_i, .req_o, .wdata_valid_o, .wdata_ready_i, .wdata_o,
    .rdata_valid_i, .rdata_i, .used_o, .moves_o, .stash_level_o
  );

  index_lookup u_lookup (
    .clk_i, .rst_ni, .inject_i, .ecc_o(cache_ecc), .ecc_recent_o(recent_ecc), .ecc_handles_o(handles_ecc), .ecc_keys_o(keys_ecc), .ecc_found_o(found_ecc),
    .base_line_i(units_line_i), .buckets_i, .page_secret_i, .object_secret_i,
    .handle_valid_i, .handle_ready_o, .handle_i, .place_valid_o, .place_ready_i, .place_o,
    .command_valid_o(search_valid), .command_ready_i(search_ready), .command_o(search),
    .answer_valid_i(answer_valid && !answer.id[Own]), .answer_i(answer),
    .drop_i(drop_q), .drop_tag_i(drop_tag_q), .drop_all_i(drop_all_q),
    .req_valid_o(record_req_valid_o), .req_ready_i(record_req_ready_i), .req_o(record_req_o),
    .rdata_valid_i(record_rdata_valid_i), .rdata_i(record_rdata_i)
  );

endmodule
