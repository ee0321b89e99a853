// SPDX-License-Identifier: Apache-2.0
//
// Where pages are kept: what changes it (vault_core) with the index, the allocator and the
// writers of records that it drives. Lookups go on beside it through the index's own
// port: they see the page that was or the one that is, or none.
//
// Five ports of card DRAM, by who asks: core (objects, lists, headers), table (the index),
// lookup (records' headers, reads only), store (free runs, map, scrubbing), write (records,
// writes only). Requests that touch one line must take effect in the order in which they
// were accepted, whichever port they came from (dram_pkg).

`include "check.svh"

module vault_top (
  input  logic                             clk_i,
  input  logic                             rst_ni,
  // Memories that are protected (ecc_pkg): errors to be made, errors found.
  input  ecc_pkg::inject_t                 inject_i,
  output logic [ecc_pkg::Memories-1:0][1:0] ecc_o,

  // The layout of card DRAM, in lines: index, map, units, in this order. Keys of the hash: k1, k0. Set
  // before INIT, and then they stay.
  input  logic [dram_pkg::LineBits-1:0]    table_line_i,
  input  logic [index_pkg::BucketBits-1:0] buckets_i,
  input  logic [dram_pkg::LineBits-1:0]    map_line_i,
  input  logic [dram_pkg::LineBits-1:0]    units_line_i,
  input  logic [31:0]                      units_i,
  input  logic [31:0]                      slot_limit_i,
  input  logic [127:0]                     page_secret_i,
  input  logic [127:0]                     object_secret_i,
  // There is flash behind memory: what may go there is in lists by age, and puts of persistent
  // pages go one at a time.
  input  logic                             flash_i,

  // Operations; answers in any order, told apart by the tag. Two of one handle must not be
  // inside at the same time, nor two with one tag.
  input  logic                             command_valid_i,
  output logic                             command_ready_o,
  input  vault_pkg::command_t              command_i,
  output logic [1:0][vault_pkg::TagBits-1:0] payload_tag_o,
  input  logic [1:0]                       payload_valid_i,
  output logic [1:0]                       payload_ready_o,
  input  logic [1:0][127:0]                payload_i,
  output logic                             answer_valid_o,
  input  logic                             answer_ready_i,
  output vault_pkg::answer_t               answer_o,

  // Arguments of OP_TIER_*, held while one is inside, and the record that it told of. Places
  // in flash that were dropped: the vault waits, in the middle of any operation, when 16 of them
  // have not been taken, so who waits for its answer must take them meanwhile.
  input  vault_pkg::tier_args_t            tier_args_i,
  output vault_pkg::tier_record_t          tier_record_o,
  output logic                             drop_valid_o,
  input  logic                             drop_ready_i,
  output vault_pkg::drop_t                 drop_o,

  // Lookups.
  input  logic                             handle_valid_i,
  output logic                             handle_ready_o,
  input  index_pkg::handle_t               handle_i,
  output logic                             place_valid_o,
  input  logic                             place_ready_i,
  output index_pkg::place_t                place_o,

  // Figures. event_o: for the counters of pools, a cycle long.
  output vault_pkg::globals_t              globals_o,
  output vault_pkg::counters_t             counters_o,
  output vault_pkg::event_t                event_o,
  output vault_puts_pkg::stats_t           puts_stats_o,
  output logic [31:0]                      index_used_o,
  output logic [63:0]                      index_moves_o,
  output logic [5:0]                       stash_used_o,
  output store_pkg::counters_t             store_counters_o,
  output logic                             store_busy_o,
  // Memory failed the store: it refuses everything until INIT. So do all operations when
  // the table of contents or the index's stash has failed.
  output logic                             broken_o,
  output logic                             failed_o,
  // It has to fail, too: what was to be done with a page is not known any more. Held until failed_o.
  input  logic                             fail_i,

  output logic                             core_req_valid_o,
  input  logic                             core_req_ready_i,
  output dram_pkg::req_t                   core_req_o,
  output logic                             core_wdata_valid_o,
  input  logic                             core_wdata_ready_i,
  output dram_pkg::wdata_t                 core_wdata_o,
  input  logic                             core_rdata_valid_i,
  input  dram_pkg::rdata_t                 core_rdata_i,

  output logic                             table_req_valid_o,
  input  logic                             table_req_ready_i,
  output dram_pkg::req_t                   table_req_o,
  output logic                             table_wdata_valid_o,
  input  logic                             table_wdata_ready_i,
  output dram_pkg::wdata_t                 table_wdata_o,
  input  logic                             table_rdata_valid_i,
  input  dram_pkg::rdata_t                 table_rdata_i,

  output logic                             lookup_req_valid_o,
  input  logic                             lookup_req_ready_i,
  output dram_pkg::req_t                   lookup_req_o,
  input  logic                             lookup_rdata_valid_i,
  input  dram_pkg::rdata_t                 lookup_rdata_i,

  output logic                             store_req_valid_o,
  input  logic                             store_req_ready_i,
  output dram_pkg::req_t                   store_req_o,
  output logic                             store_wdata_valid_o,
  input  logic                             store_wdata_ready_i,
  output dram_pkg::wdata_t                 store_wdata_o,
  input  logic                             store_rdata_valid_i,
  input  dram_pkg::rdata_t                 store_rdata_i,

  output logic                             write_req_valid_o,
  input  logic                             write_req_ready_i,
  output dram_pkg::req_t                   write_req_o,
  output logic                             write_wdata_valid_o,
  input  logic                             write_wdata_ready_i,
  output dram_pkg::wdata_t                 write_wdata_o
);

  logic                   index_valid, index_ready, found_valid, found_ready;
  index_pkg::command_t    index;
  index_pkg::answer_t     found;
  logic                   store_valid, store_ready, given_valid, given_ready;
  store_pkg::cmd_t        store;
  store_pkg::answer_t     given;
  logic                   bucket_valid, bucket_ready;
  logic [index_pkg::BucketBits-1:0] bucket;
  logic                   soon_valid, soon_ready;
  logic [31:0]            soon_unit;
  logic [7:0]             soon_units;
  logic [1:0]             write_valid, write_ready, extent_valid, extent_ready, stream_valid, stream_ready;
  logic [1:0]             written_valid, written_error;
  record_pkg::write_cmd_t write_0, write_1;
  record_pkg::extent_t    extent_0, extent_1;
  logic [1:0][127:0]      stream;

  // Lookups of puts go first: they are few. Their ids have the highest bit set.
  logic                   put_handle_valid, any_ready, any_valid;
  index_pkg::handle_t     put_handle, any_handle;
  index_pkg::place_t      any_place;
  localparam int unsigned Own = index_pkg::IdBits - 1;
  always_comb begin
    any_handle = handle_i;
    if (put_handle_valid) begin
      any_handle         = put_handle;
      any_handle.id[Own] = 1'b1;
    end
  end
  assign handle_ready_o = any_ready && !put_handle_valid;
  assign place_valid_o  = any_valid && !any_place.id[Own];
  assign place_o        = any_place;

  // Two clocks that stand while nothing is inside: gets need the index alone, and a card at rest
  // nothing. Whoever waits for an answer is awake, and so is who is offered something; a stream is
  // taken only of a put that is inside.
  logic                         core_busy, index_busy, core_clk, index_clk;
  logic [vault_pkg::TagBits:0]  inside_q;
  logic [index_pkg::IdBits:0]   looked_q;
  // What it has to do was asked for from here, and the clock runs on for a while after that.
  logic                         store_busy, store_busy_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      inside_q <= '0;
      looked_q <= '0;
      store_busy_q <= 1'b0;
    end else begin
      inside_q <= inside_q + (vault_pkg::TagBits + 1)'(command_valid_i && command_ready_o) -
                  (vault_pkg::TagBits + 1)'(answer_valid_o && answer_ready_i);
      store_busy_q <= store_busy;
      looked_q <= looked_q + (index_pkg::IdBits + 1)'(handle_valid_i && handle_ready_o) -
                  (index_pkg::IdBits + 1)'(place_valid_o && place_ready_i);
    end
  end
  // Told from a register, and yet never too late: the store begins only what a command asks for that is
  // still inside a cycle later, as the command waits for the store's answer.
  assign store_busy_o = store_busy_q || inside_q != '0;
  assign core_busy  = command_valid_i || fail_i || inside_q != '0 || answer_valid_o || drop_valid_o ||
                      (any_valid && any_place.id[Own]) || store_busy_q || inject_i.valid ||
                      core_req_valid_o || core_wdata_valid_o || core_rdata_valid_i ||
                      store_req_valid_o || store_wdata_valid_o || store_rdata_valid_i ||
                      write_req_valid_o || write_wdata_valid_o;
  // A put that looks for its page is inside.
  assign index_busy = core_busy || handle_valid_i || looked_q != '0 || erred ||
                      table_req_valid_o || table_wdata_valid_o || table_rdata_valid_i ||
                      lookup_req_valid_o || lookup_rdata_valid_i;
  lib_idle_clock u_core_clock  (.clk_i, .rst_ni, .busy_i(core_busy), .clk_o(core_clk));
  lib_idle_clock u_index_clock (.clk_i, .rst_ni, .busy_i(index_busy), .clk_o(index_clk));

  logic [ecc_pkg::Memories-1:0][1:0] index_ecc, store_ecc;
  ecc_pkg::event_t                   contents_ecc, recent_ecc, extents_ecc;
  logic                              index_failed, erred, extents_lost_q;
  // Whatever was written or freed by it: nobody is to be told anything of pages from here on.
  always_ff @(posedge core_clk or negedge rst_ni) begin
    if (!rst_ni) extents_lost_q <= 1'b0;
    else         extents_lost_q <= ecc_o[ecc_pkg::Extents][0];
  end
  always_comb begin
    ecc_o                    = index_ecc | store_ecc;
    ecc_o[ecc_pkg::Contents] = contents_ecc;
    ecc_o[ecc_pkg::VaultRecent] = recent_ecc;
    ecc_o[ecc_pkg::Extents]  = extents_ecc | store_ecc[ecc_pkg::Extents];
  end

  // Who writes: two writers of records, who wipes memory, who copies records.
  logic [3:0]                         req_valid, req_ready, wdata_valid, wdata_ready;
  logic [3:0][dram_pkg::ReqBits-1:0]  req;
  logic [3:0][dram_pkg::WdataBits-1:0] wdata;
  logic                   wipe, wiped;
  dram_pkg::req_t         copy_req;
  dram_pkg::wdata_t       copy_wdata;
  vault_core u_core (
    .clk_i(core_clk), .rst_ni, .inject_i, .ecc_o(contents_ecc), .ecc_recent_o(recent_ecc), .ecc_extents_o(extents_ecc), .index_failed_i(index_failed), .fail_i(fail_i || extents_lost_q), .failed_o, .erred_o(erred), .units_line_i, .units_i, .buckets_i, .slot_limit_i, .page_secret_i, .object_secret_i, .flash_i,
    .tier_args_i, .tier_record_o, .drop_valid_o, .drop_ready_i, .drop_o,
    .command_valid_i, .command_ready_o, .command_i, .payload_tag_o, .payload_valid_i, .payload_ready_o, .payload_i,
    .answer_valid_o, .answer_ready_i, .answer_o, .globals_o, .counters_o, .event_o,
    .req_valid_o(core_req_valid_o), .req_ready_i(core_req_ready_i), .req_o(core_req_o),
    .wdata_valid_o(core_wdata_valid_o), .wdata_ready_i(core_wdata_ready_i), .wdata_o(core_wdata_o),
    .rdata_valid_i(core_rdata_valid_i), .rdata_i(core_rdata_i),
    .index_valid_o(index_valid), .index_ready_i(index_ready), .index_o(index),
    .found_valid_i(found_valid), .found_ready_o(found_ready), .found_i(found), .index_used_i(index_used_o),
    .store_valid_o(store_valid), .store_ready_i(store_ready), .store_o(store),
    .given_valid_i(given_valid), .given_ready_o(given_ready), .given_i(given),
    .bucket_valid_o(bucket_valid), .bucket_ready_i(bucket_ready), .bucket_o(bucket), .soon_valid_o(soon_valid), .soon_ready_i(soon_ready), .soon_unit_o(soon_unit), .soon_units_o(soon_units),
    .handle_valid_o(put_handle_valid), .handle_ready_i(any_ready), .handle_o(put_handle),
    .place_valid_i(any_valid && any_place.id[Own]), .place_i(any_place),
    .write_valid_o(write_valid), .write_ready_i(write_ready), .write_0_o(write_0), .write_1_o(write_1),
    .extent_valid_o(extent_valid), .extent_ready_i(extent_ready), .extent_0_o(extent_0), .extent_1_o(extent_1),
    .stream_valid_o(stream_valid), .stream_ready_i(stream_ready), .stream_o(stream),
    .written_valid_i(written_valid), .written_error_i(written_error), .wipe_o(wipe), .wiped_i(wiped), .puts_stats_o,
    .copy_req_valid_o(req_valid[3]), .copy_req_ready_i(req_ready[3]), .copy_req_o(copy_req),
    .copy_wdata_valid_o(wdata_valid[3]), .copy_wdata_ready_i(wdata_ready[3]), .copy_wdata_o(copy_wdata)
  );

  index_core u_index (
    .clk_i(index_clk), .rst_ni, .inject_i, .ecc_o(index_ecc), .failed_o(index_failed), .forget_i(erred), .table_line_i, .units_line_i, .buckets_i, .page_secret_i, .object_secret_i,
    .handle_valid_i(handle_valid_i || put_handle_valid), .handle_ready_o(any_ready), .handle_i(any_handle),
    .place_valid_o(any_valid), .place_ready_i(place_ready_i || any_place.id[Own]), .place_o(any_place),
    .command_valid_i(index_valid), .command_ready_o(index_ready), .command_i(index),
    .answer_valid_o(found_valid), .answer_ready_i(found_ready), .answer_o(found),
    .soon_valid_i(bucket_valid), .soon_ready_o(bucket_ready), .soon_bucket_i(bucket),
    .req_valid_o(table_req_valid_o), .req_ready_i(table_req_ready_i), .req_o(table_req_o),
    .wdata_valid_o(table_wdata_valid_o), .wdata_ready_i(table_wdata_ready_i), .wdata_o(table_wdata_o),
    .rdata_valid_i(table_rdata_valid_i), .rdata_i(table_rdata_i),
    .record_req_valid_o(lookup_req_valid_o), .record_req_ready_i(lookup_req_ready_i),
    .record_req_o(lookup_req_o), .record_rdata_valid_i(lookup_rdata_valid_i),
    .record_rdata_i(lookup_rdata_i),
    .used_o(index_used_o), .moves_o(index_moves_o), .stash_level_o(stash_used_o)
  );

  // It comes from whoever works for a put, by a long way: from a register.
  logic            cmd_valid, cmd_ready;
  store_pkg::cmd_t cmd;
  lib_skid #(.Width($bits(cmd))) u_cmd (
    .clk_i(core_clk), .rst_ni, .in_valid_i(store_valid), .in_ready_o(store_ready), .in_data_i(store),
    .out_valid_o(cmd_valid), .out_ready_i(cmd_ready), .out_data_o(cmd)
  );
  logic [31:0] peek_head;
  store_alloc u_store (
    .clk_i(core_clk), .rst_ni, .inject_i, .ecc_o(store_ecc), .units_line_i, .map_line_i,
    .cmd_valid_i(cmd_valid), .cmd_ready_o(cmd_ready), .cmd_i(cmd),
    .soon_valid_i(soon_valid), .soon_ready_o(soon_ready), .soon_unit_i(soon_unit), .soon_units_i(soon_units),
    .answer_valid_o(given_valid), .answer_ready_i(given_ready), .answer_o(given),
    .req_valid_o(store_req_valid_o), .req_ready_i(store_req_ready_i), .req_o(store_req_o),
    .wdata_valid_o(store_wdata_valid_o), .wdata_ready_i(store_wdata_ready_i), .wdata_o(store_wdata_o),
    .rdata_valid_i(store_rdata_valid_i), .rdata_i(store_rdata_i),
    .counters_o(store_counters_o), .busy_o(store_busy), .broken_o,
    .peek_bin_i(9'd0), .peek_head_o(peek_head)
  );

  for (genvar w = 0; w < 2; w++) begin : g_write
    record_pkg::write_cmd_t write;
    record_pkg::extent_t    extent;
    dram_pkg::req_t         own_req;
    dram_pkg::wdata_t       own_wdata;
    assign write  = w == 0 ? write_0 : write_1;
    assign extent = w == 0 ? extent_0 : extent_1;
    record_write u_write (
      .clk_i(core_clk), .rst_ni, .base_i(units_line_i),
      .cmd_valid_i(write_valid[w]), .cmd_ready_o(write_ready[w]), .cmd_i(write),
      .extent_valid_i(extent_valid[w]), .extent_ready_o(extent_ready[w]), .extent_i(extent),
      .stream_valid_i(stream_valid[w]), .stream_ready_o(stream_ready[w]), .stream_i(stream[w]),
      .req_valid_o(req_valid[w]), .req_ready_i(req_ready[w]), .req_o(own_req),
      .wdata_valid_o(wdata_valid[w]), .wdata_ready_i(wdata_ready[w]), .wdata_o(own_wdata),
      .done_valid_o(written_valid[w]), .done_ready_i(1'b1), .done_error_o(written_error[w])
    );
    assign req[w]   = own_req;
    assign wdata[w] = own_wdata;
  end

  dram_pkg::req_t   wipe_req;
  dram_pkg::wdata_t wipe_wdata;
  vault_wipe u_wipe (
    .clk_i(core_clk), .rst_ni, .call_i(wipe), .first_line_i(table_line_i), .end_line_i(units_line_i), .done_o(wiped),
    .req_valid_o(req_valid[2]), .req_ready_i(req_ready[2]), .req_o(wipe_req),
    .wdata_valid_o(wdata_valid[2]), .wdata_ready_i(wdata_ready[2]), .wdata_o(wipe_wdata)
  );
  assign req[2]   = wipe_req;
  assign wdata[2] = wipe_wdata;
  assign req[3]   = copy_req;
  assign wdata[3] = copy_wdata;

  vault_writes #(.Writers(4)) u_writes (
    .clk_i(core_clk), .rst_ni,
    .req_valid_i(req_valid), .req_ready_o(req_ready), .req_i(req),
    .wdata_valid_i(wdata_valid), .wdata_ready_o(wdata_ready), .wdata_i(wdata),
    .req_valid_o(write_req_valid_o), .req_ready_i(write_req_ready_i), .req_o(write_req_o),
    .wdata_valid_o(write_wdata_valid_o), .wdata_ready_i(write_wdata_ready_i), .wdata_o(write_wdata_o)
  );

  `PAMC_ASSERT(a_looks_inside, !put_handle_valid || inside_q != '0)
  `PAMC_ASSERT(a_pays_inside, (payload_valid_i & payload_ready_o) == '0 || inside_q != '0)

  logic unused;
  assign unused = &{1'b0, peek_head};

endmodule
