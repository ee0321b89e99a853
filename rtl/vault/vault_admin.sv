// SPDX-License-Identifier: Apache-2.0
//
// Everything but puts: pages and objects go, contents come and go, limits and promises are
// set (vault_flush_page, vault_flush_object, contents_create, contents_abandon, set_reserve
// and the rest of vault_pool_set in the model).

`include "check.svh"

module vault_admin (
  input  logic                    clk_i,
  input  logic                    rst_ni,

  input  logic                    call_i,
  input  vault_pkg::command_t     command_i,
  output logic                    done_o,
  output vault_pkg::result_e      result_o,
  output logic [31:0]             value_o,
  output vault_pkg::row_t         answer_row_o,
  output logic                    clear_o,

  // Index and map are zeroed: held until it is done.
  output logic                    wipe_o,
  input  logic                    wiped_i,

  // Steps of a whole sweep, less one. Stays as it is.
  input  logic [31:0]             buckets_i,
  input  logic [31:0]             sweep_step_i,

  output vault_pkg::index_req_t   index_o,
  input  vault_pkg::index_rsp_t   index_i,
  output vault_pkg::row_req_t     row_o,
  input  vault_pkg::row_rsp_t     row_i,
  output vault_pkg::object_req_t  object_o,
  input  vault_pkg::object_rsp_t  object_i,
  output vault_pkg::store_req_t   store_o,
  input  vault_pkg::store_rsp_t   store_i,
  output vault_pkg::call_t        forget_o,
  input  vault_pkg::return_t      forget_i,
  output vault_pkg::call_t        evict_o,
  input  vault_pkg::return_t      evict_i,
  output vault_pkg::call_t        sweep_o,
  input  vault_pkg::return_t      sweep_i,
  output vault_pkg::change_t      change_o
);

  typedef enum logic [4:0] {
    S_IDLE,
    S_WIPE, S_INIT_INDEX, S_INIT_STORE, S_CLEAR,
    // A page or an object goes.
    S_FIND_OBJECT, S_FIND_PAGE, S_REMOVE, S_FORGET,
    S_READ_OBJECT, S_REMOVE_OBJECT, S_BOOK, S_KILL,
    S_SWEEP,
    S_CREATE, S_CREATE_SWEEP,
    S_ABANDON,
    S_RESERVE, S_LIMIT, S_TRIM, S_EVICT,
    S_READ,
    S_COUNT, S_DONE
  } state_e;
  state_e state_q;

  vault_pkg::result_e result_q;
  logic [31:0]        value_q, object_q, steps_q;
  vault_pkg::object_t object;
  logic               whole, evicts;
  assign object = object_i.object;
  assign whole  = command_i.op == vault_pkg::OP_FLUSH_OBJECT;
  assign evicts = row_i.row.ephemeral && row_i.row.limit != '0 && row_i.row.pages > row_i.row.limit;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q <= S_IDLE;
    end else begin
      case (state_q)
        S_IDLE: if (call_i) begin
          case (command_i.op)
            vault_pkg::OP_INIT:                               state_q <= S_WIPE;
            vault_pkg::OP_REMOVE, vault_pkg::OP_FLUSH_OBJECT: state_q <= S_FIND_OBJECT;
            vault_pkg::OP_SWEEP:                              state_q <= S_SWEEP;
            vault_pkg::OP_CREATE:                             state_q <= S_CREATE;
            vault_pkg::OP_ABANDON:                            state_q <= S_ABANDON;
            vault_pkg::OP_SET: state_q <= command_i.set_reserve ? S_RESERVE : S_LIMIT;
            default:                                          state_q <= S_READ;
          endcase
        end
        S_WIPE:          if (wiped_i) state_q <= S_INIT_INDEX;
        S_INIT_INDEX:    if (index_i.done) state_q <= S_INIT_STORE;
        S_INIT_STORE:    if (store_i.done) state_q <= S_CLEAR;
        S_CLEAR:         if (row_i.done) state_q <= S_DONE;

        S_FIND_OBJECT:   if (index_i.done) state_q <= !index_i.ok ? S_COUNT : whole ? S_READ_OBJECT : S_FIND_PAGE;
        S_FIND_PAGE:     if (index_i.done) state_q <= index_i.ok ? S_REMOVE : S_COUNT;
        S_REMOVE:        if (index_i.done) state_q <= index_i.ok ? S_FORGET : S_COUNT;
        S_FORGET:        if (forget_i.done) state_q <= S_COUNT;

        S_READ_OBJECT:   if (object_i.done) state_q <= object_i.error ? S_COUNT : S_REMOVE_OBJECT;
        S_REMOVE_OBJECT: if (index_i.done) state_q <= index_i.ok ? S_BOOK : S_COUNT;
        S_BOOK:          if (row_i.done) state_q <= S_KILL;
        S_KILL:          if (object_i.done) state_q <= S_COUNT;

        S_SWEEP:         if (sweep_i.done) state_q <= S_DONE;
        // There are more contents than pools: some are dead, and end when swept once around,
        // unless memory has failed.
        S_CREATE:        if (row_i.done) state_q <= row_i.ok || steps_q > buckets_i ? S_DONE : S_CREATE_SWEEP;
        S_CREATE_SWEEP:  if (sweep_i.done) state_q <= sweep_i.error ? S_DONE : S_CREATE;
        S_ABANDON:       if (row_i.done) state_q <= S_COUNT;

        S_RESERVE:       if (row_i.done) state_q <= row_i.ok && command_i.set_limit ? S_LIMIT : S_DONE;
        S_LIMIT:         if (row_i.done) state_q <= S_TRIM;
        S_TRIM:          if (row_i.done) state_q <= evicts ? S_EVICT : S_DONE;
        S_EVICT:         if (evict_i.done) state_q <= evict_i.ok && !evict_i.error ? S_TRIM : S_DONE;
        S_READ:          if (row_i.done) state_q <= S_DONE;
        S_COUNT:         state_q <= S_DONE;
        default:         state_q <= S_IDLE;
      endcase
    end
  end

  always_ff @(posedge clk_i) begin
    case (state_q)
      S_IDLE: begin
        value_q  <= '0;
        steps_q  <= '0;
        result_q <= vault_pkg::RESULT_DONE;
      end
      S_INIT_INDEX: if (index_i.done && !index_i.ok) result_q <= vault_pkg::RESULT_ERROR;
      S_INIT_STORE: if (store_i.done && !store_i.ok) result_q <= vault_pkg::RESULT_ERROR;
      S_FIND_OBJECT, S_FIND_PAGE: begin
        if (state_q == S_FIND_OBJECT) object_q <= index_i.entry[31:0];
        if (index_i.done && !index_i.ok) begin
          result_q <= index_i.error ? vault_pkg::RESULT_ERROR : vault_pkg::RESULT_ABSENT;
        end
      end
      S_REMOVE, S_REMOVE_OBJECT: if (index_i.done && !index_i.ok) result_q <= vault_pkg::RESULT_ERROR;
      S_FORGET: if (forget_i.done) begin
        value_q <= 32'd1;
        if (forget_i.error) result_q <= vault_pkg::RESULT_ERROR;
      end
      S_READ_OBJECT: if (object_i.done && object_i.error) result_q <= vault_pkg::RESULT_ERROR;
      S_BOOK: value_q <= object.pages;
      S_KILL: if (object_i.done && object_i.error) result_q <= vault_pkg::RESULT_ERROR;
      S_SWEEP: if (sweep_i.done) begin
        value_q <= 32'(sweep_i.ok);
        if (sweep_i.error) result_q <= vault_pkg::RESULT_ERROR;
      end
      S_CREATE: begin
        value_q <= 32'(row_i.number);
        if (row_i.done && !row_i.ok && steps_q > buckets_i) result_q <= vault_pkg::RESULT_ERROR;
      end
      S_CREATE_SWEEP: if (sweep_i.done) begin
        steps_q <= steps_q + 32'd1;
        if (sweep_i.error) result_q <= vault_pkg::RESULT_ERROR;
      end
      S_ABANDON: value_q <= row_i.row.pages;
      S_RESERVE: if (row_i.done && !row_i.ok) result_q <= vault_pkg::RESULT_REFUSED;
      S_EVICT: if (evict_i.done) begin
        value_q <= value_q + 32'(evict_i.ok);
        if (!evict_i.ok || evict_i.error) result_q <= vault_pkg::RESULT_ERROR;
      end
      default: ;
    endcase
  end

  // The step stays while it is called.
  logic [31:0] sweep_step_q;
  always_ff @(posedge clk_i) if (state_q != S_SWEEP && state_q != S_CREATE_SWEEP) sweep_step_q <= sweep_step_i;

  always_comb begin
    index_o = '0;
    case (state_q)
      S_INIT_INDEX: begin
        index_o.valid = 1'b1;
        index_o.op    = vault_pkg::INDEX_INIT;
      end
      S_FIND_OBJECT: begin
        index_o.valid    = 1'b1;
        index_o.op       = vault_pkg::INDEX_FIND_OBJECT;
        index_o.anywhere = !whole;
        index_o.words    = {command_i.object, 64'(command_i.contents)};
      end
      S_FIND_PAGE: begin
        index_o.valid = 1'b1;
        index_o.op    = vault_pkg::INDEX_FIND_PAGE;
        index_o.words = {128'd0, command_i.index, 32'd0, object_q};
      end
      S_REMOVE, S_REMOVE_OBJECT: begin
        index_o.valid    = 1'b1;
        index_o.op       = vault_pkg::INDEX_REMOVE;
        index_o.location = index_i.location;
        index_o.entry    = index_i.entry;
      end
      default: ;
    endcase

    row_o = '0;
    case (state_q)
      S_CLEAR:       row_o.op = vault_pkg::ROW_CLEAR;
      S_CREATE:      row_o.op = vault_pkg::ROW_CREATE;
      S_ABANDON:     row_o.op = vault_pkg::ROW_ABANDON;
      S_RESERVE:     row_o.op = vault_pkg::ROW_RESERVE;
      S_LIMIT:       row_o.op = command_i.set_limit ? vault_pkg::ROW_LIMIT : vault_pkg::ROW_READ;
      // Its pages leave the sums now, and the card when the sweep comes by.
      S_BOOK: begin
        row_o.op       = vault_pkg::ROW_BOOK;
        row_o.subtract = 1'b1;
        row_o.sums     = {object.pages, object.units + object.record_units, object.stored[39:0],
                          object.same, object.raw};
        row_o.slots    = object.pages + 32'd1;
      end
      default: ;
    endcase
    if (state_q == S_CLEAR || state_q == S_CREATE || state_q == S_ABANDON || state_q == S_RESERVE ||
        state_q == S_LIMIT || state_q == S_BOOK || state_q == S_TRIM || state_q == S_READ) begin
      row_o.valid         = 1'b1;
      row_o.number        = command_i.contents;
      row_o.ephemeral     = command_i.ephemeral;
      row_o.order         = command_i.order;
      row_o.reserve_units = command_i.reserve_units;
      row_o.reserve_slots = command_i.reserve_slots;
      row_o.limit         = command_i.limit;
    end

    object_o = '0;
    if (state_q == S_READ_OBJECT || state_q == S_KILL) begin
      object_o.valid = 1'b1;
      object_o.op    = state_q == S_KILL ? vault_pkg::OBJECT_KILL : vault_pkg::OBJECT_READ;
      object_o.unit  = object_q;
    end

    store_o = '0;
    if (state_q == S_INIT_STORE) begin
      store_o.valid = 1'b1;
      store_o.op    = vault_pkg::STORE_INIT;
    end

    forget_o       = '0;
    forget_o.valid = state_q == S_FORGET;
    evict_o        = '0;
    if (state_q == S_EVICT) begin
      evict_o.valid = 1'b1;
      evict_o.what  = 32'(command_i.contents);
    end
    sweep_o = '0;
    if (state_q == S_SWEEP || state_q == S_CREATE_SWEEP) begin
      sweep_o.valid = 1'b1;
      sweep_o.what  = sweep_step_q;
    end

    change_o = '0;
    if (state_q == S_BOOK && row_i.done) begin
      change_o.dead_add       = {object.pages, object.units + object.record_units, object.stored[39:0],
                                 object.same, object.raw};
      change_o.dead_pages_add = object.pages;
    end
    if (state_q == S_ABANDON && row_i.done) change_o.dead_pages_add = row_i.row.pages;
    // value_q pages were flushed, or a put was not to be.
    if (state_q == S_COUNT) begin
      if (command_i.count == vault_pkg::COUNT_REFUSED) begin
        change_o.happened.valid = 1'b1;
        change_o.happened.what  = vault_pkg::EVENT_REFUSED;
        change_o.happened.pages = 32'd1;
      end else if ((command_i.count == vault_pkg::COUNT_FLUSH || whole) && value_q != '0) begin
        change_o.happened.valid = 1'b1;
        change_o.happened.what  = vault_pkg::EVENT_FLUSHED;
        change_o.happened.pages = value_q;
      end
      if (change_o.happened.valid) change_o.happened.contents = command_i.contents;
    end
  end

  assign wipe_o       = state_q == S_WIPE;
  assign clear_o      = state_q == S_CLEAR;
  assign done_o       = state_q == S_DONE;
  assign result_o     = result_q;
  assign value_o      = value_q;
  assign answer_row_o = row_i.row;

  logic unused;
  assign unused = &{1'b0, index_i, object_i, row_i, store_i, object, forget_i.ok, command_i};

  `PAMC_ASSUME(m_stays, state_q == S_IDLE || call_i)

endmodule
