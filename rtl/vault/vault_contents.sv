// SPDX-License-Identifier: Apache-2.0
//
// The table of contents, what is committed to them, and the choice of the ephemeral ones
// that give way first.
//
// Each persistent contents is committed the larger of what it holds and of what it was
// promised. What would make the sum exceed what there is (fits, RESERVE) is undone here,
// so the sum never does.
//
// With flash behind memory (vault_promise.c of the model) a page may be in either, so there is
// a third sum, of what pages take of flash at worst; what is more than flash was said to
// have for sure, memory has to have beside a stub of each page. That takes three cycles more.
//
// Rows are protected. One that is lost is never written again, is not counted any more, and
// fails what wanted it (not ok): the table, and with it the vault, is worthless then, until
// ROW_CLEAR (failed_o).

`include "check.svh"

module vault_contents #(
  parameter int unsigned Contents = 2 ** vault_pkg::ContentsBits
) (
  input  logic                clk_i,
  input  logic                rst_ni,
  input  ecc_pkg::inject_t    inject_i,
  output ecc_pkg::event_t     ecc_o,
  // The vault is worthless for another reason.
  input  logic                fail_i,
  output logic                failed_o,

  // What there is. Stay as they are.
  input  logic [31:0]         units_i,
  input  logic [31:0]         slots_i,
  // There is flash; so many bytes of it, for sure.
  input  logic                flash_i,
  input  logic [47:0]         promise_i,

  input  vault_pkg::row_req_t req_i,
  output vault_pkg::row_rsp_t rsp_o,

  output logic [47:0]         committed_units_o,
  output logic [47:0]         committed_slots_o,
  // Bytes of flash; how many want to be nowhere else.
  output logic [47:0]         committed_flash_o,
  output logic [9:0]          committed_durable_o
);

  localparam int unsigned Bits = $clog2(Contents);

  typedef enum logic [3:0] {
    S_IDLE,
    // The row is read,
    S_READ,
    // what it committed and what it commits now is found,
    S_COUNT,
    // taken away and added,
    S_ADD,
    // The third sum.
    S_FLASH,
    S_FLASH_ADD,
    S_FLASH_TRY,
    S_JUDGE,
    S_DONE,
    // One row after the other.
    S_CLEAR,
    S_SCAN,
    S_SCAN_END
  } state_e;
  state_e state_q;

  // None at or above top was ever in use.
  logic [Bits:0]       top_q, at_q;
  logic [47:0]         units_q, slots_q, units_before_q, slots_before_q;
  vault_pkg::row_t     old_q, new_q, row, fresh, none;
  logic                ok_q, fits, failed_q;
  logic [Bits-1:0]     address, number_q;

  // A row is used in the cycle in which it is checked, and all is begun again if it had to be
  // corrected, which is known a cycle later. new_q is what is written.
  logic write, looks, waits, waits_q, lost;
  logic mute_q;
  ecc_pkg::event_t found_event;
  assign looks   = state_q == S_READ || (state_q == S_SCAN && came_q);
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) {waits_q, mute_q} <= '0;
    // What is read again was told before.
    else         {waits_q, mute_q} <= {waits, stays || (state_q == S_READ && scans)};
  end
  assign ecc_o = mute_q ? '0 : found_event;
  ecc_ram #(
    .Memory(ecc_pkg::Contents), .Width($bits(row)), .Depth(Contents), .Parts(10), .Late(1'b1)
  ) u_table (
    .clk_i, .rst_ni, .inject_i, .event_o(found_event),
    .write_i(write), .write_at_i(address), .write_data_i(new_q),
    .read_i(state_q == S_IDLE || (state_q == S_SCAN && !stays) || state_q == S_SCAN_END), .read_at_i(address),
    .look_i(looks), .data_o(row), .wait_o(waits), .error_o(lost)
`ifdef FORMAL
    , .whole_o(whole)
`endif
  );

  logic checks, scans, lists, reads;
  logic demotes, seeks, scans_q;
  // Of the request that is being done.
  always_ff @(posedge clk_i) scans_q <= scans;
  assign demotes = req_i.op == vault_pkg::ROW_DEMOTE;
  assign seeks   = req_i.op == vault_pkg::ROW_OLDEST || demotes;
  assign scans  = seeks || req_i.op == vault_pkg::ROW_CREATE;
  assign reads  = req_i.op == vault_pkg::ROW_READ;
  // ROW_DURABLE may change the order, and with it what the row's pages take of flash.
  assign lists  = req_i.op == vault_pkg::ROW_LIST || req_i.op == vault_pkg::ROW_LIMIT;
  assign checks = req_i.op == vault_pkg::ROW_RESERVE || req_i.op == vault_pkg::ROW_PROMISE ||
                  (req_i.op == vault_pkg::ROW_BOOK && req_i.fits);

  // What a row commits.
  logic        old_commits, new_commits;
  logic [39:0] less_units_q, more_units_q;
  logic [31:0] less_slots_q, more_slots_q;
  assign old_commits = old_q.in_use && !old_q.dead && !old_q.ephemeral;
  assign new_commits = new_q.in_use && !new_q.dead && !new_q.ephemeral;
  always_ff @(posedge clk_i) begin
    less_units_q <= !old_commits ? '0 : 40'(old_q.units) > old_q.reserve_units ? 40'(old_q.units) : old_q.reserve_units;
    more_units_q <= !new_commits ? '0 : 40'(new_q.units) > new_q.reserve_units ? 40'(new_q.units) : new_q.reserve_units;
    less_slots_q <= !old_commits ? '0 : old_q.slots > old_q.reserve_slots ? old_q.slots : old_q.reserve_slots;
    more_slots_q <= !new_commits ? '0 : new_q.slots > new_q.reserve_slots ? new_q.slots : new_q.reserve_slots;
  end

  // What a row's pages take of flash at worst: each its descriptor and table, and all twice. Of
  // the row as it was, then as it is, then with the page that is being put.
  logic [47:0] flash_q, flash_before_q, pages_cost, a_page, cost_q, try_q, old_flash_q, new_flash_q, total_q, bound_q;
  logic [9:0]  durable_q, durable_before_q, reserves_q, reserves_before_q;
  logic [47:0] old_most, new_most, try_most;
  logic signed [47:0] left_q;
  logic        old_alive, new_alive, promised_less, granted;
  // The row as it was in S_COUNT, as it is in S_ADD.
  vault_pkg::row_t counted;
  always_ff @(posedge clk_i) counted <= state_q == S_READ ? row : new_q;
  assign pages_cost = {8'd0, counted.pages, 8'd0} - {13'd0, counted.pages, 3'd0} - {15'd0, counted.pages, 1'b0} +
                      (counted.order == '0 ? '0 : 48'(counted.pages) << (3'd2 + counted.order)) +
                      {7'd0, counted.stored, 1'b0};
  assign a_page     = 48'd246 + (new_q.order == '0 ? '0 : 48'd4 << new_q.order) + {30'd0, req_i.trial_stored, 1'b0};
  assign old_most   = cost_q > 48'(old_q.reserve_flash) ? cost_q : 48'(old_q.reserve_flash);
  assign new_most   = cost_q > 48'(new_q.reserve_flash) ? cost_q : 48'(new_q.reserve_flash);
  assign try_most   = try_q > 48'(new_q.reserve_flash) ? try_q : 48'(new_q.reserve_flash);
  assign old_alive  = old_q.in_use && !old_q.dead;
  assign new_alive  = new_q.in_use && !new_q.dead;
  // What was promised is tried, even if flash has shrunk since. Less than before is always good.
  assign granted        = reserves_q == '0 || (new_q.slots <= new_q.reserve_slots && try_q <= 48'(new_q.reserve_flash));
  assign promised_less = new_q.reserve_slots <= old_q.reserve_slots && new_q.reserve_flash <= old_q.reserve_flash;

  logic enough, holds;
  assign enough = slots_q <= 48'(slots_i) && left_q >= 0 && (total_q <= promise_i || (durable_q == '0 && total_q < bound_q));
  assign holds  = req_i.op == vault_pkg::ROW_PROMISE ? new_q.reserve_slots <= slots_i && (promised_less || enough) :
                  slots_q <= 48'(slots_i) && (granted || enough);

  assign fits = flash_i && req_i.op != vault_pkg::ROW_RESERVE ? holds :
                units_q <= 48'(units_i) && slots_q <= 48'(slots_i);

  // The row as it is to be.
  vault_pkg::row_t next;
  vault_pkg::sums_t sums;
  logic [31:0] records;
  assign sums    = req_i.sums;
  assign records = req_i.subtract ? row.records - req_i.records : row.records + req_i.records;
  // Seen beside the sum, not behind it.
  logic none_left;
  assign none_left = req_i.subtract ? row.records == req_i.records : row.records == '0 && req_i.records == '0;
  always_comb begin
    next = row;
    case (req_i.op)
      vault_pkg::ROW_BOOK: begin
        next.pages   = req_i.subtract ? row.pages - sums.pages   : row.pages + sums.pages;
        next.units   = req_i.subtract ? row.units - sums.units   : row.units + sums.units;
        next.stored  = req_i.subtract ? row.stored - sums.stored : row.stored + sums.stored;
        next.same    = req_i.subtract ? row.same - sums.same     : row.same + sums.same;
        next.raw     = req_i.subtract ? row.raw - sums.raw       : row.raw + sums.raw;
        next.slots   = req_i.subtract ? row.slots - req_i.slots  : row.slots + req_i.slots;
        next.records = records;
        // Dead, and nothing names them any more.
        next.in_use  = row.in_use && !(row.dead && none_left);
      end
      vault_pkg::ROW_LIST: begin
        next.oldest     = req_i.oldest;
        next.newest     = req_i.newest;
        next.newest_at  = req_i.newest_at;
        next.oldest_age = req_i.age;
      end
      vault_pkg::ROW_ABANDON: begin
        next.dead          = 1'b1;
        next.reserve_units = '0;
        next.reserve_slots = '0;
        next.reserve_flash   = '0;
        next.reserve_durable = 1'b0;
        next.in_use        = row.records != '0;
      end
      vault_pkg::ROW_RESERVE: begin
        next.reserve_units = req_i.reserve_units;
        next.reserve_slots = req_i.reserve_slots;
      end
      vault_pkg::ROW_PROMISE: begin
        next.reserve_units   = 40'(req_i.reserve_slots) + {6'd0, req_i.reserve_slots, 2'd0};
        next.reserve_slots   = req_i.reserve_slots;
        next.reserve_flash   = req_i.reserve_units;
        next.reserve_durable = req_i.durable && req_i.reserve_slots != '0;
      end
      vault_pkg::ROW_LIMIT: next.limit = req_i.limit;
      vault_pkg::ROW_DURABLE: begin
        next.durable = 1'b1;
        next.order   = req_i.order;
      end
      default: ;
    endcase
  end
  always_comb begin
    fresh           = '0;
    fresh.in_use    = 1'b1;
    fresh.ephemeral = req_i.ephemeral;
    fresh.order     = req_i.order;
    fresh.oldest    = vault_pkg::Nowhere;
    fresh.newest    = vault_pkg::Nowhere;
    none            = '0;
    none.oldest     = vault_pkg::Nowhere;
    none.newest     = vault_pkg::Nowhere;
  end

  // A scan: at_q is asked for; what comes is of the one before, and is checked; what is judged is
  // of the one before that. One that had to be corrected is read again, and stays for a cycle
  // more, in which it is. Looked for is an unused row; or the oldest page: of ephemeral ones, the
  // first dead one being older than all, or of those that may go to flash.
  logic [Bits-1:0] came_number_q, seen_number_q;
  logic            came_q, again_q, stays, found_q, lost_q, scan_over, better, finds;
  logic            seen_q, seen_lost_q, seen_unused_q, seen_dead_q, seen_fit_q;
  logic [63:0]     seen_age_q, best_q;
  logic [Bits:0]   scan_end;
  logic            meant;
  assign meant     = req_i.which == vault_pkg::TIER_ANY ||
                     (req_i.which == vault_pkg::TIER_DURABLE ? row.durable : came_number_q == Bits'(req_i.number));
  always_ff @(posedge clk_i) begin
    seen_number_q <= came_number_q;
    seen_lost_q   <= lost;
    seen_unused_q <= !row.in_use;
    seen_dead_q   <= row.dead;
    seen_age_q    <= row.oldest_age;
    seen_fit_q    <= row.in_use && row.oldest != vault_pkg::Nowhere &&
                     (demotes ? !row.dead && !row.ephemeral && meant : row.dead || row.ephemeral);
  end
  assign stays     = again_q && came_q;
  assign better    = seen_fit_q && (seen_dead_q || !found_q || seen_age_q < best_q);
  assign finds     = seen_q && !waits_q && !seen_lost_q && (seeks ? better : seen_unused_q);
  assign scan_end  = seeks ? top_q : (Bits+1)'(Contents);
  // Nothing can be better; or nothing more is to come.
  assign scan_over = !(seen_q && waits_q) && ((at_q == scan_end && !came_q) ||
                     (seen_q && (seen_lost_q || (seeks ? better && seen_dead_q : seen_unused_q))));

  assign write   = state_q == S_CLEAR || (state_q == S_DONE && !waits_q && ok_q && !reads && !seeks &&
                                          req_i.op != vault_pkg::ROW_CLEAR);
  always_comb begin
    address = Bits'(req_i.number);
    if (state_q == S_CLEAR || state_q == S_SCAN)  address = at_q[Bits-1:0];
    if (state_q == S_SCAN_END || (state_q == S_DONE && scans_q)) address = number_q;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q  <= S_IDLE;
      units_q  <= '0;
      slots_q  <= '0;
      flash_q  <= '0;
      durable_q  <= '0;
      reserves_q <= '0;
      top_q    <= '0;
      failed_q <= 1'b0;
    end else begin
      if (state_q == S_CLEAR) failed_q <= 1'b0;
      else if ((looks && lost) || fail_i) failed_q <= 1'b1;
      case (state_q)
        S_IDLE: if (req_i.valid) begin
          state_q <= req_i.op == vault_pkg::ROW_CLEAR ? S_CLEAR : scans ? S_SCAN : S_READ;
        end
        S_READ:  state_q <= reads || lists || seeks || lost ? S_DONE : S_COUNT;
        S_COUNT: state_q <= waits_q ? S_READ : S_ADD;
        S_ADD: begin
          state_q <= flash_i ? S_FLASH : S_JUDGE;
          units_q <= units_q - 48'(less_units_q) + 48'(more_units_q);
          slots_q <= slots_q - 48'(less_slots_q) + 48'(more_slots_q);
          durable_q  <= durable_q - 10'(old_alive && old_q.reserve_durable) + 10'(new_alive && new_q.reserve_durable);
          reserves_q <= reserves_q - 10'(old_alive && old_q.reserve_slots != '0) + 10'(new_alive && new_q.reserve_slots != '0);
        end
        S_FLASH: begin
          state_q <= S_FLASH_ADD;
          flash_q <= flash_q - old_flash_q;
        end
        S_FLASH_ADD: begin
          state_q <= S_FLASH_TRY;
          flash_q <= flash_q + (new_commits ? new_flash_q : '0);
        end
        S_FLASH_TRY: state_q <= S_JUDGE;
        S_JUDGE: begin
          state_q <= S_DONE;
          if (checks && !fits) begin
            units_q <= units_before_q;
            slots_q <= slots_before_q;
            flash_q <= flash_before_q;
            durable_q  <= durable_before_q;
            reserves_q <= reserves_before_q;
          end
        end
        S_CLEAR: begin
          if (32'(at_q) == Contents - 1) state_q <= S_DONE;
          units_q <= '0;
          slots_q <= '0;
          flash_q <= '0;
          durable_q  <= '0;
          reserves_q <= '0;
          top_q   <= '0;
        end
        S_SCAN: if (scan_over) state_q <= S_SCAN_END;
        // The row that was found is read again: it is the answer.
        S_SCAN_END: begin
          state_q <= seeks && found_q && !lost_q ? S_READ : S_DONE;
          if (req_i.op == vault_pkg::ROW_CREATE && found_q && !lost_q && (Bits+1)'(number_q) >= top_q) begin
            top_q <= (Bits+1)'(number_q) + 1'b1;
          end
        end
        // S_DONE, or S_READ once more.
        default: state_q <= waits_q ? S_READ : S_IDLE;
      endcase
    end
  end

  always_ff @(posedge clk_i) begin
    came_q  <= 1'b0;
    seen_q  <= 1'b0;
    case (state_q)
      S_IDLE: begin
        at_q           <= '0;
        again_q        <= 1'b0;
        new_q          <= '0;
        found_q        <= 1'b0;
        lost_q         <= 1'b0;
        units_before_q <= units_q;
        slots_before_q <= slots_q;
        flash_before_q    <= flash_q;
        durable_before_q  <= durable_q;
        reserves_before_q <= reserves_q;
        ok_q           <= 1'b1;
        number_q       <= Bits'(req_i.number);
      end
      S_READ: begin
        old_q <= lost ? none : row;
        new_q <= next;
        ok_q  <= !lost;
      end
      S_COUNT: cost_q <= pages_cost;
      S_ADD: begin
        old_flash_q <= old_commits ? old_most : '0;
        cost_q      <= pages_cost;
      end
      S_FLASH: begin
        new_flash_q <= new_most;
        try_q       <= cost_q + (req_i.trial ? a_page : '0);
        left_q      <= 48'(units_i) - 48'(units_i[31:4]) - 48'(vault_pkg::WorstUnits) - (slots_q + {slots_q[45:0], 2'b00});
      end
      S_FLASH_ADD: begin
        total_q <= try_most - new_flash_q;
        bound_q <= promise_i + {left_q[41:0], 6'd0} - {left_q[45:0], 2'd0} - {left_q[46:0], 1'b0};
      end
      S_FLASH_TRY: total_q <= flash_q + total_q;
      S_JUDGE: ok_q <= !checks || fits;
      S_CLEAR: at_q <= at_q + 1'b1;
      S_SCAN: begin
        new_q <= fresh;
        if (seen_q && waits_q) begin
          at_q    <= (Bits+1)'(seen_number_q);
          again_q <= 1'b1;
        end else if (stays) begin
          again_q <= 1'b0;
          came_q  <= 1'b1;
        end else begin
          came_q        <= at_q != scan_end;
          came_number_q <= at_q[Bits-1:0];
          seen_q        <= came_q;
          if (at_q != scan_end) at_q <= at_q + 1'b1;
        end
        if (seen_q && !waits_q && seen_lost_q) begin
          found_q <= 1'b0;
          lost_q  <= 1'b1;
        end else if (finds) begin
          found_q  <= 1'b1;
          number_q <= seen_number_q;
          best_q   <= seen_age_q;
        end
      end
      S_SCAN_END: ok_q <= found_q && !lost_q;
      default: ;
    endcase
  end

  assign failed_o     = failed_q;
  assign rsp_o.done   = state_q == S_DONE && !waits_q;
  assign rsp_o.ok     = ok_q;
  assign rsp_o.number = vault_pkg::ContentsBits'(number_q);
  assign rsp_o.row    = old_q;
  assign committed_units_o = units_q;
  assign committed_slots_o = slots_q;
  assign committed_flash_o   = flash_q;
  assign committed_durable_o = durable_q;

  logic unused;
  assign unused = &{1'b0, counted};

  `PAMC_ASSUME(m_stays, state_q == S_IDLE || req_i.valid)
  // Sums are never taken below zero.
  `PAMC_ASSERT(a_a_row_is_part_of_the_sum, state_q != S_ADD || (units_q >= 48'(less_units_q) && slots_q >= 48'(less_slots_q)))

`ifdef FORMAL
  // The whole table, for the proof, which has a small one.
  logic [Contents*$bits(row)-1:0] whole;
`endif

endmodule
