// SPDX-License-Identifier: Apache-2.0
//
// The executor: from entries to completions. rtl/exec/README.md has the figure.
//
// A command gets a slot, waits there for what it must not overtake (exec_hazard), goes
// to a lane or to the vault, and comes out as a result. Lanes have ports of their own to
// host memory and card DRAM; the vault and the index are outside and shared.

`include "check.svh"

module exec_top #(
  parameter int unsigned PutLanes = 2,
  parameter int unsigned GetLanes = 2,
  // Derived, not to be set: who reads host memory.
  parameter int unsigned Readers = PutLanes + GetLanes,
  parameter int unsigned Lookups = 2 * GetLanes + 1
) (
  input  logic                                             clk_i,
  input  logic                                             rst_ni,
  // Memories that are protected (ecc_pkg): errors to be made, errors found.
  input  ecc_pkg::inject_t                                 inject_i,
  output logic [ecc_pkg::Memories-1:0][1:0]                ecc_o,
  // A command was lost, and with it what happens to some page: the vault has to fail. Held until failed_i.
  output logic                                             fail_o,

  // Where units begin, how many there are; stay as they are while commands are inside.
  input  logic [dram_pkg::LineBits-1:0]                    units_base_i,
  input  logic [31:0]                                      units_i,
  // Counts cycles, as for entries' start.
  input  logic [31:0]                                      now_i,
  // There is flash behind card DRAM; from this line on the get lanes have room for records that
  // come from there, ask_pkg::StagingLines each. Both stay, too.
  input  logic                                             flash_i,
  input  logic [dram_pkg::LineBits-1:0]                    staging_line_i,
  // Pages that were flushed with their object or pool still take room (vault); steps of a whole
  // sweep, less one.
  input  logic                                             dead_i,
  input  logic [index_pkg::BucketBits-1:0]                 buckets_i,
  // What is asked of flash: held until done. Records are asked for apart from all else (fetch), which
  // may take much longer; one of the two is answered in a cycle.
  output logic                                             ask_valid_o,
  output ask_pkg::ask_t                                   ask_o,
  input  logic                                             ask_done_i,
  output logic                                             fetch_valid_o,
  output ask_pkg::ask_t                                   fetch_o,
  input  logic                                             fetch_done_i,
  input  ask_pkg::answer_e                                ask_answer_i,

  input  logic                                             entry_valid_i,
  output logic                                             entry_ready_o,
  input  queue_pkg::entry_t                                entry_i,
  output logic                                             completion_valid_o,
  input  logic                                             completion_ready_i,
  output queue_pkg::completion_t                           completion_o,

  // ---- Management.

  input  logic                                             pool_write_i,
  input  logic [exec_pkg::PoolBits-1:0]                    pool_number_i,
  input  exec_pkg::pool_t                                  pool_i,
  // No entries are taken; pages cannot be reached.
  input  logic                                             pause_i,
  input  logic                                             offline_i,
  // Every command is ABORTED.
  input  logic                                             refuse_i,
  // What must be known to find pages is lost: commands are INTERNAL.
  input  logic                                             failed_i,
  // For tests of hosts: puts find no space.
  input  logic                                             full_i,
  // Is a command of that pool inside? In the next cycle.
  input  logic [exec_pkg::PoolBits-1:0]                    ask_pool_i,
  output logic                                             ask_busy_o,
  // Is this command inside, from where its entry is offered to where its completion was
  // taken? Two cycles after it was named.
  input  exec_pkg::watch_t                                 watch_i,
  output logic                                             watch_inside_o,
  // No command is inside.
  output logic                                             idle_o,
  // The management core's own commands for the vault.
  input  logic                                             vault_valid_i,
  input  vault_pkg::command_t                              vault_i,
  output logic                                             vault_done_o,
  output vault_pkg::answer_t                               vault_answer_o,

  output logic                                             error_valid_o,
  input  logic                                             error_ready_i,
  output exec_pkg::error_t                                 error_o,
  output logic                                             latency_o,
  output logic [1:0]                                       latency_kind_o,
  output logic [31:0]                                      latency_cycles_o,
  // For the counters of pools, as in exec_done.
  output logic                                             get_o,
  output logic [1:0]                                       get_kind_o,
  output logic [exec_pkg::ContentsBits-1:0]                get_contents_o,
  output exec_pkg::counters_t                              counters_o,
  output logic [31:0]                                      hazard_stalls_o,

  // ---- Host memory: put lanes, then get lanes. Bits 1:0 of a tag are the lane's.

  output logic [Readers-1:0]                               read_valid_o,
  input  logic [Readers-1:0]                               read_ready_i,
  output logic [Readers-1:0][dma_pkg::ReadReqBits-1:0]     read_o,
  input  logic [Readers-1:0]                               answer_valid_i,
  input  dma_pkg::read_rsp_t                               answer_i,

  output logic [GetLanes-1:0]                              write_valid_o,
  input  logic [GetLanes-1:0]                              write_ready_i,
  output logic [GetLanes-1:0][dma_pkg::WriteReqBits-1:0]   write_o,
  output logic [GetLanes-1:0]                              data_valid_o,
  input  logic [GetLanes-1:0]                              data_ready_i,
  output logic [GetLanes-1:0][511:0]                       data_o,

  // ---- Index, vault, card DRAM (records of gets).

  output logic                                             handle_valid_o,
  input  logic                                             handle_ready_i,
  output index_pkg::handle_t                               handle_o,
  input  logic                                             place_valid_i,
  output logic                                             place_ready_o,
  input  index_pkg::place_t                                place_i,

  output logic                                             vault_valid_o,
  input  logic                                             vault_ready_i,
  output vault_pkg::command_t                              vault_o,
  input  logic [1:0][vault_pkg::TagBits-1:0]               payload_tag_i,
  output logic [1:0]                                       payload_valid_o,
  input  logic [1:0]                                       payload_ready_i,
  output logic [1:0][127:0]                                payload_o,
  input  logic                                             vault_answer_valid_i,
  input  vault_pkg::answer_t                               vault_answer_i,

  // dram_pkg::req_t of each get lane.
  output logic [GetLanes-1:0]                              req_valid_o,
  input  logic [GetLanes-1:0]                              req_ready_i,
  output logic [GetLanes-1:0][dram_pkg::LineBits+7:0]      req_o,
  input  logic [GetLanes-1:0]                              rdata_valid_i,
  input  dram_pkg::rdata_t                                 rdata_i,

  // lib_pkg::engine_stats_t of each lane's codec: put lanes, then get lanes.
  output logic [Readers-1:0][287:0]                        codec_stats_o,
  // For a lane (exec_dispatch), then in lanes: put_wait_t, get_wait_t of each.
  output logic [1:0]                                       lane_wait_o,
  output logic [PutLanes-1:0][exec_pkg::PutWaitBits-1:0]   put_wait_o,
  output logic [GetLanes-1:0][exec_pkg::GetWaitBits-1:0]   get_wait_o
);

  `PAMC_PARAM(g_lanes, PutLanes >= 1 && PutLanes <= 8 && GetLanes >= 1 && GetLanes <= 8)

  localparam int unsigned SlotBits = exec_pkg::SlotBits;

  // ---- Entries to commands in slots.

  logic                          pool_read;
  logic [exec_pkg::PoolBits-1:0] pool_number;
  exec_pkg::pool_t               pool;
  logic                          pool_wait, pool_error;
  ecc_pkg::event_t               pools_ecc;

  exec_pools u_pools (
    .clk_i, .rst_ni, .inject_i, .ecc_o(pools_ecc),
    .write_i(pool_write_i), .write_pool_i(pool_number_i), .write_data_i(pool_i),
    .read_i(pool_read), .read_pool_i(pool_number), .read_data_o(pool),
    .read_wait_o(pool_wait), .read_error_o(pool_error)
  );
  ecc_pkg::event_t               commands_ecc, copy_ecc, durable_ecc;
  logic [PutLanes-1:0]           page_corrected, page_lost;
  always_comb begin
    ecc_o                       = '0;
    ecc_o[ecc_pkg::Pools]       = pools_ecc;
    ecc_o[ecc_pkg::Commands]    = commands_ecc;
    ecc_o[ecc_pkg::CommandCopy] = copy_ecc;
    ecc_o[ecc_pkg::Durable]     = durable_ecc;
    ecc_o[ecc_pkg::PageIn]      = {page_corrected != '0, page_lost != '0};
  end

  logic               command_valid, command_ready, after, decode_idle, decode_watched, hazard_watched;
  exec_pkg::command_t command;
  exec_pkg::key_t     key;

  logic durable;
  exec_durable u_durable (
    .clk_i, .rst_ni, .inject_i, .ecc_o(durable_ecc), .use_i(pool.valid && !pool_wait), .done_i(vault_done_o), .command_i(vault_i), .answer_i(vault_answer_o), .contents_i(pool.contents), .durable_o(durable)
  );

  exec_decode u_decode (
    .clk_i, .rst_ni, .durable_i(durable), .pause_i, .offline_i, .refuse_i, .failed_i,
    .in_valid_i(entry_valid_i), .in_ready_o(entry_ready_o), .in_i(entry_i),
    .read_o(pool_read), .read_pool_o(pool_number), .pool_i(pool),
    .pool_wait_i(pool_wait), .pool_error_i(pool_error),
    .out_valid_o(command_valid), .out_ready_i(command_ready), .out_o(command), .key_o(key),
    .after_o(after), .idle_o(decode_idle), .watch_i, .watch_inside_o(decode_watched)
  );

  logic                start_valid, start_ready, leave, hazard_idle, hazard_busy;
  // As a mask: bit 1 a put, 2 a get or query, 3 a SYNC that waits for flash, 0 the rest.
  logic [3:0]          enter_kind, start_kind;
  logic                enter_put, enter_get, enter_sync;
  assign enter_put  = command.todo == exec_pkg::TASK_PUT;
  assign enter_get  = command.todo == exec_pkg::TASK_GET || command.todo == exec_pkg::TASK_QUERY;
  assign enter_sync = command.todo == exec_pkg::TASK_SYNC && command.durable;
  assign enter_kind = {enter_sync, enter_get, enter_put, !enter_put && !enter_get && !enter_sync};
  logic [SlotBits-1:0] enter_slot, start_slot, leave_slot;
  logic [SlotBits:0]   level;

  exec_hazard u_hazard (
    .clk_i, .rst_ni,
    .enter_valid_i(command_valid), .enter_ready_o(command_ready), .enter_key_i(key),
    .enter_after_i(after), .enter_kind_i(enter_kind), .enter_slot_o(enter_slot),
    .start_valid_o(start_valid), .start_ready_i(start_ready), .start_slot_o(start_slot), .start_kind_o(start_kind),
    .leave_i(leave), .leave_slot_i(leave_slot),
    .ask_pool_i, .ask_busy_o(hazard_busy), .watch_i, .watch_inside_o(hazard_watched), .idle_o(hazard_idle), .stalls_o(hazard_stalls_o),
    .inside_o(level)
  );
  // What is being decoded may be of any pool.
  assign ask_busy_o = hazard_busy || !decode_idle;
  assign idle_o     = hazard_idle && decode_idle;
  assign watch_inside_o = decode_watched || hazard_watched;

  // Readers of commands: done, flush; two of each put lane, three of each get lane; questions
  // (a SYNC needs no more of its command).
  localparam int unsigned Ports = 4 + 2 * PutLanes + 3 * GetLanes;
  logic [Ports-1:0][SlotBits-1:0]              port_slot;
  logic [Ports-1:0][exec_pkg::CommandWidth-1:0] port_command;
  logic [Ports-1:0]                            port_bad;
  logic [PutLanes-1:0]                         put_bad;
  logic [GetLanes-1:0]                         get_bad;
  logic                                        commands_lost, lost_q;

  exec_commands #(.Ports(Ports)) u_commands (
    .clk_i, .rst_ni, .inject_i, .ecc_o(commands_ecc), .ecc_copy_o(copy_ecc),
    .write_i(command_valid && command_ready), .write_slot_i(enter_slot),
    .write_data_i(command), .read_slot_i(port_slot), .read_data_o(port_command), .bad_o(port_bad), .lost_o(commands_lost)
  );
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) lost_q <= 1'b0;
    else         lost_q <= commands_lost || (lost_q && !failed_i);
  end
  assign fail_o = lost_q;

  exec_pkg::command_t rest_command, done_command;
  assign done_command  = port_command[0];
  assign rest_command  = port_command[1];

  logic [PutLanes-1:0] put_valid, put_ready;
  logic [GetLanes-1:0] get_valid, get_ready;
  logic                rest_valid, rest_ready, sync_valid, sync_ready;
  logic [SlotBits-1:0] put_slot, get_slot, rest_slot, sync_slot;

  exec_dispatch #(.PutLanes(PutLanes), .GetLanes(GetLanes)) u_dispatch (
    .clk_i, .rst_ni,
    .start_valid_i(start_valid), .start_ready_o(start_ready), .start_slot_i(start_slot),
    .start_kind_i(start_kind),
    .put_valid_o(put_valid), .put_ready_i(put_ready), .put_slot_o(put_slot), .put_bad_i(put_bad),
    .get_valid_o(get_valid), .get_ready_i(get_ready), .get_slot_o(get_slot), .get_bad_i(get_bad),
    .rest_valid_o(rest_valid), .rest_ready_i(rest_ready), .rest_slot_o(rest_slot),
    .sync_valid_o(sync_valid), .sync_ready_i(sync_ready), .sync_slot_o(sync_slot),
    .wait_o(lane_wait_o)
  );

  // ---- Sources of results: put lanes, get lanes, the rest, SYNC. Of the vault's work: the first
  // three of these, and the management core.
  localparam int unsigned Rest    = PutLanes + GetLanes;
  localparam int unsigned Sync    = Rest + 1;
  localparam int unsigned Results = Rest + 2;
  localparam int unsigned Asks    = Rest + 2;

  // What the vault answers comes a long way and goes to many.
  logic               answer_valid_q;
  vault_pkg::answer_t answer_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) answer_valid_q <= 1'b0;
    else         answer_valid_q <= vault_answer_valid_i;
  end
  always_ff @(posedge clk_i) answer_q <= vault_answer_i;
  assign vault_answer_o = answer_q;

  logic [Results-1:0]                                  result_valid, result_ready;
  logic [Results-1:0][exec_pkg::ResultWidth-1:0]       result;
  logic [Asks-1:0]                                     ask_valid, ask_done, pay_valid, pay_ready;
  logic [Asks-1:0][exec_pkg::VaultCommandWidth-1:0]    ask;
  logic [Asks-1:0][127:0]                              pay;
  logic [Lookups-1:0]                                  lookup_valid, lookup_ready, found_valid;
  logic [Lookups-1:0][exec_pkg::LookupWidth-1:0]       lookup;
  exec_pkg::found_t                                    found;

  // Who asks flash: put lanes, get lanes before they flush, the rest, SYNC; get lanes for a record.
  localparam int unsigned Askers = Results;
  logic [Askers-1:0]                           asks, asked;
  logic [Askers-1:0][2:0]                      asks_what;
  logic [Askers-1:0][SlotBits-1:0]             asks_slot;
  logic [GetLanes-1:0]                         fetches, fetched;
  logic [GetLanes-1:0][2:0]                    fetches_what;
  logic [GetLanes-1:0][SlotBits-1:0]           fetches_slot;
  logic [GetLanes-1:0][dram_pkg::LineBits-1:0] fetches_line;

  for (genvar n = 0; n < int'(PutLanes); n++) begin : g_put
    dma_pkg::read_req_t     read;
    vault_pkg::command_t    vault;
    lib_pkg::engine_stats_t stats;
    exec_pkg::result_t      lane_result;
    exec_pkg::put_wait_t    waits;
    ecc_pkg::event_t        lane_ecc;
    ask_pkg::kind_e         ask_kind;
    logic                   lane_idle, lane_clk;

    lib_idle_clock u_clock (
      .clk_i, .rst_ni, .busy_i(put_valid[n] || inject_i.valid || !lane_idle || answer_valid_i[n] || read_valid_o[n] || result_valid[n]), .clk_o(lane_clk)
    );

    exec_put_lane u_lane (
      .clk_i(lane_clk), .rst_ni, .inject_i, .ecc_o(lane_ecc), .full_i, .dead_i, .buckets_i,
      .job_valid_i(put_valid[n]), .job_ready_o(put_ready[n]), .job_slot_i(put_slot),
      .front_slot_o(port_slot[2+2*n]), .front_i(port_command[2+2*n]),
      .back_slot_o(port_slot[3+2*n]), .back_i(port_command[3+2*n]), .back_bad_i(port_bad[3+2*n]),
      .read_valid_o(read_valid_o[n]), .read_ready_i(read_ready_i[n]), .read_o(read),
      .answer_valid_i(answer_valid_i[n]), .answer_i,
      .vault_valid_o(ask_valid[n]), .vault_o(vault), .vault_done_i(ask_done[n]),
      .vault_answer_i(answer_q),
      .payload_valid_o(pay_valid[n]), .payload_ready_i(pay_ready[n]), .payload_o(pay[n]),
      .ask_valid_o(asks[n]), .ask_kind_o(ask_kind), .ask_done_i(asked[n]), .ask_answer_i,
      .result_valid_o(result_valid[n]), .result_ready_i(result_ready[n]), .result_o(lane_result),
      .idle_o(lane_idle), .compress_o(stats), .wait_o(waits)
    );
    assign read_o[n]        = read;
    assign result[n]        = lane_result;
    assign ask[n]           = vault;
    assign put_wait_o[n]    = waits;
    assign asks_what[n]     = ask_kind;
    assign asks_slot[n]     = port_slot[3+2*n];
    assign put_bad[n]       = port_bad[2+2*n];
    assign page_corrected[n] = lane_ecc.corrected;
    assign page_lost[n]      = lane_ecc.uncorrectable;
    assign codec_stats_o[n] = stats;
  end

  for (genvar n = 0; n < int'(GetLanes); n++) begin : g_get
    localparam int unsigned Source = int'(PutLanes) + n;
    localparam int unsigned Port   = 2 + 2 * int'(PutLanes) + 3 * n;
    logic [dram_pkg::LineBits-1:0] staging;
    assign staging = staging_line_i + dram_pkg::LineBits'(n * int'(ask_pkg::StagingLines));
    dma_pkg::read_req_t     read;
    dma_pkg::write_req_t    write;
    dram_pkg::req_t         req;
    vault_pkg::command_t    vault;
    exec_pkg::lookup_t      front, judge;
    lib_pkg::engine_stats_t stats;
    exec_pkg::result_t      lane_result;
    exec_pkg::get_wait_t    waits;
    logic                   lane_idle, lane_clk;

    lib_idle_clock u_clock (
      .clk_i, .rst_ni,
      .busy_i(get_valid[n] || !lane_idle || answer_valid_i[Source] || rdata_valid_i[n] ||
              read_valid_o[Source] || write_valid_o[n] || data_valid_o[n] || req_valid_o[n]),
      .clk_o(lane_clk)
    );

    exec_get_lane u_lane (
      .clk_i(lane_clk), .rst_ni, .base_i(units_base_i), .units_i, .flash_i, .staging_line_i(staging),
      .ask_valid_o({asks[Source], fetches[n]}), .ask_slot_o(fetches_slot[n]), .ask_done_i({asked[Source], fetched[n]}), .ask_answer_i,
      .job_valid_i(get_valid[n]), .job_ready_o(get_ready[n]), .job_slot_i(get_slot),
      .front_slot_o(port_slot[Port]), .front_i(port_command[Port]),
      .judge_slot_o(port_slot[Port+1]), .judge_i(port_command[Port+1]),
      .send_slot_o(port_slot[Port+2]), .send_i(port_command[Port+2]),
      .front_bad_i(port_bad[Port]), .judge_bad_i(port_bad[Port+1]), .send_bad_i(port_bad[Port+2]),
      .read_valid_o(read_valid_o[Source]), .read_ready_i(read_ready_i[Source]), .read_o(read),
      .answer_valid_i(answer_valid_i[Source]), .answer_i,
      .write_valid_o(write_valid_o[n]), .write_ready_i(write_ready_i[n]), .write_o(write),
      .data_valid_o(data_valid_o[n]), .data_ready_i(data_ready_i[n]), .data_o(data_o[n]),
      .lookup_valid_o(lookup_valid[2*n+:2]), .lookup_ready_i(lookup_ready[2*n+:2]),
      .lookup_front_o(front), .lookup_judge_o(judge),
      .found_valid_i(found_valid[2*n+:2]), .found_i(found),
      .req_valid_o(req_valid_o[n]), .req_ready_i(req_ready_i[n]), .req_o(req),
      .rdata_valid_i(rdata_valid_i[n]), .rdata_i,
      .vault_valid_o(ask_valid[Source]), .vault_o(vault), .vault_done_i(ask_done[Source]),
      .vault_answer_i(answer_q),
      .result_valid_o(result_valid[Source]), .result_ready_i(result_ready[Source]),
      .result_o(lane_result),
      .idle_o(lane_idle), .decompress_o(stats), .wait_o(waits)
    );
    assign read_o[Source]        = read;
    assign result[Source]        = lane_result;
    assign write_o[n]            = write;
    assign get_wait_o[n]         = waits;
    assign fetches_what[n]       = ask_pkg::ASK_READ;
    assign fetches_line[n]       = staging;
    assign asks_what[Source]     = ask_pkg::ASK_FLUSH_PAGE;
    assign asks_slot[Source]     = port_slot[Port+2];
    assign get_bad[n]            = port_bad[Port];
    assign req_o[n]              = req;
    assign ask[Source]           = vault;
    assign lookup[2*n]           = front;
    assign lookup[2*n+1]         = judge;
    assign pay_valid[Source]     = 1'b0;
    assign pay[Source]           = '0;
    assign codec_stats_o[Source] = stats;
  end

  vault_pkg::command_t rest_vault;
  exec_pkg::result_t   rest_result;
  exec_pkg::lookup_t   rest_lookup;
  ask_pkg::kind_e      rest_ask;
  exec_flush u_flush (
    .clk_i, .rst_ni,
    .job_valid_i(rest_valid), .job_ready_o(rest_ready), .job_slot_i(rest_slot), .job_i(rest_command), .job_bad_i(port_bad[1]),
    .lookup_valid_o(lookup_valid[Lookups-1]), .lookup_ready_i(lookup_ready[Lookups-1]), .lookup_o(rest_lookup),
    .found_valid_i(found_valid[Lookups-1]), .found_i(found),
    .ask_valid_o(asks[Rest]), .ask_kind_o(rest_ask), .ask_done_i(asked[Rest]), .ask_answer_i,
    .vault_valid_o(ask_valid[Rest]), .vault_o(rest_vault), .vault_done_i(ask_done[Rest]), .vault_answer_i(answer_q),
    .result_valid_o(result_valid[Rest]), .result_ready_i(result_ready[Rest]), .result_o(rest_result)
  );
  assign result[Rest]      = rest_result;
  assign port_slot[1]      = rest_slot;
  assign lookup[Lookups-1] = rest_lookup;
  assign asks_what[Rest]   = rest_ask;
  assign asks_slot[Rest]   = rest_slot;
  assign ask[Rest]         = rest_vault;
  assign pay_valid[Rest]   = 1'b0;
  assign pay[Rest]         = '0;

  exec_pkg::result_t sync_result;
  ask_pkg::kind_e    sync_ask;
  exec_sync u_sync (
    .clk_i, .rst_ni,
    .job_valid_i(sync_valid), .job_ready_o(sync_ready), .job_slot_i(sync_slot),
    .ask_valid_o(asks[Sync]), .ask_kind_o(sync_ask), .ask_done_i(asked[Sync]), .ask_answer_i,
    .result_valid_o(result_valid[Sync]), .result_ready_i(result_ready[Sync]), .result_o(sync_result)
  );
  assign result[Sync]    = sync_result;
  assign asks_what[Sync] = sync_ask;
  assign asks_slot[Sync] = sync_slot;

  assign ask_valid[Asks-1] = vault_valid_i;
  assign ask[Asks-1]       = vault_i;
  assign pay_valid[Asks-1] = 1'b0;
  assign pay[Asks-1]       = '0;
  assign vault_done_o      = ask_done[Asks-1];

  exec_vault_mux #(.Sources(Asks)) u_vault_mux (
    .clk_i, .rst_ni, .valid_i(ask_valid), .command_i(ask), .done_o(ask_done),
    .payload_valid_i(pay_valid), .payload_ready_o(pay_ready), .payload_i(pay),
    .vault_valid_o, .vault_ready_i, .vault_o,
    .vault_payload_tag_i(payload_tag_i), .vault_payload_valid_o(payload_valid_o),
    .vault_payload_ready_i(payload_ready_i), .vault_payload_o(payload_o),
    .vault_answer_i(answer_valid_q), .vault_answer_tag_i(answer_q.tag)
  );

  exec_lookup_mux #(.Sources(Lookups)) u_lookup_mux (
    .clk_i, .rst_ni, .valid_i(lookup_valid), .ready_o(lookup_ready), .lookup_i(lookup),
    .found_valid_o(found_valid), .found_o(found),
    .handle_valid_o, .handle_ready_i, .handle_o, .place_valid_i, .place_ready_o, .place_i
  );

  exec_done #(.Sources(Results)) u_done (
    .clk_i, .rst_ni,
    .result_valid_i(result_valid), .result_ready_o(result_ready), .result_i(result),
    .slot_o(port_slot[0]), .command_i(done_command), .command_bad_i(port_bad[0]), .failing_i(lost_q || failed_i),
    .completion_valid_o, .completion_ready_i, .completion_o,
    .leave_o(leave), .leave_slot_o(leave_slot),
    .error_valid_o, .error_ready_i, .error_o,
    .latency_o, .latency_kind_o, .latency_cycles_o, .now_i, .get_o, .get_kind_o, .get_contents_o,
    .counters_o
  );

  exec_pkg::command_t ask_command, fetch_command;
  assign ask_command   = port_command[Ports-1];
  assign fetch_command = port_command[Ports-2];
  exec_ask #(.Sources(Askers)) u_ask (
    .clk_i, .rst_ni, .valid_i(asks), .kind_i(asks_what), .slot_i(asks_slot), .line_i('0), .done_o(asked),
    .slot_o(port_slot[Ports-1]), .command_i(ask_command), .command_bad_i(port_bad[Ports-1]), .ask_valid_o, .ask_o, .ask_done_i
  );
  exec_ask #(.Sources(GetLanes)) u_fetch (
    .clk_i, .rst_ni, .valid_i(fetches), .kind_i(fetches_what), .slot_i(fetches_slot), .line_i(fetches_line), .done_o(fetched),
    .slot_o(port_slot[Ports-2]), .command_i(fetch_command), .command_bad_i(port_bad[Ports-2]), .ask_valid_o(fetch_valid_o), .ask_o(fetch_o),
    .ask_done_i(fetch_done_i)
  );

  logic unused;
  assign unused = ^{level, pay_ready};

endmodule
