// SPDX-License-Identifier: Apache-2.0
//
// The management core's door to the data path: everything that is no page goes through
// here, word by word (spec/mailbox.toml). Firmware sits on the other side, or what stands
// in for it in a simulation.
//
// One access at a time; it is over when ack_o is high, and read data is there then. What a
// word starts is busy in EVENTS until it is done; starting it again before is ignored.

`include "check.svh"

module mailbox (
  input  logic                             clk_i,
  input  logic                             rst_ni,

  input  logic                             access_i,
  input  logic                             write_i,
  input  logic [12:2]                      addr_i,
  input  logic [31:0]                      data_i,
  output logic                             ack_o,
  output logic [31:0]                      data_o,
  // Something waits (EVENTS 15:0).
  output logic                             irq_o,

  // Registers of the host.
  input  pamc_pkg::regs_out_t              regs_i,
  output logic [31:0]                      status_o,
  output logic [63:0]                      boot_epoch_o,
  output logic [31:0]                      resets_o,
  input  logic                             flr_i,
  output logic                             flr_done_o,
  input  logic                             quiet_i,
  input  logic [31:0]                      now_i,

  // Queue pairs.
  input  logic                             entry_valid_i,
  output logic                             entry_ready_o,
  input  queue_pkg::entry_t                entry_i,
  output logic                             done_valid_o,
  input  logic                             done_ready_i,
  output queue_pkg::completion_t           done_o,
  output logic                             control_valid_o,
  input  logic                             control_ready_i,
  output queue_pkg::control_t              control_o,
  input  logic                             control_rsp_valid_i,
  output logic                             control_rsp_ready_o,
  input  queue_pkg::control_rsp_t          control_rsp_i,
  input  logic                             fault_valid_i,
  output logic                             fault_ready_o,
  input  queue_pkg::fault_t                fault_i,
  output logic                             stop_o,

  // Executor.
  output logic                             pool_write_o,
  output logic [exec_pkg::PoolBits-1:0]    pool_number_o,
  output exec_pkg::pool_t                  pool_o,
  output logic                             pause_o,
  output logic                             offline_o,
  output logic                             refuse_o,
  output logic                             full_o,
  output logic [exec_pkg::PoolBits-1:0]    ask_pool_o,
  input  logic                             ask_busy_i,
  output exec_pkg::watch_t                 watch_o,
  input  logic                             watch_inside_i,
  input  logic                             idle_i,
  input  logic                             error_valid_i,
  output logic                             error_ready_o,
  input  exec_pkg::error_t                 error_i,
  input  logic                             latency_i,
  input  logic [1:0]                       latency_kind_i,
  input  logic [31:0]                      latency_cycles_i,

  // Vault.
  output logic                             vault_valid_o,
  output vault_pkg::command_t              vault_o,
  input  logic                             vault_done_i,
  input  vault_pkg::answer_t               vault_answer_i,
  output logic [dram_pkg::LineBits-1:0]    table_line_o,
  output logic [index_pkg::BucketBits-1:0] buckets_o,
  output logic [dram_pkg::LineBits-1:0]    map_line_o,
  output logic [dram_pkg::LineBits-1:0]    units_line_o,
  output logic [31:0]                      units_o,
  output logic [31:0]                      slot_limit_o,
  output logic [127:0]                     page_secret_o,
  output logic [127:0]                     object_secret_o,

  // The tier in flash.
  output logic                             vault_flash_o,
  output vault_pkg::tier_args_t            tier_args_o,
  input  vault_pkg::tier_record_t          tier_record_i,
  input  logic                             drop_valid_i,
  output logic                             drop_ready_o,
  input  vault_pkg::drop_t                 drop_i,
  output logic [dram_pkg::LineBits-1:0]    staging_line_o,
  input  logic                             ask_valid_i,
  input  ask_pkg::ask_t                    ask_i,
  output logic                             ask_done_o,
  input  logic                             fetch_valid_i,
  input  ask_pkg::ask_t                    fetch_i,
  output logic                             fetch_done_o,
  output ask_pkg::answer_e                 ask_answer_o,
  // What a get wants from there is read without firmware: flash_fetch.
  output logic                             fetch_look_o,
  output logic                             fetch_read_valid_o,
  output flash_pkg::fetch_t                fetch_read_o,
  output logic [dram_pkg::LineBits-1:0]    fetch_read_line_o,
  input  logic                             fetch_read_end_i,
  input  flash_pkg::fetch_end_t            fetch_end_i,
  output flash_pkg::fetch_stats_t          fetch_stats_o,
  input  logic [31:0]                      free_units_i,
  input  logic [39:0]                      durable_bytes_i,

  // For the counters of contents.
  input  vault_pkg::event_t                vault_event_i,
  input  logic                             get_i,
  input  logic [1:0]                       get_kind_i,
  input  logic [exec_pkg::ContentsBits-1:0] get_contents_i,

  // Memories on the chip: errors to be made; a word was lost.
  output logic                             ecc_inject_o,
  output logic                             ecc_clear_o,
  input  logic                             ecc_lost_i,

  // The flash's words and those of the window to card memory (flash_top): accesses there, and
  // when what is read has come; an end waits.
  output logic                             flash_write_o,
  output logic                             flash_read_done_o,
  output logic [12:0]                      flash_addr_o,
  input  logic [31:0]                      flash_data_i,
  input  logic                             flash_ready_i,
  input  logic                             flash_end_i,

  // Counters: the number, and the value two cycles later.
  output logic [mailbox_pkg::CounterBits-1:0] counter_o,
  input  logic [63:0]                      counter_i,

  // Host memory.
  output logic                             read_valid_o,
  input  logic                             read_ready_i,
  output dma_pkg::read_req_t               read_o,
  input  logic                             answer_valid_i,
  input  dma_pkg::read_rsp_t               answer_i,
  output logic                             write_valid_o,
  input  logic                             write_ready_i,
  output dma_pkg::write_req_t              write_o,
  output logic                             line_valid_o,
  input  logic                             line_ready_i,
  output logic [511:0]                     line_o
);

  // An access: what is written takes effect in its first cycle or the next, what is read has four to
  // come from where it is; at the flash's words as many as it takes.
  logic [2:0]  wait_q;
  logic        start, write, read_last, flash, held;
  logic [12:0] addr;
  assign start     = access_i && wait_q == '0;
  assign write     = start && write_i;
  assign read_last = wait_q == 3'd5;
  assign addr      = {addr_i, 2'b00};
  assign flash     = addr_i[12:10] == 3'd1;
  assign held      = flash && wait_q == 3'd3 && !flash_ready_i;

  assign flash_write_o     = write && flash;
  assign flash_read_done_o = read_last && flash && !write_i;
  assign flash_addr_o      = addr;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) wait_q <= '0;
    else if ((start || wait_q != '0) && !held) wait_q <= read_last ? '0 : wait_q + 3'd1;
  end
  assign ack_o = read_last;

  // ---- What is only kept.

  logic [5:0]          hold;
  logic [31:0]         done_result, done_info, pool_attr;
  queue_pkg::config_t  cfg;
  vault_pkg::command_t vault;
  logic [63:0]         dma_addr;
  logic [10:0]         latency_select;

  mailbox_words u_words (
    .clk_i, .rst_ni, .write_i(write), .addr_i, .data_i,
    .status_o, .boot_epoch_o, .resets_o, .hold_o(hold), .ask_pool_o, .watch_o,
    .done_result_o(done_result), .done_info_o(done_info), .config_o(cfg), .pool_attr_o(pool_attr),
    .vault_o(vault), .dma_addr_o(dma_addr), .counter_o, .latency_o(latency_select), .contents_o(contents_select),
    .table_line_o, .buckets_o, .map_line_o, .units_line_o, .units_o, .slot_limit_o,
    .page_secret_o, .object_secret_o
  );

  assign pause_o    = hold[0];
  assign offline_o  = hold[1];
  assign stop_o     = hold[2];
  assign flr_done_o = hold[3];
  assign refuse_o   = hold[4];
  assign full_o     = hold[5];

  // ---- What is started.

  logic done_q, control_q, vault_q, ctrl_q, fell_q;
  logic dma_busy, dma_error, dma_go;

  assign done_valid_o    = done_q;
  assign control_valid_o = control_q;
  // While a page is looked up for a get, firmware's command waits.
  logic find, vault_done;
  assign vault_valid_o   = vault_q || find;
  assign vault_done      = vault_done_i && !find;
  assign dma_go          = write && addr == mailbox_pkg::DMA && !dma_busy;

  assign ecc_inject_o        = write && addr == mailbox_pkg::ECC_INJECT;
  assign ecc_clear_o         = write && addr == mailbox_pkg::EVENTS && data_i[7];

  // Told a cycle later, as all of that is far away; the access takes longer than that.
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      entry_ready_o       <= 1'b0;
      error_ready_o       <= 1'b0;
      fault_ready_o       <= 1'b0;
      control_rsp_ready_o <= 1'b0;
      pool_write_o        <= 1'b0;
    end else begin
      entry_ready_o       <= write && addr == mailbox_pkg::ADMIN_NEXT;
      error_ready_o       <= write && addr == mailbox_pkg::ERROR_NEXT;
      fault_ready_o       <= write && addr == mailbox_pkg::FAULT;
      control_rsp_ready_o <= write && addr == mailbox_pkg::CONTROL_ANSWER;
      pool_write_o        <= write && addr == mailbox_pkg::POOL;
    end
  end
  // The core may be reset in between.
  logic [31:0] pool_word_q;
  always_ff @(posedge clk_i) if (write) pool_word_q <= data_i;
  assign pool_number_o = pool_word_q[7:0];

  always_comb begin
    pool_o           = '0;
    pool_o.valid     = pool_attr[31];
    pool_o.uses      = pool_word_q[31:8];
    pool_o.domain    = pool_attr[15:0];
    pool_o.order     = pool_attr[27:25];
    pool_o.ephemeral = pool_attr[28];
    pool_o.exclusive = pool_attr[29];
    pool_o.frozen    = pool_attr[30];
    pool_o.contents  = pool_attr[24:16];
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      done_q    <= 1'b0;
      control_q <= 1'b0;
      vault_q   <= 1'b0;
      ctrl_q    <= 1'b0;
      fell_q    <= 1'b0;
    end else begin
      if (write && addr == mailbox_pkg::DONE) done_q <= 1'b1;
      else if (done_ready_i) done_q <= 1'b0;
      if (write && addr == mailbox_pkg::CONTROL) control_q <= 1'b1;
      else if (control_ready_i) control_q <= 1'b0;
      if (write && addr == mailbox_pkg::VAULT) vault_q <= 1'b1;
      else if (vault_done) vault_q <= 1'b0;
      if (regs_i.ctrl_we) ctrl_q <= 1'b1;
      else if (write && addr == mailbox_pkg::EVENTS && data_i[4]) ctrl_q <= 1'b0;
      // A reset, even if EN is 1 again by now.
      if (regs_i.ctrl_we && !regs_i.ctrl[0]) fell_q <= 1'b1;
      else if (write && addr == mailbox_pkg::EVENTS && data_i[6]) fell_q <= 1'b0;
    end
  end

  // The command that is watched was inside. Answers to its name come two cycles after it.
  logic       seen_q;
  logic [1:0] named_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) named_q <= '0;
    else         named_q <= {named_q[0], write && addr == mailbox_pkg::WATCH};
  end
  always_ff @(posedge clk_i) begin
    if (named_q != '0) seen_q <= 1'b0;
    else if (watch_inside_i) seen_q <= 1'b1;
  end

  logic [31:0] done_word_q, control_word_q, vault_word_q;
  always_ff @(posedge clk_i) begin
    if (write && addr == mailbox_pkg::DONE && !done_q) done_word_q <= data_i;
    if (write && addr == mailbox_pkg::CONTROL && !control_q) control_word_q <= data_i;
    if (write && addr == mailbox_pkg::VAULT && !vault_q) vault_word_q <= data_i;
  end

  always_comb begin
    done_o.qid    = '0;
    done_o.cid    = done_word_q[15:0];
    done_o.logged = done_word_q[31];
    done_o.status = done_word_q[23:16];
    done_o.result = done_result;
    done_o.info   = done_info;

    control_o.op  = queue_pkg::control_op_e'(control_word_q[2:0]);
    control_o.tag = control_word_q[7:4];
    control_o.qid = control_word_q[13:8];
    control_o.cid = control_word_q[31:16];
    control_o.cfg = cfg;

    vault_o             = vault;
    vault_o.op          = vault_pkg::op_e'({vault_word_q[12], vault_word_q[3:0]});
    vault_o.count       = vault_pkg::count_e'(vault_word_q[5:4]);
    vault_o.ephemeral   = vault_word_q[6];
    vault_o.order       = vault_word_q[9:7];
    vault_o.set_reserve = vault_word_q[10];
    vault_o.set_limit   = vault_word_q[11];
    vault_o.contents    = vault_word_q[24:16];
    if (find) begin
      vault_o.op        = vault_pkg::OP_TIER_FIND;
      vault_o.contents  = fetch_i.contents;
      vault_o.object    = fetch_i.object;
      vault_o.index     = fetch_i.index;
    end
  end

  // What firmware that was restarted has to know: it had begun to write this, but did it?
  logic [3:0][7:0] written_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      written_q <= '0;
    end else begin
      if (write && addr == mailbox_pkg::DONE && !done_q) written_q[0] <= written_q[0] + 8'd1;
      if (entry_ready_o) written_q[1] <= written_q[1] + 8'd1;
      if (write && addr == mailbox_pkg::CONTROL && !control_q) written_q[2] <= written_q[2] + 8'd1;
      if (control_rsp_ready_o) written_q[3] <= written_q[3] + 8'd1;
    end
  end

  vault_pkg::answer_t answer_q;
  vault_pkg::tier_record_t record_q;
  always_ff @(posedge clk_i) begin
    if (vault_q && vault_done) begin
      answer_q <= vault_answer_i;
      record_q <= tier_record_i;
    end
  end

  // ---- Data of admin commands, latencies.

  logic [31:0] buffer;
  logic [63:0] latency;

  mailbox_dma u_dma (
    .clk_i, .rst_ni,
    .write_i(write && addr[12]), .word_i(addr[11:2]), .data_i, .data_o(buffer),
    .go_i(dma_go), .kind_i(data_i[17:16]), .bytes_i(data_i[12:0]), .addr_i(dma_addr),
    .busy_o(dma_busy), .error_o(dma_error),
    .read_valid_o, .read_ready_i, .read_o, .answer_valid_i, .answer_i,
    .write_valid_o, .write_ready_i, .write_o, .line_valid_o, .line_ready_i, .line_o
  );

  mailbox_latency u_latency (
    .clk_i, .rst_ni, .event_i(latency_i), .kind_i(latency_kind_i), .cycles_i(latency_cycles_i),
    .select_i(latency_select), .value_o(latency)
  );

  logic [63:0] contents_counter;
  logic        contents_clear;
  logic [11:0] contents_select;
  assign contents_clear = write && addr == mailbox_pkg::CONTENTS_SELECT && data_i[31];

  mailbox_contents u_contents (
    .clk_i, .rst_ni, .vault_i(vault_event_i), .get_i, .get_kind_i, .get_contents_i,
    .select_i(contents_select), .clear_i(contents_clear), .clear_select_i(data_i[11:0]),
    .value_o(contents_counter)
  );

  logic        dropped, memory_short, fetch_left, fetch_read, fetch_waits, answers, asked;
  logic [31:0] tier_data, fetch_data;
  vault_pkg::tier_args_t args;
  mailbox_tier u_tier (
    .clk_i, .rst_ni, .write_i(write), .addr_i(addr), .data_i, .data_o(tier_data),
    .busy_i(vault_q), .init_i(write && addr == mailbox_pkg::VAULT && !vault_q && {data_i[12], data_i[3:0]} == vault_pkg::OP_INIT),
    .flash_o(vault_flash_o), .args_o(args), .record_i(record_q),
    .drop_valid_i, .drop_ready_o, .drop_i, .staging_line_o, .ask_valid_i, .ask_i, .ask_done_o, .fetch_valid_i, .fetch_i,
    .fetch_left_i(fetch_left), .fetch_read_i(fetch_read), .fetch_done_o, .answers_o(answers), .ask_answer_o, .free_units_i, .durable_bytes_i,
    .asked_o(asked), .dropped_o(dropped), .short_o(memory_short), .clear_i(write && addr == mailbox_pkg::EVENTS && data_i[12])
  );

  // Where it is, not its bytes.
  always_comb begin
    tier_args_o = args;
    if (find) tier_args_o.copy = 1'b0;
  end

  // Begins in no cycle in which firmware's command does.
  mailbox_fetch u_fetch (
    .clk_i, .rst_ni, .write_i(write), .addr_i(addr), .data_i, .data_o(fetch_data),
    .flash_i(vault_flash_o), .fetch_valid_i, .fetch_i, .done_o(fetch_read), .other_i(answers), .left_o(fetch_left),
    .answered_i(fetch_done_o), .vault_free_i(!vault_q && !(write && addr == mailbox_pkg::VAULT)),
    .find_o(find), .find_done_i(vault_done_i), .answer_i(vault_answer_i), .record_i(tier_record_i),
    .look_o(fetch_look_o), .read_valid_o(fetch_read_valid_o), .read_o(fetch_read_o), .read_line_o(fetch_read_line_o),
    .read_end_i(fetch_read_end_i), .end_i(fetch_end_i), .event_o(fetch_waits), .stats_o(fetch_stats_o)
  );

  // ---- Reading.

  logic [31:0] events;
  assign events = {12'd0, control_q, done_q, dma_busy, vault_q, 3'd0, memory_short, asked || fetch_waits, flash_end_i, dropped,
                   watch_o.valid && named_q == '0 && !watch_inside_i, ecc_lost_i, fell_q, flr_i, ctrl_q,
                   control_rsp_valid_i, fault_valid_i, error_valid_i, entry_valid_i};
  assign irq_o  = events[15:0] != '0;

  vault_pkg::row_t row;
  assign row = answer_q.row;
  logic [31:0][31:0] row_words;
  always_comb begin
    row_words     = '0;
    row_words[0]  = {26'd0, row.order, row.ephemeral, row.dead, row.in_use};
    row_words[1]  = row.pages;
    row_words[2]  = row.units;
    row_words[3]  = row.stored[31:0];
    row_words[4]  = {24'd0, row.stored[39:32]};
    row_words[5]  = row.same;
    row_words[6]  = row.raw;
    row_words[7]  = row.slots;
    row_words[8]  = row.records;
    row_words[9]  = row.reserve_units[31:0];
    row_words[10] = {24'd0, row.reserve_units[39:32]};
    row_words[11] = row.reserve_slots;
    row_words[12] = row.limit;
    row_words[13] = row.oldest;
    row_words[14] = row.newest;
    row_words[15] = row.oldest_age[31:0];
    row_words[16] = row.oldest_age[63:32];
  end

  logic [15:0][31:0] entry_words;
  logic [7:0][31:0]  error_words;
  assign entry_words = entry_i.sqe;
  always_comb begin
    error_words    = '0;
    error_words[0] = {error_i.cid, 10'd0, error_i.qid};
    error_words[1] = {error_i.field, error_i.opcode, error_i.status};
    error_words[2] = error_i.pool;
    error_words[3] = error_i.addr[31:0];
    error_words[4] = error_i.addr[63:32];
    error_words[5] = error_i.index[31:0];
    error_words[6] = error_i.index[63:32];
  end

  // The high half of a counter as it was when its low half was read.
  logic [31:0] high_q, data_d;
  // Who asks has waited longer than a cycle since it changed anything.
  logic [1:0]  idle_q;
  always_ff @(posedge clk_i) idle_q <= {quiet_i, idle_i};

  always_comb begin
    data_d = '0;
    if (addr[12]) begin
      data_d = buffer;
    end else if (flash) begin
      data_d = flash_data_i;
    end else if (addr[12:10] == 3'd2) begin
      data_d = tier_data | fetch_data;
    end else if (addr >= mailbox_pkg::ADMIN && addr < mailbox_pkg::ADMIN_NEXT) begin
      data_d = entry_words[addr[5:2]];
    end else if (addr >= mailbox_pkg::VAULT_ROW && addr < mailbox_pkg::LAYOUT) begin
      data_d = row_words[5'((addr - mailbox_pkg::VAULT_ROW) >> 2)];
    end else if (addr >= mailbox_pkg::ERROR && addr < mailbox_pkg::ERROR_NEXT) begin
      data_d = error_words[addr[4:2]];
    end else begin
      case (addr)
        mailbox_pkg::EVENTS:             data_d = events;
        mailbox_pkg::CTRL:               data_d = regs_i.ctrl;
        mailbox_pkg::AQ_ATTR:            data_d = regs_i.aq_attr;
        mailbox_pkg::ASQ_BASE:           data_d = regs_i.asq_base[31:0];
        mailbox_pkg::ASQ_BASE + 13'd4:   data_d = regs_i.asq_base[63:32];
        mailbox_pkg::ACQ_BASE:           data_d = regs_i.acq_base[31:0];
        mailbox_pkg::ACQ_BASE + 13'd4:   data_d = regs_i.acq_base[63:32];
        mailbox_pkg::NOW:                data_d = now_i;
        mailbox_pkg::IDLE:               data_d = {30'd0, idle_q};
        mailbox_pkg::POOL_BUSY:          data_d = {31'd0, ask_busy_i};
        mailbox_pkg::WATCH:              data_d = {31'd0, seen_q};
        mailbox_pkg::CONTROL_ANSWER:     data_d = {26'd0, control_rsp_i.found, control_rsp_i.ok, control_rsp_i.tag};
        mailbox_pkg::VAULT_RESULT:       data_d = {29'd0, answer_q.result};
        mailbox_pkg::VAULT_VALUE:        data_d = answer_q.value;
        mailbox_pkg::FAULT:              data_d = {fault_i.index, 10'd0, fault_i.qid};
        mailbox_pkg::WRITTEN:            data_d = written_q;
        mailbox_pkg::DMA_ERROR:          data_d = {31'd0, dma_error};
        mailbox_pkg::COUNTER:            data_d = counter_i[31:0];
        mailbox_pkg::COUNTER + 13'd4:    data_d = high_q;
        mailbox_pkg::LATENCY:            data_d = latency[31:0];
        mailbox_pkg::LATENCY + 13'd4:    data_d = high_q;
        mailbox_pkg::CONTENTS_COUNTER:   data_d = contents_counter[31:0];
        mailbox_pkg::CONTENTS_COUNTER + 13'd4: data_d = high_q;
        default:                         data_d = '0;
      endcase
    end
  end

  always_ff @(posedge clk_i) begin
    data_o <= data_d;
    if (wait_q == 3'd4 && !write_i) begin
      if (addr == mailbox_pkg::COUNTER) high_q <= counter_i[63:32];
      if (addr == mailbox_pkg::LATENCY) high_q <= latency[63:32];
      if (addr == mailbox_pkg::CONTENTS_COUNTER) high_q <= contents_counter[63:32];
    end
  end

  // Bits that are no value's.
  logic unused;
  assign unused = ^{entry_i, pool_attr, vault_word_q, control_word_q, done_word_q, answer_q, row, regs_i};

  `PAMC_ASSUME(m_access_holds, !$past(access_i && !ack_o && rst_ni) || access_i)

endmodule
