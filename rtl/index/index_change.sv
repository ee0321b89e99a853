// SPDX-License-Identifier: Apache-2.0
//
// Everything that changes the index, one command at a time: its reads, the decision, and
// its writes. What is written, and in what order things are tried, is that of
// sim/model/index.c.
//
// Searches go on beside it up to the moment of change: then it wants commit, waits for
// commit_go_i, and from then to the end of busy nobody may search. So a search sees all of
// a change or nothing. A change that searches must not overtake at all (the stash loses
// or moves an entry) says so by exclusive_o as soon as it is busy.
//
// An entry is copied to its new place before the old one is written over.

`include "check.svh"

module index_change (
  input  logic                              clk_i,
  input  logic                              rst_ni,

  // Stays as it is.
  input  logic [index_pkg::BucketBits-1:0]  buckets_i,

  input  logic                              start_i,
  output logic                              idle_o,
  input  index_pkg::command_t               command_i,

  // What searches have to look out for.
  output logic                              busy_o,
  output logic                              exclusive_o,
  output logic [index_pkg::BucketBits-1:0]  first_o,
  output logic [index_pkg::BucketBits-1:0]  second_o,
  output index_pkg::match_t                 match_o,
  output logic                              commit_o,
  input  logic                              commit_go_i,

  // Requests, by bucket. A write's lines follow by themselves: write_valid_o/ready.
  output logic                              request_valid_o,
  input  logic                              request_ready_i,
  output logic                              request_write_o,
  output logic [index_pkg::BucketBits-1:0]  request_bucket_o,
  output logic [6:0]                        request_lines_o,
  output logic                              write_valid_o,
  input  logic                              write_ready_i,
  output dram_pkg::wdata_t                  write_o,
  // The lines that were read.
  input  logic                              line_valid_i,
  input  logic [511:0]                      line_i,
  input  logic                              line_error_i,

  // Lines that were read ahead (index_ahead).
  output logic                              begin_o,
  output logic                              reads_o,
  output logic [1:0][index_pkg::BucketBits-1:0] bucket_o,
  input  logic [1:0]                        coming_i,
  output logic                              want_ahead_o,
  output logic                              second_ahead_o,
  input  logic                              here_i,
  output logic                              take_ahead_o,
  input  logic [511:0]                      line_ahead_i,
  output logic                              clears_o,

  // The stash, as index_stash has it.
  output logic                              home_o,
  input  index_pkg::hit_t                   home_hit_i,
  output logic [4:0]                        look_place_o,
  input  index_pkg::slot_t                  look_entry_i,
  input  logic                              stash_sound_i,
  input  logic [5:0]                        stash_level_i,
  output logic                              stash_add_o,
  output logic                              stash_remove_o,
  output logic                              stash_replace_o,
  output logic                              stash_clear_o,
  output logic [4:0]                        stash_place_o,
  output index_pkg::slot_t                  stash_entry_o,

  output logic                              answer_valid_o,
  input  logic                              answer_ready_i,
  output index_pkg::answer_t                answer_o,

  output logic [index_pkg::EpochBits-1:0]   epoch_o,
  output logic [31:0]                       used_o,
  output logic [63:0]                       moves_o
);

  localparam int unsigned B = index_pkg::BucketBits;

  // Bit 3: lines are written.
  typedef enum logic [3:0] {
    S_IDLE       = 4'd0,
    // The command's own buckets (or place in the stash) are read,
    S_READ       = 4'd1,
    // compared, and chosen from.
    S_COMPARE    = 4'd2,
    S_DECIDE     = 4'd3,
    // Entries of a full bucket: is there room in their other ones?
    S_OTHERS     = 4'd4,
    S_OTHERS_END = 4'd5,
    S_COMMIT     = 4'd6,
    S_ANSWER     = 4'd7,
    S_WRITE_COPY = 4'd8,
    S_WRITE      = 4'd9,
    S_CLEAR      = 4'd10
  } state_e;

  state_e              state_q;
  index_pkg::command_t command_q;
  logic                insert, remove, clears, in_stash;
  assign insert   = command_q.op == index_pkg::OP_INSERT;
  assign remove   = command_q.op == index_pkg::OP_REMOVE;
  assign clears   = command_q.op == index_pkg::OP_INIT;
  assign in_stash = !insert && !clears && command_q.location.stash;

  // The buckets' lines; of REMOVE and REPLACE only the first. Each is taken from what was read
  // ahead, or asked for.
  logic [1:0]   needs_q, asked_q, came_q, wants;
  logic         second, takes, line_second;
  logic         ask_second_q;
  logic [511:0] line;
  logic [511:0] line_first_q, line_second_q;
  logic [7:0]   free_first_q, free_second_q;
  logic         error_q;
  logic         came_all;
  assign wants       = state_q == S_READ ? needs_q & ~asked_q & ~came_q : '0;
  assign second      = !wants[0];
  assign takes       = wants != '0 && here_i && !line_valid_i;
  assign came_all    = came_q == needs_q;
  assign line        = line_valid_i ? line_i : line_ahead_i;
  assign line_second = line_valid_i ? came_q[0] || !asked_q[0] : second;

  logic [7:0] free;
  for (genvar i = 0; i < 8; i++) begin : gen_free
    assign free[i] = line[64*i +: 64] == '0;
  end

  // Is what is at the location what is meant? A bucket's slots are compared while it is found that
  // its line has come.
  logic [7:0] same_q;
  logic       same, expected_q;
  always_ff @(posedge clk_i) begin
    for (int unsigned i = 0; i < 8; i++) same_q[i] <= line_first_q[64*i +: 64] == command_q.expected;
  end
  always_comb begin
    same = 1'b0;
    for (int unsigned i = 0; i < 8; i++) begin
      if (command_q.location.slot == 5'(i) && same_q[i]) same = 1'b1;
    end
    if (in_stash) same = look_entry_i == command_q.expected;
  end

  // The emptier bucket.
  logic [3:0] frees_first_q, frees_second_q;
  logic       to_second;
  assign to_second = frees_second_q > frees_first_q;

  // Where an entry of a full bucket could go.
  logic         others_second_q;  // of the second bucket
  logic         others_begin_q;
  logic         others_found, others_done, others_soon;
  logic [2:0]   others_from, others_to;
  logic [B-1:0] others_bucket, others_found_bucket;
  index_pkg::slot_t others_entry;
  logic [511:0] full_line;
  logic [B-1:0] full_bucket;
  assign full_line   = others_second_q ? line_second_q : line_first_q;
  assign full_bucket = others_second_q ? command_q.key.second : command_q.key.first;

  index_others u_others (
    .clk_i, .rst_ni, .buckets_i,
    .begin_i(others_begin_q), .line_i(full_line), .bucket_i(full_bucket),
    .request_soon_o(others_soon), .request_ready_i, .request_bucket_o(others_bucket),
    .line_valid_i(line_valid_i && (state_q == S_OTHERS)), .free_i(free), .line_error_i,
    .done_o(others_done), .found_o(others_found), .entry_o(others_entry),
    .from_o(others_from), .to_bucket_o(others_found_bucket), .to_o(others_to)
  );

  // What is going to be done.
  logic             ok_q, copy_q, write_q, add_q, home_q;
  logic [4:0]       place_q;  // of the stash
  logic [B-1:0]     copy_bucket_q, bucket_q;
  logic [2:0]       copy_slot_q, slot_q;
  index_pkg::slot_t copy_entry_q, entry_q;
  logic [B-1:0]     left_q;  // buckets to clear

  logic request_fire, commit;
  assign request_fire = request_valid_o && request_ready_i;
  assign commit       = state_q == S_COMMIT && commit_go_i;

  // Of them those that are next.
  logic         clear_some_q;
  logic [6:0]   clear_lines_q;
  logic [B-1:0] clear_bucket_q;
  always_ff @(posedge clk_i) begin
    clear_some_q   <= left_q != '0;
    clear_lines_q  <= left_q > B'(dram_pkg::MostLines) ? 7'(dram_pkg::MostLines) : left_q[6:0];
    clear_bucket_q <= buckets_i - left_q;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q <= S_IDLE;
    end else begin
      case (state_q)
        S_IDLE:       if (start_i) state_q <= command_i.op == index_pkg::OP_INIT ? S_COMMIT : S_READ;
        // What was changed in the stash just before may have to be mended first.
        S_READ:       if (came_all && (insert || stash_sound_i)) state_q <= S_COMPARE;
        S_COMPARE:    state_q <= S_DECIDE;
        S_DECIDE: begin
          // What the stash said may have been wrong: it is known by now, and mended before the
          // next comparison counts.
          if (in_stash && !stash_sound_i)            state_q <= S_COMPARE;
          else if (error_q)                          state_q <= S_ANSWER;
          else if (insert)                           state_q <= (frees_first_q | frees_second_q) == '0 ? S_OTHERS : S_COMMIT;
          else                                       state_q <= expected_q ? S_COMMIT : S_ANSWER;
        end
        S_OTHERS:     if (others_done) state_q <= S_OTHERS_END;
        S_OTHERS_END: begin
          if (others_found)                          state_q <= S_COMMIT;
          else if (!others_second_q)                 state_q <= S_OTHERS;
          else if (stash_level_i != 6'(index_pkg::StashPlaces)) state_q <= S_COMMIT;
          else                                       state_q <= S_ANSWER;
        end
        S_COMMIT: if (commit_go_i) begin
          if (clears)       state_q <= S_CLEAR;
          else if (copy_q)  state_q <= S_WRITE_COPY;
          else if (write_q) state_q <= S_WRITE;
          else              state_q <= S_ANSWER;
        end
        S_WRITE_COPY: if (request_fire) state_q <= S_WRITE;
        S_WRITE:      if (request_fire) state_q <= S_ANSWER;
        S_CLEAR:      if (!clear_some_q) state_q <= S_ANSWER;
        S_ANSWER:     if (answer_ready_i) state_q <= S_IDLE;
        default:      state_q <= S_IDLE;
      endcase
    end
  end

  always_ff @(posedge clk_i) begin
    others_begin_q <= 1'b0;
    case (state_q)
      S_IDLE: begin
        command_q       <= command_i;
        needs_q         <= command_i.op == index_pkg::OP_INSERT ? 2'b11 : command_i.location.stash ? 2'b00 : 2'b01;
        asked_q         <= '0;
        came_q          <= '0;
        error_q         <= 1'b0;
        ok_q            <= 1'b0;
        copy_q          <= 1'b0;
        write_q         <= 1'b0;
        add_q           <= 1'b0;
        home_q          <= 1'b0;
        others_second_q <= 1'b0;
        left_q          <= buckets_i;
        // REMOVE and REPLACE look at one bucket only, as if it were both.
        if (command_i.op != index_pkg::OP_INSERT) begin
          command_q.key.first  <= command_i.location.bucket;
          command_q.key.second <= command_i.location.bucket;
        end
      end
      S_READ: begin
        if (request_fire) asked_q[ask_second_q] <= 1'b1;
        if (line_valid_i || takes) begin
          came_q[line_second] <= 1'b1;
          error_q             <= error_q || (line_valid_i && line_error_i);
          if (line_second) {line_second_q, free_second_q} <= {line, free};
          else             {line_first_q, free_first_q}   <= {line, free};
        end
      end
      S_COMPARE: begin
        frees_first_q  <= index_pkg::count8(free_first_q);
        frees_second_q <= index_pkg::count8(free_second_q);
        expected_q     <= same && command_q.expected != '0;
      end
      S_DECIDE: begin
        if (insert) begin
          ok_q           <= !error_q && (frees_first_q | frees_second_q) != '0;
          write_q        <= 1'b1;
          bucket_q       <= to_second ? command_q.key.second : command_q.key.first;
          slot_q         <= index_pkg::lowest8(to_second ? free_second_q : free_first_q);
          entry_q        <= command_q.entry;
          others_begin_q <= !error_q && (frees_first_q | frees_second_q) == '0;
        end else begin
          ok_q           <= !error_q && expected_q;
          write_q        <= !in_stash;
          bucket_q       <= command_q.location.bucket;
          slot_q         <= command_q.location.slot[2:0];
          home_q         <= remove && !in_stash && home_hit_i.any;
          place_q        <= in_stash ? command_q.location.slot : home_hit_i.place;
          entry_q        <= !remove ? command_q.entry : home_hit_i.any ? home_hit_i.entry : '0;
        end
      end
      S_OTHERS_END: begin
        ok_q          <= others_found ||
                         (others_second_q && stash_level_i != 6'(index_pkg::StashPlaces));
        copy_q        <= others_found;
        copy_bucket_q <= others_found_bucket;
        copy_slot_q   <= others_to;
        copy_entry_q  <= others_entry;
        bucket_q      <= full_bucket;
        slot_q        <= others_from;
        write_q       <= others_found;
        add_q         <= !others_found;
        // The second bucket's turn.
        if (!others_found && !others_second_q) begin
          others_second_q <= 1'b1;
          others_begin_q  <= 1'b1;
        end
      end
      S_COMMIT: if (clears) ok_q <= 1'b1;
      S_CLEAR: if (request_fire) begin
        left_q <= left_q - B'(clear_lines_q);
      end
      default: ;
    endcase
  end

  // Lines to write: as many as was asked for, all of one kind.
  logic [6:0]       write_left_q, write_left_d;
  logic             write_free_q;  // none is left
  logic             write_all_q;
  logic [2:0]       write_slot_q;
  index_pkg::slot_t write_entry_q;
  always_comb begin
    write_left_d = write_left_q;
    if (request_fire && request_write_o)     write_left_d = request_lines_o;
    else if (write_valid_o && write_ready_i) write_left_d = write_left_q - 7'd1;
  end
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      write_left_q <= '0;
      write_free_q <= 1'b1;
    end else begin
      write_left_q <= write_left_d;
      write_free_q <= write_left_d == '0;
    end
  end
  always_ff @(posedge clk_i) begin
    if (request_fire && request_write_o) begin
      write_all_q   <= clears;
      write_slot_q  <= state_q == S_WRITE_COPY ? copy_slot_q : slot_q;
      write_entry_q <= clears ? '0 : state_q == S_WRITE_COPY ? copy_entry_q : entry_q;
    end
  end
  assign write_valid_o = !write_free_q;
  assign write_o.data  = {8{write_entry_q}};
  assign write_o.strb  = write_all_q ? '1 : 64'hff << {write_slot_q, 3'b000};

  // From registers, as all searches wait for whether a change asks: one every other cycle. The first write is
  // known with the commit.
  logic         reads_soon, writes_soon, request_q, request_write_q;
  logic [6:0]   request_lines_q;
  logic [B-1:0] request_bucket_q;
  assign reads_soon  = (wants != '0 && !coming_i[second] && !request_fire) || (others_soon && state_q == S_OTHERS);
  assign writes_soon = write_free_q && ((commit && !clears && (copy_q || write_q)) ||
                                        (state_q[3] && (state_q != S_CLEAR || clear_some_q) && !request_fire));
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) {request_q, request_write_q} <= '0;
    else         {request_q, request_write_q} <= {reads_soon || writes_soon, writes_soon};
  end
  always_ff @(posedge clk_i) begin
    ask_second_q    <= second;
    request_lines_q <= clears ? clear_lines_q : 7'd1;
    case (state_q)
      S_READ:   request_bucket_q <= second ? command_q.key.second : command_q.key.first;
      S_OTHERS: request_bucket_q <= others_bucket;
      S_CLEAR:  request_bucket_q <= clear_bucket_q;
      default:  request_bucket_q <= copy_q && state_q != S_WRITE ? copy_bucket_q : bucket_q;
    endcase
  end
  assign request_valid_o  = request_q;
  assign request_write_o  = request_write_q;
  assign request_lines_o  = request_lines_q;
  assign request_bucket_o = request_bucket_q;

  // REMOVE and REPLACE have one bucket, twice.
  logic inserts;
  assign inserts        = command_i.op == index_pkg::OP_INSERT;
  assign begin_o        = start_i;
  // As the state, from a register: whose request is next goes by it.
  logic reads_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) reads_q <= 1'b0;
    else         reads_q <= (state_q == S_IDLE && start_i && command_i.op != index_pkg::OP_INIT) ||
                            (state_q == S_READ && !(came_all && (insert || stash_sound_i)));
  end
  assign reads_o        = reads_q;
  assign bucket_o       = {inserts ? command_i.key.second : command_i.location.bucket,
                           inserts ? command_i.key.first : command_i.location.bucket};
  assign want_ahead_o   = wants != '0;
  assign second_ahead_o = second;
  assign take_ahead_o   = takes;
  assign clears_o       = clears && state_q != S_IDLE;

  // At the moment of change.
  // The hit is needed two cycles after the last comparison. The stash stays as it is meanwhile.
  assign home_o          = state_q == S_READ;
  assign look_place_o    = command_q.location.slot;
  assign stash_add_o     = commit && add_q;
  assign stash_remove_o  = commit && remove && (in_stash || home_q);
  assign stash_replace_o = commit && in_stash && !remove;
  assign stash_clear_o   = commit && clears;
  assign stash_place_o   = place_q;
  assign stash_entry_o   = command_q.entry;

  logic [index_pkg::EpochBits-1:0] epoch_q;
  logic [31:0]                     used_q;
  logic [63:0]                     moves_q;
  logic [5:0]                      level_q;  // of the stash before the change
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      epoch_q <= '0;
      used_q  <= '0;
      moves_q <= '0;
    end else if (commit) begin
      epoch_q <= epoch_q + 1'b1;
      used_q  <= clears ? '0 : used_q + 32'(insert) - 32'(remove);
      moves_q <= clears ? '0 : moves_q + 64'(copy_q);
    end
  end
  always_ff @(posedge clk_i) if (commit) level_q <= stash_level_i;

  always_comb begin
    answer_o       = '0;
    answer_o.id    = command_q.id;
    answer_o.ok    = ok_q;
    answer_o.error = error_q;
    answer_o.epoch = epoch_q;
    answer_o.entry = command_q.entry;
    if (insert) begin
      answer_o.entry           = copy_q ? copy_entry_q : '0;
      answer_o.location.stash  = add_q;
      answer_o.location.bucket = add_q ? '0 : bucket_q;
      answer_o.location.slot   = add_q ? level_q[4:0] : 5'(slot_q);
    end else begin
      answer_o.location = command_q.location;
    end
  end

  assign idle_o         = state_q == S_IDLE;
  assign busy_o         = state_q != S_IDLE && state_q != S_ANSWER;
  assign exclusive_o    = clears || in_stash || (remove && stash_level_i != '0);
  assign first_o        = command_q.key.first;
  assign second_o       = command_q.key.second;
  assign match_o        = command_q.key.match;
  assign commit_o       = state_q == S_COMMIT;
  assign answer_valid_o = state_q == S_ANSWER;
  assign epoch_o        = epoch_q;
  assign used_o         = used_q;
  assign moves_o        = moves_q;

  logic unused;
  assign unused = &{1'b0, level_q[5], home_hit_i.more, command_q};

  `PAMC_ASSERT(a_lines_in_state, !line_valid_i || state_q == S_READ || state_q == S_OTHERS)
  `PAMC_ASSUME(m_start_when_idle, !start_i || state_q == S_IDLE)
  `PAMC_ASSERT(a_asks_when_it_reads, !request_q || request_write_q || state_q == S_READ || state_q == S_OTHERS || state_q == S_OTHERS_END)
  `PAMC_ASSERT(a_writes_when_it_may, !request_write_q || (request_q && write_free_q && state_q[3]))
  `PAMC_ASSERT(a_reads, reads_q == (state_q == S_READ))
  `PAMC_ASSERT(a_write_free, write_free_q == (write_left_q == '0))

endmodule
