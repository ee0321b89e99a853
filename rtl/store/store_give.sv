// SPDX-License-Identifier: Apache-2.0
//
// Allocation: one extent from the list that fits best; if there is none, the longest run
// there is, and so on for the rest. An extent is answered as soon as it is known and what
// the run kept in its memory is being cleaned; lists and map are put right after that.
//
// No memory is waited for but for a list that lost its first run just before.
//
// If there is not enough, all that was given is freed again, last extent first.

`include "check.svh"

module store_give (
  input  logic                   clk_i,
  input  logic                   rst_ni,
  input  ecc_pkg::inject_t       inject_i,
  // An extent that was freed again was damaged: what was freed is not known.
  output ecc_pkg::event_t        ecc_o,

  input  logic                   cmd_valid_i,
  output logic                   cmd_ready_o,
  input  logic [16:0]            bytes_i,
  input  logic [9:0]             most_i,

  output logic                   answer_valid_o,
  input  logic                   answer_ready_i,
  output store_pkg::answer_t     answer_o,

  output logic                   op_valid_o,
  input  logic                   op_ready_i,
  output store_pkg::op_t         op_o,
  output logic                   map_valid_o,
  input  logic                   map_ready_i,
  output store_pkg::map_op_t     map_o,

  output logic                   run_valid_o,
  input  logic                   run_ready_i,
  output store_pkg::run_cmd_t    run_o,

  // An extent is to be freed.
  output logic                   undo_valid_o,
  input  logic                   undo_ready_i,
  output logic [31:0]            undo_unit_o,
  output logic [7:0]             undo_units_o,

  output logic [8:0]             bin_o,
  input  store_pkg::list_t       list_i,
  // It is not right yet.
  input  logic                   list_wait_i,
  input  logic [31:0]            long_i,
  output logic [7:0]             seek_units_o,
  input  logic                   seek_fit_i,
  input  logic [8:0]             seek_fit_bin_i,
  input  logic                   seek_any_i,
  input  logic [8:0]             seek_largest_bin_i,

  input  logic [31:0]            free_units_i,
  output store_pkg::count_t      count_o,
  // A list will never be known.
  input  logic                   broken_i
);

  localparam logic [31:0] MinRun    = 32'(store_pkg::MinRun);
  localparam logic [31:0] MaxExtent = 32'(store_pkg::MaxExtent);

  typedef enum logic [3:0] {
    Idle, Need, Seek, Look, Pick, Cut, CleanFooter, CleanHeader, Answer, Take, Put, Fail, Undo,
    Undone
  } state_e;
  state_e      state_q;

  logic [17:0] bytes_q;
  logic [9:0]  most_q, count_q;
  // The extent that is sought: the last one, of at least so many units.
  logic        last_q, too_long_q;
  logic [7:0]  want_q;
  logic [1:0]  wait_q;
  // The run it comes from; what of it is given, what stays.
  logic [8:0]  bin_q;
  logic [31:0] head_q, length_q, unit_q, rest_q;
  logic [7:0]  units_q;
  logic        whole_q;

  // What may have to be freed again.
  logic [44:0] word, undo_q, given_q [store_pkg::MostExtents + 1];
  logic [39:0] undo;
  logic        bad, wrong;
  ecc_watch #(.Memory(ecc_pkg::Extents), .Place(ecc_pkg::ExtentsGiven), .Width(40), .Checks(5)) u_given (
    .clk_i, .rst_ni, .inject_i, .ecc_o, .write_i(state_q == Answer), .data_i({units_q, unit_q}), .word_o(word),
    .look_i(undo_valid_o), .use_i(undo_valid_o && undo_ready_i), .word_i(undo_q), .bad_o(bad), .wrong_o(wrong)
  );
  always_ff @(posedge clk_i) begin
    if (state_q == Answer) given_q[count_q] <= word;
    undo_q <= given_q[count_q];
  end

  logic [12:0] need;
  assign need = 13'((bytes_q + 18'(store_pkg::UnitBytes - 1)) >> 5);

  logic [31:0] cut_units;
  logic        cut_whole;
  always_comb begin
    cut_whole = 1'b0;
    if (length_q >= 32'(want_q) + MinRun) begin
      cut_units = 32'(want_q);
    end else if (length_q > MaxExtent) begin
      // Too long to be one extent, too short to leave a run behind the longest one.
      cut_units = length_q - MinRun;
    end else begin
      cut_units = length_q;
      cut_whole = 1'b1;
    end
  end

  // A long run that cannot be one extent as a whole, nor be cut so short.
  logic is_long, long_unfit, stays_long_q;
  assign is_long    = bin_q == store_pkg::LongBin;
  assign long_unfit = is_long && last_q && long_i < 32'(want_q) + MinRun;
  // Known a cycle after what stays.
  always_ff @(posedge clk_i) stays_long_q <= !whole_q && rest_q > MaxExtent;

  // More is free than any command can want: nobody changes that just before one begins.
  logic begun, not_enough, none, plenty_q;
  always_ff @(posedge clk_i) plenty_q <= free_units_i[31:13] != '0;
  assign begun      = count_q != '0;
  assign not_enough = !begun && !plenty_q && {free_units_i[12:0], 5'd0} < bytes_q;
  assign none       = not_enough || count_q == most_q || broken_i;

  assign cmd_ready_o  = state_q == Idle;
  assign bin_o        = bin_q;
  assign seek_units_o = want_q;

  // The map is told at once, and memory when it has been: that somebody else asks memory is known late.
  logic mapped_q;
  assign op_valid_o  = (state_q == CleanFooter && (map_ready_i || mapped_q)) || state_q == CleanHeader;
  assign map_valid_o = state_q == CleanFooter && !mapped_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) mapped_q <= 1'b0;
    else         mapped_q <= state_q == CleanFooter && (map_ready_i || mapped_q) && !op_ready_i;
  end
  assign map_o       = {1'b0, unit_q, units_q};
  always_comb begin
    op_o       = '0;
    op_o.write = 1'b1;
    op_o.lines = 7'd1;
    op_o.unit  = state_q == CleanFooter ? head_q + length_q - 32'd1 : head_q;
    op_o.mask  = state_q == CleanFooter ? 4'b1000 : 4'b0111;
  end

  assign run_valid_o = state_q == Take ? stays_long_q || (list_i.known && !list_wait_i) : state_q == Put;
  always_comb begin
    run_o.kind     = state_q == Put ? store_pkg::RUN_LINK :
                     stays_long_q ? store_pkg::RUN_TRIM : store_pkg::RUN_UNLINK;
    // A run that is put back is no long one, what stays of a trimmed one is.
    run_o.is_long  = state_q != Put && (stays_long_q || is_long);
    run_o.unit     = head_q;
    run_o.units    = state_q == Put || stays_long_q ? rest_q : length_q;
    run_o.next     = list_i.next;
    run_o.previous = store_pkg::Nowhere;
  end

  assign answer_valid_o = state_q == Answer || state_q == Fail;
  assign answer_o = state_q == Fail ? {40'd0, 1'b1, 1'b0} : {unit_q, units_q, last_q, 1'b1};

  assign undo_valid_o = state_q == Undone;
  // Whatever becomes of that extent: it is one, and the vault fails.
  assign undo         = bad ? {8'(store_pkg::MinRun), 32'd0} : undo_q[39:0];
  assign undo_unit_o  = undo[31:0];
  assign undo_units_o = undo[39:32];

  always_comb begin
    count_o = '0;
    if (state_q == Answer && answer_ready_i) begin
      count_o.free_units = 32'd0 - 32'(units_q);
      count_o.runs       = whole_q ? 32'hffff_ffff : 32'd0;
      count_o.splits     = !whole_q;
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q <= Idle;
    end else begin
      case (state_q)
        Idle: if (cmd_valid_i) state_q <= Need;
        Need: state_q <= none ? Fail : Seek;
        // Three cycles after the last change.
        Seek: if (wait_q == 2'd3) state_q <= Look;
        Look: state_q <= (!too_long_q && seek_fit_i) || seek_any_i ? Pick : Fail;
        // The first cycle reads the list; a long run's length has to be known.
        Pick: begin
          if (broken_i) state_q <= Fail;
          else if (wait_q != '0 && !list_wait_i && (!is_long || list_i.known)) state_q <= Cut;
        end
        Cut:         state_q <= CleanFooter;
        CleanFooter: if (op_ready_i && (map_ready_i || mapped_q)) state_q <= whole_q ? CleanHeader : Answer;
        CleanHeader: if (op_ready_i) state_q <= Answer;
        Answer:      if (answer_ready_i) state_q <= Take;
        Take: begin
          if (run_valid_o && run_ready_i) begin
            state_q <= !stays_long_q && !whole_q ? Put : last_q ? Idle : Need;
          end else if (broken_i) begin
            state_q <= last_q ? Idle : Fail;
          end
        end
        Put:         if (run_ready_i) state_q <= last_q ? Idle : Need;
        Fail:        if (answer_ready_i) state_q <= begun && !broken_i ? Undo : Idle;
        Undo:        state_q <= Undone;
        default:     if (undo_ready_i) state_q <= !begun ? Idle : Undo;
      endcase
    end
  end

  always_ff @(posedge clk_i) begin
    case (state_q)
      Idle: begin
        bytes_q <= 18'(bytes_i);
        most_q  <= most_i;
        count_q <= '0;
      end
      Need: begin
        too_long_q <= need > 13'(MaxExtent);
        want_q     <= need < 13'(MinRun) ? 8'(MinRun) : need[7:0];
        wait_q     <= '0;
      end
      Seek: wait_q <= run_ready_i ? wait_q + 2'd1 : '0;
      Look: begin
        last_q <= !too_long_q && seek_fit_i;
        bin_q  <= !too_long_q && seek_fit_i ? seek_fit_bin_i : seek_largest_bin_i;
        if (too_long_q || !seek_fit_i) want_q <= 8'(MaxExtent);
        wait_q <= '0;
      end
      Pick: begin
        wait_q   <= 2'd1;
        head_q   <= list_i.head;
        length_q <= is_long ? long_i : 32'(bin_q);
        if (long_unfit && wait_q != '0 && !list_wait_i && list_i.known) begin
          last_q <= 1'b0;
          want_q <= 8'(MaxExtent);
        end
      end
      Cut: begin
        unit_q  <= cut_whole ? head_q : head_q + length_q - cut_units;
        units_q <= cut_units[7:0];
        rest_q  <= length_q - cut_units;
        whole_q <= cut_whole;
      end
      Answer: if (answer_ready_i) begin
        count_q <= count_q + 10'd1;
        bytes_q <= bytes_q + 18'(store_pkg::LinkBytes) - {5'd0, units_q, 5'd0};
      end
      // The extents given, the last one first.
      Fail: if (answer_ready_i) count_q <= count_q - 10'd1;
      default: if (undo_valid_o && undo_ready_i) count_q <= count_q - 10'd1;
    endcase
  end

  logic unused;
  assign unused = &{1'b0, wrong};

  `PAMC_ASSERT(a_plenty, state_q != Need || begun || plenty_q == (free_units_i[31:13] != '0))
  `PAMC_ASSERT(a_is_long, !run_valid_o || run_o.is_long == (run_o.units > MaxExtent))

endmodule
