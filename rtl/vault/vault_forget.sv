// SPDX-License-Identifier: Apache-2.0
//
// A page that has left the index leaves the card: vault_page_forget of the model. Its
// window is still where the index found it. First it is taken off its pool's list, then
// its extents are freed, each link being read before its memory is scrubbed, then the sums
// are settled, and the object goes if that was its last page.
//
// What stands in the header is checked before anything is changed: the object's contents
// and the number of blocks must fit. When a link leads astray, what is behind it is lost,
// and nothing else.
//
// A page that goes to flash leaves its list, and, when a stub was written at the beginning of
// its record, the rest is freed in the same way. Of a page that is in flash, its place there
// is told, and the vault waits until somebody takes that.

`include "check.svh"

module vault_forget (
  input  logic                         clk_i,
  input  logic                         rst_ni,

  // There is flash. Stays as it is.
  input  logic                         flash_i,

  // what: how much of it, vault_pkg::Forget*. The entry that was in the index, and the window
  // at its record as it was.
  input  vault_pkg::call_t             call_i,
  input  logic [63:0]                  entry_i,
  input  logic [vault_pkg::Window-1:0] window_i,
  output vault_pkg::return_t           return_o,

  output vault_pkg::mem_req_t          mem_o,
  input  vault_pkg::mem_rsp_t          mem_i,
  output vault_pkg::object_req_t       object_o,
  input  vault_pkg::object_rsp_t       object_i,
  output vault_pkg::row_req_t          row_o,
  input  vault_pkg::row_rsp_t          row_i,
  output vault_pkg::store_req_t        store_o,
  input  vault_pkg::store_rsp_t        store_i,
  output vault_pkg::call_t             settle_o,
  input  vault_pkg::return_t           settle_i,
  output vault_pkg::change_t           change_o,

  // A place in flash that is not needed any more.
  output logic                         drop_valid_o,
  input  logic                         drop_ready_i,
  output vault_pkg::drop_t             drop_o
);

  typedef enum logic [4:0] {
    S_IDLE,
    S_OBJECT,
    S_ROW,
    S_CHECK,
    // It is in flash.
    S_STUB,
    // One block's shape after the other.
    S_SHAPES,
    // The list.
    S_READ_PREVIOUS,
    S_WRITE_PREVIOUS,
    S_READ_NEXT,
    S_WRITE_NEXT,
    S_LIST,
    // The extents; how far the first one is kept.
    S_KEEP,
    S_FREE,
    S_LINK,
    S_BOOK_OBJECT,
    S_BOOK_ROW,
    S_SETTLE,
    S_DONE
  } state_e;
  state_e state_q;

  // The record as it was, taken apart while its object is looked at; the header of a neighbour in the list.
  logic [vault_pkg::Window-1:0] window_q;
  index_pkg::slot_t             entry_q;
  logic [31:0]  page_object, previous, next, n_object, n_previous, n_next;
  logic [63:0]  page_index, age, link_here, n_index, n_age, n_link;
  logic [13:0]  shape, n_shape;
  logic         fifo, chained, single, n_fifo, n_chained, n_single;
  logic [1:0]   node_at, n_node_at;
  logic [11:0]  blocks, n_blocks;
  logic [255:0] shapes, n_table;
  logic         is_stub, n_is_stub;
  record_pkg::stub_t stub, n_stub;
  struct packed {
    logic [31:0]       previous, next;
    logic [63:0]       age, link_here;
    logic [13:0]       shape;
    logic              fifo, chained, single, is_stub;
    logic [11:0]       blocks;
    logic [255:0]      shapes;
    record_pkg::stub_t stub;
  } header_d, header_q;
  struct packed {
    logic        fifo;
    logic [1:0]  node_at;
    logic [31:0] previous, next;
    logic [63:0] age;
  } neighbour_d, neighbour_q;
  vault_header u_header (
    .window_i(window_q), .object_o(page_object), .index_o(page_index), .shape_o(header_d.shape), .fifo_o(header_d.fifo),
    .node_at_o(node_at), .previous_o(header_d.previous), .next_o(header_d.next), .age_o(header_d.age), .chained_o(header_d.chained),
    .link_o(header_d.link_here), .single_o(header_d.single), .blocks_o(header_d.blocks), .table_o(header_d.shapes),
    .is_stub_o(header_d.is_stub), .stub_o(header_d.stub)
  );
  vault_header u_neighbour (
    .window_i(mem_i.data), .object_o(n_object), .index_o(n_index), .shape_o(n_shape), .fifo_o(neighbour_d.fifo),
    .node_at_o(neighbour_d.node_at), .previous_o(neighbour_d.previous), .next_o(neighbour_d.next),
    .age_o(neighbour_d.age), .chained_o(n_chained),
    .link_o(n_link), .single_o(n_single), .blocks_o(n_blocks), .table_o(n_table),
    .is_stub_o(n_is_stub), .stub_o(n_stub)
  );
  // It is the oldest or the newest one of its list; its place in flash has to be told.
  logic oldest_q, newest_q, drops_q;
  always_ff @(posedge clk_i) begin
    if (state_q == S_OBJECT) header_q <= header_d;
    oldest_q <= previous == vault_pkg::Nowhere;
    newest_q <= next == vault_pkg::Nowhere;
    drops_q  <= stub.lost == '0;
  end
  assign {previous, next, age, link_here, shape, fifo, chained, single, is_stub, blocks, shapes, stub} = header_q;
  assign {n_fifo, n_node_at, n_previous, n_next, n_age} = neighbour_q;

  // Memory is far: it is asked, and answers, through registers.
  logic        ask, ask_write, ask_q, ask_write_q, came_q, came_error_q;
  logic [31:0] ask_unit, ask_unit_q;
  logic [95:0] ask_strb, ask_strb_q;
  logic [63:0] ask_word, ask_word_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      ask_q  <= 1'b0;
      came_q <= 1'b0;
    end else begin
      ask_q  <= ask && !came_q && !(ask_q && mem_i.done);
      came_q <= ask_q && mem_i.done;
    end
  end
  always_ff @(posedge clk_i) begin
    if (ask) begin
      ask_write_q <= ask_write;
      ask_unit_q  <= ask_unit;
      ask_strb_q  <= ask_strb;
      ask_word_q  <= ask_word;
    end
    if (ask_q && mem_i.done) begin
      came_error_q <= mem_i.error;
      neighbour_q  <= neighbour_d;
    end
  end
  always_comb begin
    mem_o = '0;
    if (ask_q) begin
      mem_o.valid = 1'b1;
      mem_o.write = ask_write_q;
      mem_o.unit  = ask_unit_q;
      mem_o.strb  = ask_strb_q;
      mem_o.data  = {12{ask_word_q}};
    end
  end

  vault_pkg::object_t  object;
  vault_pkg::row_t     contents_q;
  logic                error_q, dead_q, killed_q, bad_object, bad_page;
  assign object     = object_i.object;
  assign bad_object = object_i.error || object.contents[15:vault_pkg::ContentsBits] != '0 || object.pages == '0;
  assign bad_page   = !contents_q.in_use || (flash_i ? contents_q.ephemeral && !fifo : fifo != contents_q.ephemeral) ||
                      (is_stub ? !flash_i || fifo || chained :
                       single ? contents_q.order != '0 : blocks != 12'd1 << contents_q.order);

  // How much of it goes. In flash; of a durable pool in DRAM: its bytes as in flash.
  logic                    all_q, stream_q, leaving, listed;
  logic [16:0]             flash_bytes;
  assign leaving     = flash_i && age[63];
  assign listed      = fifo && !leaving;
  assign flash_bytes = sums_q.stored[16:0] + vault_pkg::FlashHeaderBytes +
                       (contents_q.order == '0 ? '0 : 17'd2 << contents_q.order);

  // Sums over the table.
  vault_pkg::sums_t sums_q;
  logic [255:0]     shapes_q;
  logic [4:0]       left_q;
  logic [13:0]      block;
  assign block = single ? shape : shapes_q[13:0];

  // The list's ends, and what is written to the neighbours: in 8 bytes less 2 of node_at,
  // previous in the lower, next in the upper half of the node's first word.
  state_e      sums_end, unlisted;
  logic        ends;
  logic [1:0]  previous_at_q, next_at_q, newest_at_q;
  logic [63:0] oldest_age_q;
  logic [95:0] node_strb;
  // Who does not have this one for a neighbour is none.
  logic        stray;
  assign stray     = came_error_q || !n_fifo ||
                     (state_q == S_READ_PREVIOUS ? n_next : n_previous) != entry_q.unit_at;
  assign ends      = oldest_q || newest_q;
  assign unlisted  = all_q ? S_FREE : stream_q ? S_KEEP : S_DONE;
  assign sums_end  = !listed ? unlisted : oldest_q ? (newest_q ? S_LIST : S_READ_NEXT) : S_READ_PREVIOUS;
  assign node_strb = 96'hff << {{1'b0, state_q == S_WRITE_PREVIOUS ? previous_at_q : next_at_q} + 3'd2, 3'd0};

  // The extent that is to be freed, and the link behind it.
  logic [31:0] unit_q;
  logic [7:0]  units_q;
  logic        more_q, more_behind_q;
  logic [63:0] link_q;
  logic [31:0] extents_q;
  logic [9:0]  limit_q;
  logic        astray_q, first_q, cuts;
  // The shortest run is kept, or all of what would leave none behind it.
  assign cuts = units_q >= 8'd6;
  // A link that cannot be, or one too many. It is there for more than a cycle before it counts.
  always_ff @(posedge clk_i) astray_q <= link_q[47:32] < 16'd3 || link_q[47:40] != '0 || limit_q == '0;

  // What makes no sense is known in the state behind that in which it came (error_q).
  // Whether an object is asked for is in a register: what is booked there is wide.
  state_e state_d;
  logic   object_asks_q, object_reads_q, object_reads_d;
  // As the state, but not from it: a call comes late.
  assign object_reads_d = (state_q == S_IDLE && call_i.valid) || (state_q == S_OBJECT && !object_i.done);
  always_comb begin
    state_d = state_q;
    case (state_q)
      S_IDLE:           if (call_i.valid) state_d = S_OBJECT;
      S_OBJECT:         if (object_i.done) state_d = S_ROW;
      S_ROW:            if (error_q) state_d = S_DONE; else if (row_i.done) state_d = S_CHECK;
      S_CHECK:          state_d = is_stub ? S_STUB : S_SHAPES;
      S_STUB:           if (error_q) state_d = S_DONE; else if (!drops_q || drop_ready_i) state_d = S_FREE;
      S_SHAPES:         if (error_q) state_d = S_DONE; else if (left_q == 5'd1) state_d = sums_end;
      // Both are read before one is written: so a list stays whole when one cannot be read.
      S_READ_PREVIOUS:  if (came_q) state_d = newest_q ? S_WRITE_PREVIOUS : S_READ_NEXT;
      S_READ_NEXT:      if (error_q) state_d = S_DONE; else if (came_q) state_d = oldest_q ? S_WRITE_NEXT : S_WRITE_PREVIOUS;
      S_WRITE_PREVIOUS: if (error_q) state_d = S_DONE; else if (came_q) state_d = came_error_q ? S_DONE : newest_q ? S_LIST : S_WRITE_NEXT;
      S_WRITE_NEXT:     if (error_q) state_d = S_DONE; else if (came_q) state_d = came_error_q ? S_DONE : ends ? S_LIST : unlisted;
      S_LIST:           if (row_i.done) state_d = unlisted;
      // The link of the second extent is in the window, as that of the first one's is.
      S_KEEP:           state_d = cuts ? S_FREE : !chained || astray_q ? S_BOOK_OBJECT : S_LINK;
      // The link of the next extent is in the window of this one only for the first.
      S_FREE:           if (store_i.done) state_d = store_i.ok && more_q && !astray_q ? S_LINK : S_BOOK_OBJECT;
      S_LINK:           if (!more_behind_q || came_q) state_d = more_behind_q && came_error_q ? S_BOOK_OBJECT : S_FREE;
      S_BOOK_OBJECT:    if (object_i.done) state_d = S_BOOK_ROW;
      S_BOOK_ROW:       if (row_i.done) state_d = all_q ? S_SETTLE : S_DONE;
      S_SETTLE:         if (settle_i.done) state_d = S_DONE;
      default:          state_d = S_IDLE;
    endcase
  end
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q        <= S_IDLE;
      object_asks_q  <= 1'b0;
      object_reads_q <= 1'b0;
    end else begin
      state_q        <= state_d;
      object_asks_q  <= object_reads_d || state_d == S_BOOK_OBJECT;
      object_reads_q <= object_reads_d;
    end
  end

  always_ff @(posedge clk_i) begin
    case (state_q)
      S_IDLE: begin
        error_q <= 1'b0;
        sums_q  <= '0;
        first_q <= 1'b0;
        if (call_i.valid) begin
          window_q <= window_i;
          entry_q  <= entry_i;
          all_q    <= call_i.what == vault_pkg::ForgetAll;
          stream_q <= call_i.what == vault_pkg::ForgetStream;
        end
      end
      S_OBJECT: if (object_i.done) begin
        error_q  <= bad_object;
        killed_q <= object.dead != '0;
      end
      S_ROW: if (row_i.done) begin
        contents_q   <= row_i.row;
        dead_q       <= killed_q || row_i.row.dead;
        newest_at_q  <= row_i.row.newest_at;
        oldest_age_q <= row_i.row.oldest_age;
      end
      S_CHECK: begin
        error_q        <= bad_page;
        shapes_q       <= shapes;
        left_q         <= single ? 5'd1 : blocks[4:0];
        sums_q.pages   <= 32'd1;
        unit_q         <= entry_q.unit_at;
        units_q        <= entry_q.units;
        more_q         <= chained;
        link_q         <= link_here;
        extents_q      <= '0;
        limit_q        <= vault_pkg::MostExtents;
      end
      S_STUB: begin
        sums_q.stored <= 40'(stub.stored);
        sums_q.same   <= 32'(stub.same);
        sums_q.raw    <= 32'(stub.raw);
      end
      S_KEEP: begin
        // As if what is kept had been an extent before it.
        if (cuts) begin
          unit_q  <= unit_q + 32'd3;
          units_q <= units_q - 8'd3;
          first_q <= 1'b1;
        end else begin
          unit_q        <= link_q[31:0];
          units_q       <= link_q[39:32];
          more_q        <= link_q[63:48] != '0;
          more_behind_q <= link_q[63:48] != '0;
          if (chained && astray_q) error_q <= 1'b1;
        end
      end
      S_SHAPES: begin
        left_q        <= left_q - 5'd1;
        shapes_q      <= {16'd0, shapes_q[255:16]};
        sums_q.stored <= sums_q.stored + 40'(block[11:0]) + 40'd1;
        sums_q.same   <= sums_q.same + 32'(block[13:12] == 2'd2);
        sums_q.raw    <= sums_q.raw + 32'(block[13:12] == 2'd0);
      end
      S_READ_PREVIOUS: if (came_q) begin
        error_q       <= stray;
        previous_at_q <= n_node_at;
        if (newest_q) newest_at_q <= n_node_at;
      end
      S_READ_NEXT: if (came_q) begin
        error_q   <= stray;
        next_at_q <= n_node_at;
        if (oldest_q) oldest_age_q <= n_age;
      end
      S_WRITE_PREVIOUS, S_WRITE_NEXT: if (came_q) error_q <= came_error_q;
      S_FREE: if (store_i.done) begin
        if (!store_i.ok || (more_q && astray_q)) error_q <= 1'b1;
        if (store_i.ok) begin
          sums_q.units <= sums_q.units + 32'(units_q);
          extents_q    <= extents_q + 32'(!first_q);
        end
        first_q       <= 1'b0;
        unit_q        <= link_q[31:0];
        units_q       <= link_q[39:32];
        more_q        <= link_q[63:48] != '0;
        more_behind_q <= link_q[63:48] != '0;
        limit_q       <= limit_q - 10'd1;
      end
      S_LINK: if (more_behind_q && came_q) begin
        link_q <= mem_i.data[63:0];
        if (came_error_q) error_q <= 1'b1;
      end
      S_BOOK_OBJECT: if (object_i.done && object_i.error) error_q <= 1'b1;
      S_SETTLE: if (settle_i.done && settle_i.error) error_q <= 1'b1;
      default: ;
    endcase
  end

  // The row was booked: what is global is changed in the cycle behind, as who books tells late. Nobody
  // asks for it so soon.
  logic books_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) books_q <= 1'b0;
    else         books_q <= state_q == S_BOOK_ROW && row_i.done;
  end

  // What leaves the sums: a page that stays leaves its memory only.
  vault_pkg::sums_t gone;
  always_comb begin
    gone = sums_q;
    if (!all_q) begin
      gone       = '0;
      gone.units = sums_q.units;
    end
  end

  always_comb begin
    ask       = 1'b0;
    ask_write = 1'b0;
    ask_unit  = '0;
    ask_strb  = '0;
    ask_word  = '0;
    case (state_q)
      S_READ_PREVIOUS: begin
        ask      = 1'b1;
        ask_unit = previous;
      end
      S_WRITE_PREVIOUS: begin
        ask       = !error_q;
        ask_write = 1'b1;
        ask_unit  = previous;
        ask_strb  = node_strb & {12{8'hf0}};
        ask_word  = {next, 32'd0};
      end
      S_READ_NEXT: begin
        ask      = !error_q;
        ask_unit = next;
      end
      S_WRITE_NEXT: begin
        ask       = !error_q;
        ask_write = 1'b1;
        ask_unit  = next;
        ask_strb  = node_strb & {12{8'h0f}};
        ask_word  = {32'd0, previous};
      end
      S_LINK: if (more_behind_q) begin
        ask      = 1'b1;
        ask_unit = unit_q;
      end
      default: ;
    endcase

    object_o = '0;
    if (object_asks_q) begin
      object_o.valid    = 1'b1;
      object_o.op       = object_reads_q ? vault_pkg::OBJECT_READ : vault_pkg::OBJECT_BOOK;
      object_o.unit     = page_object;
      object_o.subtract = 1'b1;
      object_o.sums     = gone;
    end

    row_o = '0;
    if ((state_q == S_ROW && !error_q) || state_q == S_LIST || state_q == S_BOOK_ROW) begin
      row_o.valid  = 1'b1;
      row_o.number = object.contents[vault_pkg::ContentsBits-1:0];
    end
    if (state_q == S_LIST) begin
      row_o.op        = vault_pkg::ROW_LIST;
      row_o.oldest    = oldest_q ? next : contents_q.oldest;
      row_o.newest    = newest_q ? previous : contents_q.newest;
      row_o.newest_at = newest_at_q;
      row_o.age       = oldest_age_q;
    end
    if (state_q == S_BOOK_ROW) begin
      row_o.op       = vault_pkg::ROW_BOOK;
      row_o.subtract = 1'b1;
      row_o.records  = 32'(all_q);
      // Those of a flushed object are off the sums already.
      if (!killed_q) begin
        row_o.sums  = gone;
        row_o.slots = 32'(all_q);
      end
    end

    store_o = '0;
    if (state_q == S_FREE) begin
      store_o.valid = 1'b1;
      store_o.op    = vault_pkg::STORE_FREE;
      store_o.unit  = unit_q;
      store_o.units = units_q;
    end

    settle_o = '0;
    if (state_q == S_SETTLE) begin
      settle_o.valid = 1'b1;
      settle_o.what  = page_object;
    end

    change_o = '0;
    if (books_q) begin
      change_o.extents_subtract    = extents_q;
      change_o.dead_pages_subtract = 32'(all_q && dead_q);
      if (killed_q) change_o.dead_subtract = gone;
      change_o.flash_subtract      = is_stub;
      change_o.flash_add           = stream_q;
      if (contents_q.durable && !is_stub) change_o.durable_subtract = flash_bytes;
    end
  end

  assign drop_valid_o = state_q == S_STUB && drops_q && !error_q;
  assign drop_o.place = stub.place;
  assign drop_o.bytes = stub.bytes;

  assign return_o.done  = state_q == S_DONE;
  assign return_o.ok    = !error_q;
  assign return_o.error = error_q;

  logic unused;
  assign unused = &{1'b0, mem_i.key_error, call_i.what, node_at, stub, n_is_stub, n_stub, shapes_q[15:14], page_index, age, n_object, n_index, n_link,
                    n_shape, n_chained, n_single, n_blocks, n_table, entry_q, contents_q, object,
                    settle_i.ok, store_i, row_i};

  `PAMC_ASSERT(a_reads, object_reads_q == (state_q == S_OBJECT))
  `PAMC_ASSERT(a_asks, object_asks_q == (state_q == S_OBJECT || state_q == S_BOOK_OBJECT))
  `PAMC_ASSUME(m_stays, state_q == S_IDLE || call_i.valid)

endmodule
