// SPDX-License-Identifier: Apache-2.0
//
// Interrupts of the completion queues: when one is armed and entries wait, at once or,
// with coalescing, when they are enough or the time is up. A full ring, and a queue pair
// that waits for room, do not wait for more.
//
// No wake-up is lost: whatever could make an interrupt due (an arm, a posted entry, the
// time, a stall, other settings) marks the queue to be considered, and a queue is
// considered after all that marked it. What happens to a queue before it is decided
// ends that without effect, and it is marked anew; what happens just as it is decided
// comes after it, and marks it, too.
//
// Settings, times and indices have a parity. Of what is wrong the most is made: an interrupt comes
// at once rather than never; only if it is not known whether or which, none does.
//
//   cycle 0   pick a marked queue
//         1   read its state
//         2   decide

`include "check.svh"

module queue_irq #(
  parameter int unsigned QueuePairs = 64,
  parameter int unsigned CyclesPerUs = 250,
  // Derived, not to be set.
  parameter int unsigned QpBits = $clog2(QueuePairs)
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,
  input  ecc_pkg::inject_t       inject_i,
  // An index was found to be wrong; settings or a time were.
  output logic                   lost_o,
  output logic                   settings_lost_o,

  input  logic                   init_i,
  // Of a queue pair that lives: only count and time.
  input  logic                   coalesce_i,
  input  logic [QpBits-1:0]      init_qid_i,
  // Only some fields matter here.
  /* verilator lint_off UNUSEDSIGNAL */
  input  queue_pkg::config_t     init_config_i,
  /* verilator lint_on UNUSEDSIGNAL */

  input  logic [QueuePairs-1:0]  valid_i,

  // CQ_HEAD was written, perhaps with ARM.
  input  logic                   head_moved_i,
  input  logic                   arm_i,
  input  logic [QpBits-1:0]      head_qid_i,
  // An entry was posted.
  input  logic                   posted_i,
  input  logic [QpBits-1:0]      posted_qid_i,
  // A queue pair began to wait for room.
  input  logic                   stall_i,
  input  logic [QpBits-1:0]      stall_qid_i,
  input  logic [QueuePairs-1:0]  stalled_i,

  // Indices of the queue that is being considered.
  output logic [QpBits-1:0]      qid_o,
  input  logic [queue_core_pkg::IndexBits-1:0] qid_head_i,
  input  logic [queue_core_pkg::IndexBits-1:0] qid_posted_i,

  output logic                   irq_valid_o,
  input  logic                   irq_ready_i,
  output logic [5:0]             irq_vector_o,
  // An interrupt of this queue pair may be under way.
  output logic                   busy_o,
  output logic [QpBits-1:0]      busy_qid_o,
  output logic [31:0]            interrupts_o
);

  // {irq, vector, cq_shift}, and {count, usec}, which may change, each with its parity.
  logic [11:0] config_q [QueuePairs];
  logic [32:0] coalesce_q [QueuePairs];

  logic [10:0] config_d;
  logic [11:0] config_w;
  logic [31:0] coalesce_d;
  logic [32:0] coalesce_w;
  assign config_d   = {init_config_i.irq, init_config_i.irq_vector, init_config_i.cq_shift};
  assign coalesce_d = {init_config_i.coalesce_count, init_config_i.coalesce_usec};
  queue_inject #(.Memory(ecc_pkg::QueueIrq), .Place(queue_core_pkg::PlaceConfig), .Width(12)) u_config (
    .clk_i, .rst_ni, .inject_i, .write_i(init_i), .word_i({^config_d, config_d}), .word_o(config_w)
  );
  queue_inject #(.Memory(ecc_pkg::QueueIrq), .Place(queue_core_pkg::PlaceCoalesce), .Width(33)) u_coalesce (
    .clk_i, .rst_ni, .inject_i, .write_i(init_i || coalesce_i), .word_i({^coalesce_d, coalesce_d}), .word_o(coalesce_w)
  );
  always_ff @(posedge clk_i) begin
    if (init_i) config_q[init_qid_i] <= config_w;
    if (init_i || coalesce_i) coalesce_q[init_qid_i] <= coalesce_w;
  end

  // Microseconds; wide enough for a difference of 16 bits to have a sign.
  localparam int unsigned TickBits = $clog2(CyclesPerUs + 1);
  logic [TickBits-1:0] tick_q;
  logic [17:0]         now_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      tick_q <= '0;
      now_q  <= '0;
    end else begin
      tick_q <= tick_q == TickBits'(CyclesPerUs - 1) ? '0 : tick_q + 1'b1;
      if (tick_q == TickBits'(CyclesPerUs - 1)) now_q <= now_q + 18'd1;
    end
  end

  // Of each queue: armed, to be considered, its time runs; when the time is up.
  logic [QueuePairs-1:0] armed_q, marked_q, timed_q;
  logic [18:0]           due_q [QueuePairs];

  // One queue's time is looked at each cycle. That it is up is told a cycle later.
  logic [QpBits-1:0] scan_q, scanned_q;
  logic [17:0]       scan_late;
  logic [18:0]       scan_word;
  logic              scan_due_q;
  assign scan_word = due_q[scan_q];
  assign scan_late = now_q - scan_word[17:0];
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      scan_q     <= '0;
      scan_due_q <= 1'b0;
    end else begin
      scan_q     <= scan_q == QpBits'(QueuePairs - 1) ? '0 : scan_q + 1'b1;
      scan_due_q <= timed_q[scan_q] && (scan_late < 18'h20000 || ^scan_word);
    end
  end
  always_ff @(posedge clk_i) scanned_q <= scan_q;

  // Cycle 0.
  logic              any, out_valid_q;
  logic [QpBits-1:0] pick, qid_q;
  logic [QueuePairs-1:0] pick_bit;
  logic [1:0]        visit_q;
  logic              start, reading, deciding;

  queue_pick #(.Width(QueuePairs)) u_pick (
    .clk_i, .rst_ni, .request_i(marked_q), .serve_i(start), .any_o(any), .place_o(pick), .bit_o(pick_bit)
  );

  assign start    = any && visit_q == 2'd0 && !out_valid_q;
  assign reading  = visit_q == 2'd1;
  assign deciding = visit_q == 2'd2;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      visit_q <= 2'd0;
      qid_q   <= '0;
    end else begin
      if (start) qid_q <= pick;
      visit_q <= start ? 2'd1 : reading ? 2'd2 : 2'd0;
    end
  end

  // Cycle 1.
  logic [11:0] settings;
  logic [32:0] coalesce;
  logic [18:0] due;
  logic [15:0] count, waiting_q, count_q, usec_q, entries_q;
  logic        armed_now_q, stalled_now_q, irq_q, timed_now_q, late_q;
  logic        valid_now_q, index_wrong_q, settings_wrong_q, coalesce_wrong_q, due_wrong_q;
  logic [5:0]  vector_q;
  logic [17:0] late;
  assign settings = config_q[qid_q];
  assign coalesce = coalesce_q[qid_q];
  assign count    = coalesce[31:16];
  assign due      = due_q[qid_q];
  assign late     = now_q - due[17:0];

  always_ff @(posedge clk_i) begin
    if (reading) begin
      waiting_q     <= qid_posted_i[15:0] - qid_head_i[15:0];
      valid_now_q      <= valid_i[qid_q];
      index_wrong_q    <= ^qid_posted_i || ^qid_head_i;
      settings_wrong_q <= ^settings;
      coalesce_wrong_q <= ^coalesce;
      due_wrong_q      <= ^due;
      count_q       <= count;
      usec_q        <= coalesce[15:0];
      armed_now_q   <= armed_q[qid_q] && valid_i[qid_q];
      stalled_now_q <= stalled_i[qid_q];
      timed_now_q   <= timed_q[qid_q];
      late_q        <= late < 18'h20000;
      {irq_q, vector_q} <= settings[10:4];
      entries_q     <= 16'd1 << settings[3:0];
    end
  end

  // Cycle 2. Is the state that was read still that of the queue at the end of the cycle before?
  logic touches, touched_q, hold, wanted, at_once, raise, run, halt;
  assign touches = (head_moved_i && head_qid_i == qid_q) ||
                   (posted_i && posted_qid_i == qid_q) ||
                   (stall_i && stall_qid_i == qid_q) ||
                   ((init_i || coalesce_i) && init_qid_i == qid_q);
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) touched_q <= 1'b0;
    else touched_q <= reading && touches;
  end

  assign hold    = !deciding || touched_q;
  assign wanted  = irq_q && !settings_wrong_q && armed_now_q && (waiting_q != '0 || index_wrong_q);
  assign at_once = index_wrong_q || coalesce_wrong_q ||
                    (count_q == '0 && usec_q == '0) || (count_q != '0 && waiting_q >= count_q) ||
                   waiting_q >= entries_q || stalled_now_q;
  assign raise   = !hold && wanted && (at_once || (usec_q != '0 && timed_now_q && (late_q || due_wrong_q)));
  assign run     = !hold && wanted && !raise && usec_q != '0 && !timed_now_q;
  assign halt    = !hold && (!wanted || raise);

  logic [QueuePairs-1:0] here, mark;
  assign here = QueuePairs'(1) << qid_q;
  always_comb begin
    mark = '0;
    if (head_moved_i) mark[head_qid_i] = 1'b1;
    if (posted_i)     mark[posted_qid_i] = 1'b1;
    if (stall_i)      mark[stall_qid_i] = 1'b1;
    if (coalesce_i)   mark[init_qid_i] = 1'b1;
    if (scan_due_q)   mark[scanned_q] = 1'b1;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      armed_q  <= '0;
      marked_q <= '0;
      timed_q  <= '0;
    end else begin
      marked_q <= (marked_q & ~(start ? pick_bit : '0)) | mark;
      armed_q  <= armed_q & ~(raise ? here : '0);
      timed_q  <= (timed_q & ~(halt ? here : '0)) | (run ? here : '0);
      if (head_moved_i && arm_i) armed_q[head_qid_i] <= 1'b1;
      if (init_i) begin
        armed_q[init_qid_i] <= 1'b0;
        timed_q[init_qid_i] <= 1'b0;
      end
    end
  end

  // So many whole microseconds, at least.
  logic [17:0] due_d;
  logic [18:0] due_w;
  assign due_d = now_q + {2'd0, usec_q} + 18'd1;
  queue_inject #(.Memory(ecc_pkg::QueueIrq), .Place(queue_core_pkg::PlaceDue), .Width(19)) u_due (
    .clk_i, .rst_ni, .inject_i, .write_i(run), .word_i({^due_d, due_d}), .word_o(due_w)
  );
  always_ff @(posedge clk_i) begin
    if (run) due_q[qid_q] <= due_w;
  end

  logic [5:0]  out_vector_q;
  logic [31:0] interrupts_q;
  logic        raised_q, lost_q, settings_lost_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      lost_q          <= 1'b0;
      settings_lost_q <= 1'b0;
      out_valid_q  <= 1'b0;
      raised_q     <= 1'b0;
      interrupts_q <= '0;
    end else begin
      out_valid_q  <= raise || (out_valid_q && !irq_ready_i);
      raised_q     <= raise;
      lost_q          <= !hold && valid_now_q && index_wrong_q;
      settings_lost_q <= !hold && valid_now_q && (settings_wrong_q || coalesce_wrong_q || (timed_now_q && due_wrong_q));
      interrupts_q <= interrupts_q + 32'(raised_q);
    end
  end
  always_ff @(posedge clk_i) begin
    if (raise) out_vector_q <= vector_q;
  end

  assign lost_o          = lost_q;
  assign settings_lost_o = settings_lost_q;
  assign qid_o        = qid_q;
  assign irq_valid_o  = out_valid_q;
  assign irq_vector_o = out_vector_q;
  assign busy_o       = visit_q != 2'd0 || out_valid_q;
  assign busy_qid_o   = qid_q;
  assign interrupts_o = interrupts_q;

  `PAMC_ASSERT(a_one_at_a_time, !raise || !out_valid_q)

`ifdef FORMAL
  // A further way to read, from which the proof's invariants speak.
  logic [QpBits-1:0] peek_at;
  logic [11:0]       peek_config;
  logic [32:0]       peek_coalesce;
  logic [18:0]       peek_due;
  assign peek_config   = config_q[peek_at];
  assign peek_coalesce = coalesce_q[peek_at];
  assign peek_due      = due_q[peek_at];
`endif

endmodule
