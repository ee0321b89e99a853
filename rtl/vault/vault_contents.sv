// SPDX-License-Identifier: Apache-2.0
//
// The table of contents, what is committed to them, and the choice of the ephemeral ones
// that give way first.
//
// Each persistent contents is committed the larger of what it holds and of what it was
// promised. What would make the sum exceed what there is (fits, RESERVE) is undone here,
// so the sum never does.

`include "check.svh"

module vault_contents #(
  parameter int unsigned Contents = 2 ** vault_pkg::ContentsBits
) (
  input  logic                clk_i,
  input  logic                rst_ni,
  // What there is. Stay as they are.
  input  logic [31:0]         units_i,
  input  logic [31:0]         slots_i,

  input  vault_pkg::row_req_t req_i,
  output vault_pkg::row_rsp_t rsp_o,

  output logic [47:0]         committed_units_o,
  output logic [47:0]         committed_slots_o
);

  localparam int unsigned Bits = $clog2(Contents);

  typedef enum logic [3:0] {
    S_IDLE,
    // The row is read,
    S_READ,
    // changed, what it committed taken away,
    S_DROP,
    // what it commits now added,
    S_ADD,
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
  vault_pkg::row_t     old_q, new_q, row, fresh;
  logic                ok_q, fits;
  logic [Bits-1:0]     address, number_q;

  logic write;
  logic [$bits(row)-1:0] mem_q [Contents];
  always_ff @(posedge clk_i) begin
    if (write) mem_q[address] <= state_q == S_CLEAR ? '0 : new_q;
    else       row <= mem_q[address];
  end

  logic checks, scans, lists, reads;
  assign scans  = req_i.op == vault_pkg::ROW_OLDEST || req_i.op == vault_pkg::ROW_CREATE;
  assign reads  = req_i.op == vault_pkg::ROW_READ;
  assign lists  = req_i.op == vault_pkg::ROW_LIST || req_i.op == vault_pkg::ROW_LIMIT;
  assign checks = req_i.op == vault_pkg::ROW_RESERVE || (req_i.op == vault_pkg::ROW_BOOK && req_i.fits);

  // What a row commits.
  logic        commits;
  logic [39:0] row_units;
  logic [31:0] row_slots;
  vault_pkg::row_t counted;
  assign counted   = state_q == S_DROP ? old_q : new_q;
  assign commits   = counted.in_use && !counted.dead && !counted.ephemeral;
  assign row_units = !commits ? '0 : 40'(counted.units) > counted.reserve_units ? 40'(counted.units) : counted.reserve_units;
  assign row_slots = !commits ? '0 : counted.slots > counted.reserve_slots ? counted.slots : counted.reserve_slots;

  assign fits = units_q <= 48'(units_i) && slots_q <= 48'(slots_i);

  // The row as it is to be.
  vault_pkg::row_t next;
  vault_pkg::sums_t sums;
  logic [31:0] records;
  assign sums    = req_i.sums;
  assign records = req_i.subtract ? row.records - req_i.records : row.records + req_i.records;
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
        next.in_use  = row.in_use && !(row.dead && records == '0);
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
        next.in_use        = row.records != '0;
      end
      vault_pkg::ROW_RESERVE: begin
        next.reserve_units = req_i.reserve_units;
        next.reserve_slots = req_i.reserve_slots;
      end
      vault_pkg::ROW_LIMIT: next.limit = req_i.limit;
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
  end

  // A scan: at_q is asked for, what comes is of the one before. An unused row; or the
  // oldest page, the first dead one being older than all.
  logic [Bits-1:0] came_number_q;
  logic            came_q, found_q, scan_ends, better, unused_row;
  logic [Bits:0]   scan_end;
  logic [63:0]     best_q;
  assign unused_row = !row.in_use;
  assign better     = row.in_use && row.oldest != vault_pkg::Nowhere &&
                      (row.dead || !found_q || row.oldest_age < best_q);
  assign scan_end   = req_i.op == vault_pkg::ROW_OLDEST ? top_q : (Bits+1)'(Contents);
  assign scan_ends  = came_q && (req_i.op == vault_pkg::ROW_CREATE ? unused_row : better && row.dead);

  assign write   = state_q == S_CLEAR || (state_q == S_DONE && ok_q && !reads && req_i.op != vault_pkg::ROW_OLDEST &&
                                          req_i.op != vault_pkg::ROW_CLEAR);
  always_comb begin
    address = Bits'(req_i.number);
    if (state_q == S_CLEAR || state_q == S_SCAN) address = at_q[Bits-1:0];
    if (state_q == S_DONE && scans) address = number_q;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q <= S_IDLE;
      units_q <= '0;
      slots_q <= '0;
      top_q   <= '0;
    end else begin
      case (state_q)
        S_IDLE: if (req_i.valid) begin
          state_q <= req_i.op == vault_pkg::ROW_CLEAR ? S_CLEAR : scans ? S_SCAN : S_READ;
        end
        S_READ: state_q <= reads || lists ? S_DONE : S_DROP;
        S_DROP: begin
          state_q <= S_ADD;
          units_q <= units_q - 48'(row_units);
          slots_q <= slots_q - 48'(row_slots);
        end
        S_ADD: begin
          state_q <= S_JUDGE;
          units_q <= units_q + 48'(row_units);
          slots_q <= slots_q + 48'(row_slots);
        end
        S_JUDGE: begin
          state_q <= S_DONE;
          if (checks && !fits) begin
            units_q <= units_before_q;
            slots_q <= slots_before_q;
          end
        end
        S_CLEAR: begin
          if (32'(at_q) == Contents - 1) state_q <= S_DONE;
          units_q <= '0;
          slots_q <= '0;
          top_q   <= '0;
        end
        S_SCAN: if (scan_ends || at_q == scan_end) state_q <= S_SCAN_END;
        S_SCAN_END: begin
          state_q <= S_DONE;
          if (req_i.op == vault_pkg::ROW_CREATE && found_q && (Bits+1)'(number_q) >= top_q) begin
            top_q <= (Bits+1)'(number_q) + 1'b1;
          end
        end
        default: state_q <= S_IDLE;
      endcase
    end
  end

  always_ff @(posedge clk_i) begin
    came_q <= 1'b0;
    case (state_q)
      S_IDLE: begin
        at_q           <= '0;
        found_q        <= 1'b0;
        units_before_q <= units_q;
        slots_before_q <= slots_q;
        ok_q           <= 1'b1;
        number_q       <= Bits'(req_i.number);
      end
      S_READ: begin
        old_q <= row;
        new_q <= next;
      end
      S_JUDGE: ok_q <= !checks || fits;
      S_CLEAR: at_q <= at_q + 1'b1;
      S_SCAN: begin
        came_q        <= at_q != scan_end && !scan_ends;
        came_number_q <= at_q[Bits-1:0];
        at_q          <= at_q + 1'b1;
        new_q         <= fresh;
        if (came_q && (req_i.op == vault_pkg::ROW_CREATE ? unused_row && !found_q : better)) begin
          found_q  <= 1'b1;
          number_q <= came_number_q;
          best_q   <= row.oldest_age;
          old_q    <= row;
        end
      end
      S_SCAN_END: ok_q <= found_q;
      default: ;
    endcase
  end

  assign rsp_o.done   = state_q == S_DONE;
  assign rsp_o.ok     = ok_q;
  assign rsp_o.number = vault_pkg::ContentsBits'(number_q);
  assign rsp_o.row    = old_q;
  assign committed_units_o = units_q;
  assign committed_slots_o = slots_q;

  logic unused;
  assign unused = &{1'b0, counted};

  `PAMC_ASSUME(m_stays, state_q == S_IDLE || req_i.valid)
  // Sums are never taken below zero.
  `PAMC_ASSERT(a_a_row_is_part_of_the_sum, state_q != S_DROP || (units_q >= 48'(row_units) && slots_q >= 48'(row_slots)))

`ifdef FORMAL
  // The whole table, for the proof, which has a small one.
  logic [Contents*$bits(row)-1:0] whole;
  for (genvar i = 0; i < Contents; i++) begin : gen_whole
    assign whole[i*$bits(row) +: $bits(row)] = mem_q[i];
  end
`endif

endmodule
