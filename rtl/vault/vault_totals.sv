// SPDX-License-Identifier: Apache-2.0
//
// What is counted over all contents, and the counters of the log pages, from the changes
// that the modules tell. One module works at a time, so at most one tells something.

module vault_totals (
  input  logic                 clk_i,
  input  logic                 rst_ni,
  // Steps of the sweep, less one. Stays as it is.
  input  logic [31:0]          buckets_i,

  input  logic                 clear_i,
  input  vault_pkg::change_t   change_i,
  input  logic [47:0]          committed_units_i,
  input  logic [47:0]          committed_slots_i,
  input  logic [47:0]          committed_flash_i,
  input  logic [9:0]           committed_durable_i,

  output vault_pkg::globals_t  globals_o,
  output vault_pkg::counters_t counters_o,
  output vault_pkg::event_t    event_o
);

  // A cycle later, so that what is added comes from registers.
  vault_pkg::change_t   change_q;
  vault_pkg::sums_t     dead_q;
  vault_pkg::counters_t counters_q;
  vault_pkg::event_t    happened;
  logic [31:0] dead_pages_q, extents_q, objects_q, step_q, flash_pages_q;
  logic [39:0] durable_q;
  logic [63:0] age_q, pages;
  assign happened = change_q.happened;
  assign pages    = happened.valid ? 64'(happened.pages) : '0;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      change_q     <= '0;
      dead_q       <= '0;
      dead_pages_q <= '0;
      extents_q    <= '0;
      objects_q    <= '0;
      age_q        <= '0;
      step_q       <= '0;
      durable_q    <= '0;
      flash_pages_q <= '0;
      counters_q   <= '0;
    end else begin
      change_q <= change_i;
      if (clear_i) begin
        dead_q       <= '0;
        dead_pages_q <= '0;
        extents_q    <= '0;
        objects_q    <= '0;
        age_q        <= '0;
        step_q       <= '0;
        durable_q    <= '0;
        flash_pages_q <= '0;
        counters_q   <= '0;
      end else begin
        dead_q.pages  <= dead_q.pages + change_q.dead_add.pages - change_q.dead_subtract.pages;
        dead_q.units  <= dead_q.units + change_q.dead_add.units - change_q.dead_subtract.units;
        dead_q.stored <= dead_q.stored + change_q.dead_add.stored - change_q.dead_subtract.stored;
        dead_q.same   <= dead_q.same + change_q.dead_add.same - change_q.dead_subtract.same;
        dead_q.raw    <= dead_q.raw + change_q.dead_add.raw - change_q.dead_subtract.raw;
        dead_pages_q  <= dead_pages_q + change_q.dead_pages_add - change_q.dead_pages_subtract;
        extents_q     <= extents_q + change_q.extents_add - change_q.extents_subtract;
        objects_q     <= objects_q + 32'(change_q.objects_add) - 32'(change_q.objects_subtract);
        age_q         <= age_q + 64'(change_q.age_next);
        if (change_q.age_least && age_q < change_q.age) age_q <= change_q.age;
        durable_q     <= durable_q + 40'(change_q.durable_add) - 40'(change_q.durable_subtract);
        flash_pages_q <= flash_pages_q + 32'(change_q.flash_add) - 32'(change_q.flash_subtract);
        if (change_q.sweep_next) step_q <= step_q >= buckets_i ? '0 : step_q + 32'd1;
        if (change_q.index_full) counters_q.index_full <= counters_q.index_full + 64'd1;
        case (happened.what)
          vault_pkg::EVENT_PUT:     counters_q.puts         <= counters_q.puts + pages;
          vault_pkg::EVENT_REFUSED: counters_q.puts_refused <= counters_q.puts_refused + pages;
          vault_pkg::EVENT_EVICTED: counters_q.evictions    <= counters_q.evictions + pages;
          default:                  counters_q.flushes      <= counters_q.flushes + pages;
        endcase
      end
    end
  end

  assign globals_o.committed_units = committed_units_i;
  assign globals_o.committed_slots = committed_slots_i;
  assign globals_o.dead            = dead_q;
  assign globals_o.dead_pages      = dead_pages_q;
  assign globals_o.extents         = extents_q;
  assign globals_o.objects         = objects_q;
  assign globals_o.age             = age_q;
  assign globals_o.sweep_step      = step_q;
  assign globals_o.durable_bytes   = durable_q;
  assign globals_o.flash_pages     = flash_pages_q;
  assign globals_o.committed_flash   = committed_flash_i;
  assign globals_o.committed_durable = committed_durable_i;
  assign counters_o                = counters_q;
  assign event_o                   = happened;

endmodule
