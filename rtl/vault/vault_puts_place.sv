// SPDX-License-Identifier: Apache-2.0
//
// Room for a page: the second stage of vault_puts. The object is one of the recent ones, or
// the put waits for its lookup. Then the store gives extents, and what they take is booked
// if it fits what is promised to others; only then does the writer get to see them.
//
// What cannot be done here is diverted: all that was taken is given back, and the put waits
// for the serial engine, which finds out again what is to be done. If nothing else was
// inside it need not try again what has failed here, and must not, to leave memory as the
// model does.

`include "check.svh"

module vault_puts_place (
  input  logic                            clk_i,
  input  logic                            rst_ni,
  // Objects found lately (ecc_pkg): errors to be made, errors found.
  input  ecc_pkg::inject_t                inject_i,
  output ecc_pkg::event_t                 ecc_o,

  // The put whose turn it is; one cycle of done, or divert until diverted.
  input  logic                            valid_i,
  input  vault_pkg::command_t             command_i,
  // Where its object is among the recent ones, if it is.
  input  logic [vault_puts_pkg::RecentBits-1:0] recent_at_i,
  output logic                            done_o,
  output vault_puts_pkg::given_t          given_o,
  output logic                            divert_o,
  output vault_puts_pkg::tried_e          tried_o,
  input  logic                            diverted_i,
  // No other put is inside.
  input  logic                            alone_i,

  // What its lookup said, once it came.
  input  logic                            came_i,
  input  vault_puts_pkg::found_t          found_i,

  // Entries in the index, those that puts inside may still add, and the most of them.
  input  logic [31:0]                     used_i,
  input  logic [31:0]                     entering_i,
  input  logic [31:0]                     slot_limit_i,

  // Objects found lately. An object has left the index; all have.
  input  logic                            gone_i,
  input  logic [31:0]                     gone_unit_i,
  input  logic                            clear_i,

  output vault_pkg::row_req_t             row_o,
  input  vault_pkg::row_rsp_t             row_i,

  output logic                            cmd_valid_o,
  input  logic                            cmd_ready_i,
  output store_pkg::cmd_t                 cmd_o,
  input  logic                            answer_valid_i,
  input  store_pkg::answer_t              answer_i,

  // Extents to the writer: added one by one, kept or not; looked at to be given back.
  input  logic                            extents_room_i,
  output logic                            extent_add_o,
  output record_pkg::extent_t             extent_o,
  output logic                            extents_keep_o,
  output logic                            extents_drop_o,
  output logic                            extent_next_o,
  input  record_pkg::extent_t             extent_i,

  output logic                            waits_object_o,
  output logic                            waits_room_o
);

  typedef enum logic [3:0] {
    S_IDLE, S_DECIDE, S_ASK, S_WAIT, S_BOOK, S_BACK_READ, S_BACK, S_BACK_WAIT, S_DROP, S_DIVERT
  } state_e;
  state_e state_q;

  logic        recent, learn;
  logic [31:0] recent_unit;
  // Objects go when nobody is looked up, so it may be told a cycle later.
  logic        gone_q;
  logic [31:0] gone_unit_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) gone_q <= 1'b0;
    else         gone_q <= gone_i;
  end
  always_ff @(posedge clk_i) gone_unit_q <= gone_unit_i;
  vault_recent u_recent (
    .clk_i, .rst_ni, .inject_i, .ecc_o, .clear_i,
    .contents_i(command_i.contents), .id_i(command_i.object), .hit_o(recent), .unit_o(recent_unit),
    .place_i(recent_at_i), .set_i(learn), .set_unit_i(32'(found_i.object)), .drop_i(gone_q), .drop_unit_i(gone_unit_q)
  );

  // A new entry may be made. With others under way, that may be too careful: then they are
  // waited for. As it was a cycle ago: a put is decided on two cycles after the one before it at
  // the earliest.
  logic        room, lost, go, divert, entering_q;
  logic [31:0] used_q;
  always_ff @(posedge clk_i) begin
    used_q     <= used_i + entering_i;
    entering_q <= entering_i != '0;
  end
  assign room   = used_q < slot_limit_i;
  assign lost   = came_i && (found_i.error || !found_i.object_found);
  assign go     = !lost && (came_i ? found_i.page_found || room : recent && room);
  assign divert = lost || (came_i && !go && !entering_q);
  assign learn  = state_q == S_DECIDE && go && came_i && extents_room_i;

  logic                     alone_q, last;
  vault_puts_pkg::tried_e   tried_q, tried;
  vault_puts_pkg::given_t   given_q;
  logic [9:0]               back_q;
  logic [vault_pkg::StreamBits-1:0] bytes_q;
  assign tried = alone_q && alone_i ? vault_puts_pkg::TRIED_PROMISED : vault_puts_pkg::TRIED_NOTHING;
  assign last  = answer_valid_i && answer_i.last;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q <= S_IDLE;
    end else begin
      case (state_q)
        // The recent objects are looked up.
        S_IDLE:      if (valid_i) state_q <= S_DECIDE;
        S_DECIDE: begin
          if (divert)                    state_q <= S_DIVERT;
          else if (go && extents_room_i) state_q <= S_ASK;
        end
        S_ASK:       if (cmd_ready_i) state_q <= S_WAIT;
        S_WAIT:      if (last) state_q <= answer_i.ok ? S_BOOK : S_DROP;
        S_BOOK:      if (row_i.done) state_q <= row_i.ok ? S_IDLE : S_BACK_READ;
        // The next one is being read.
        S_BACK_READ: state_q <= S_BACK;
        S_BACK:      if (cmd_ready_i) state_q <= S_BACK_WAIT;
        S_BACK_WAIT: if (last) state_q <= back_q == given_q.count ? S_DROP : S_BACK_READ;
        S_DROP:      state_q <= S_DIVERT;
        default:     if (diverted_i) state_q <= S_IDLE;
      endcase
    end
  end

  always_ff @(posedge clk_i) begin
    case (state_q)
      S_IDLE: tried_q <= vault_puts_pkg::TRIED_NOTHING;
      S_DECIDE: begin
        alone_q        <= alone_i;
        given_q.object <= came_i ? found_i.object : recent_unit[30:0];
        given_q.count  <= '0;
        given_q.sum    <= '0;
        back_q         <= '0;
        bytes_q        <= command_i.bytes + vault_pkg::HeaderBytes +
                          (command_i.index[63:48] != '0 ? vault_pkg::WideBytes : '0);
      end
      S_WAIT: if (answer_valid_i) begin
        given_q.count <= given_q.count + 10'd1;
        given_q.sum   <= given_q.sum + 32'(answer_i.units);
        if (given_q.count == '0) begin
          given_q.unit  <= answer_i.unit;
          given_q.units <= answer_i.units;
        end
        if (!answer_i.ok && alone_q && alone_i) tried_q <= vault_puts_pkg::TRIED_ROOM;
      end
      S_BOOK: if (row_i.done) tried_q <= tried;
      S_BACK: if (cmd_ready_i) back_q <= back_q + 10'd1;
      default: ;
    endcase
  end

  vault_pkg::sums_t sums;
  always_comb begin
    sums       = '0;
    sums.units = given_q.sum;

    row_o = '0;
    if (state_q == S_BOOK) begin
      row_o.valid  = 1'b1;
      row_o.op     = vault_pkg::ROW_BOOK;
      row_o.number = command_i.contents;
      row_o.fits   = 1'b1;
      row_o.sums   = sums;
      row_o.slots  = 32'd1;
    end

    cmd_o       = '0;
    cmd_o.kind  = state_q == S_ASK ? store_pkg::CMD_ALLOC : store_pkg::CMD_FREE;
    cmd_o.unit  = extent_i.unit;
    cmd_o.units = 32'(extent_i.units);
    cmd_o.most  = vault_pkg::MostExtents;
    cmd_o.bytes = bytes_q;
  end
  assign cmd_valid_o = state_q == S_ASK || state_q == S_BACK;

  assign extent_add_o   = state_q == S_WAIT && answer_valid_i && answer_i.ok;
  assign extent_o       = {answer_i.last, answer_i.units, answer_i.unit};
  assign extents_keep_o = done_o;
  assign extents_drop_o = state_q == S_DROP;
  assign extent_next_o  = state_q == S_BACK && cmd_ready_i;

  assign done_o   = state_q == S_BOOK && row_i.done && row_i.ok;
  assign given_o  = given_q;
  assign divert_o = state_q == S_DIVERT;
  assign tried_o  = tried_q;

  assign waits_object_o = state_q == S_DECIDE && !(go && extents_room_i);
  assign waits_room_o   = state_q == S_ASK || state_q == S_WAIT;

  logic unused;
  assign unused = &{1'b0, command_i, found_i, row_i, recent_unit[31], extent_i.last};

  `PAMC_ASSUME(m_stays, state_q == S_IDLE || valid_i)
  `PAMC_ASSERT(a_gone_only_at_rest, !gone_q || (!learn && !(state_q == S_IDLE && valid_i)))

endmodule
