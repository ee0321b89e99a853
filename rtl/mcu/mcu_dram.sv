// SPDX-License-Identifier: Apache-2.0
//
// Card memory that is the core's (spec/mcu.toml, CARD): for tables and buffers that no memory on
// the chip has room for. Between them is a cache of lines, written back when their place is
// wanted; its words and its tags are protected, each with a code of its own, as mcu_ram's are.
//
// The line before is known without a look at the tags, so that going through memory costs as
// much as in mcu_ram, but for each line's first word.
//
// What was begun with memory is ended even if the core restarts meanwhile, and the cache keeps
// what it has. What is lost, in card memory or here, is replaced by zeroes and told: the core
// restarts, and its firmware trusts nothing of what it had here (main.c).

`include "check.svh"

module mcu_dram #(
  parameter int unsigned Lines = 256,
  // Of an address in the area.
  parameter int unsigned AddrBits = 28,
  // Derived, not to be set.
  parameter int unsigned NumberBits = AddrBits - 6,
  parameter int unsigned IndexBits  = $clog2(Lines),
  parameter int unsigned TagBits    = NumberBits - IndexBits
) (
  input  logic                  clk_i,
  input  logic                  rst_ni,

  input  ecc_pkg::inject_t      inject_i,
  output ecc_pkg::event_t       words_event_o,
  output ecc_pkg::event_t       tags_event_o,

  // The area's first line.
  input  logic [dram_pkg::LineBits-1:0] base_i,

  // May be given up at any time.
  input  logic                  valid_i,
  input  logic [AddrBits-1:2]   at_i,
  input  logic [3:0]            strobe_i,
  input  logic [31:0]           data_i,
  output logic                  ready_o,
  output logic [31:0]           data_o,
  // Something was lost; perhaps instead of ready_o.
  output logic                  lost_o,

  // mcu_line.sv: held until ack_i.
  output logic                  access_o,
  output logic                  write_o,
  output logic [dram_pkg::LineBits-1:0] line_o,
  output logic [511:0]          data_line_o,
  input  logic                  ack_i,
  input  logic                  error_i,
  input  logic [511:0]          data_line_i,
  output logic                  idle_o
);

  typedef enum logic [2:0] {Clear, Idle, Look, Evict, Write, Fetch, Fill} state_e;
  typedef struct packed {
    logic               valid;
    logic               dirty;
    logic [TagBits-1:0] tag;
  } entry_t;

  state_e                state_q;
  logic                  here_q, dirty_q, bad_q;
  logic [NumberBits-1:0] number, number_q, old;
  logic [IndexBits-1:0]  index_q, clear_q;
  logic [3:0]            n_q;
  logic [511:0]          line_q;

  // ---- where a line is: neighbours are not in each other's way, nor is what is as far apart
  // as the cache is long.
  function automatic logic [IndexBits-1:0] index_of(input logic [2*IndexBits-1:0] line);
    index_of = line[IndexBits-1:0] ^ line[2*IndexBits-1:IndexBits];
  endfunction
  assign number = at_i[AddrBits-1:6];

  // ---- tags ----
  entry_t               entry, put;
  logic                 hit, look, put_valid, first, tag_lost, tag_waits, found_dirty;
  logic [IndexBits-1:0] put_at;
  logic [TagBits+1:0]   got;
  ecc_ram #(.Memory(ecc_pkg::McuTags), .Width(TagBits + 2), .Depth(Lines)) u_tags (
    .clk_i, .rst_ni, .inject_i, .event_o(tags_event_o),
    .write_i(put_valid), .write_at_i(put_at), .write_data_i(put),
    .read_i(look), .read_at_i(index_of(number[2*IndexBits-1:0])), .look_i(state_q == Look), .data_o(got),
    .wait_o(tag_waits), .error_o(tag_lost)
  );
  assign entry       = got;
  assign hit         = state_q == Look && !tag_lost && entry.valid && entry.tag == number_q[NumberBits-1:IndexBits];
  assign found_dirty = !tag_lost && entry.valid && entry.dirty;
  // An index and a tag are a line: of its number the lower half is the index without the tag's.
  assign old = {entry.tag, index_q ^ entry.tag[IndexBits-1:0]};

  // ---- words ----
  logic        mine, here, words_ready, words_lost, moves;
  logic [31:0] word;
  assign here  = here_q && number == number_q;
  assign mine  = state_q == Idle && valid_i && here;
  assign look  = state_q == Idle && valid_i && !here;
  assign moves = state_q == Evict || state_q == Fill;
  mcu_ram #(.Words(16 * Lines), .Memory(ecc_pkg::McuLines)) u_words (
    .clk_i, .rst_ni, .inject_i, .event_o(words_event_o),
    .valid_i(mine || moves), .at_i({index_q, moves ? n_q : at_i[5:2]}),
    .strobe_i(state_q == Evict ? 4'h0 : state_q == Fill ? 4'hf : strobe_i),
    .data_i(moves ? line_q[31:0] : data_i),
    .ready_o(words_ready), .lost_o(words_lost), .data_o(word)
  );
  assign ready_o = mine && words_ready;
  assign data_o  = word;
  // The first word that is written to a line.
  assign first   = ready_o && strobe_i != '0 && !dirty_q;

  always_comb begin
    put_valid = first || state_q == Clear || (state_q == Fill && n_q == 4'd15);
    put_at    = state_q == Clear ? clear_q : index_q;
    put       = '0;
    if (state_q != Clear) begin
      put.valid = 1'b1;
      put.dirty = first || bad_q;
      put.tag   = number_q[NumberBits-1:IndexBits];
    end
  end

  logic last, word_over;
  assign last      = n_q == 4'd15;
  assign word_over = words_ready || words_lost;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q <= Clear;
      clear_q <= '0;
      here_q  <= 1'b0;
      n_q     <= '0;
    end else begin
      case (state_q)
        Clear: begin
          clear_q <= clear_q + 1'b1;
          if (clear_q == '1) state_q <= Idle;
        end
        Idle: if (look) begin
          state_q <= Look;
          here_q  <= 1'b0;
        end
        Look: begin
          here_q  <= hit;
          state_q <= hit ? Idle : found_dirty ? Evict : Fetch;
        end
        Evict: if (word_over) begin
          n_q <= n_q + 4'd1;
          if (last) state_q <= Write;
        end
        Write: if (ack_i) state_q <= Fetch;
        Fetch: if (ack_i) state_q <= Fill;
        default: begin
          n_q <= n_q + 4'd1;
          if (last) begin
            state_q <= Idle;
            here_q  <= 1'b1;
          end
        end
      endcase
    end
  end
  logic access_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) access_q <= 1'b0;
    else         access_q <= (state_q == Write || state_q == Fetch) && !access_q ? 1'b1 : access_q && !ack_i;
  end
  always_ff @(posedge clk_i) begin
    if (look) {number_q, index_q} <= {number, index_of(number[2*IndexBits-1:0])};
    case (state_q)
      Look: begin
        dirty_q <= found_dirty;
        line_o  <= base_i + dram_pkg::LineBits'(found_dirty ? old : number_q);
        write_o <= found_dirty;
      end
      Write: if (ack_i) begin
        line_o  <= base_i + dram_pkg::LineBits'(number_q);
        write_o <= 1'b0;
      end
      Fetch: if (ack_i) begin
        dirty_q <= error_i;
        bad_q   <= error_i;
      end
      default: if (first) dirty_q <= 1'b1;
    endcase
    if (state_q == Evict && word_over)    line_q <= {words_lost ? 32'd0 : word, line_q[511:32]};
    else if (state_q == Fetch && ack_i)   line_q <= error_i ? '0 : data_line_i;
    else if (state_q == Fill)             line_q <= {32'd0, line_q[511:32]};
  end

  assign access_o    = access_q;
  assign data_line_o = line_q;
  assign lost_o      = words_lost || (state_q == Look && tag_lost) || (state_q == Fetch && ack_i && error_i);
  assign idle_o      = state_q == Idle && !valid_i;

  logic unused;
  assign unused = tag_waits;

  `PAMC_ASSERT(a_ack, !ack_i || access_o)
  `PAMC_ASSERT(a_access_holds, !$past(access_o && !ack_i && rst_ni) || access_o)

endmodule
