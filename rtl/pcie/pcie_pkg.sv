// SPDX-License-Identifier: Apache-2.0
//
// The four streams of the PCI Express hard block (AMD UltraScale+, PG213) at 512 bits,
// dword-aligned, without straddling: a packet begins with its descriptor in lane 0 of a
// beat of its own, and payload follows the descriptor's last dword.
//
// CQ: requests by the host; CC: answers to them; RQ: requests by the card; RC: answers
// to those.

/* verilator lint_off UNUSEDPARAM */
package pcie_pkg;

  localparam int unsigned DataBits = 512;
  localparam int unsigned Lanes = 16;
  localparam int unsigned CqUserBits = 183;
  localparam int unsigned CcUserBits = 81;
  localparam int unsigned RqUserBits = 137;
  localparam int unsigned RcUserBits = 161;

  // Types of requests, in CQ and RQ descriptors.
  typedef enum logic [3:0] {
    REQ_MEM_READ = 4'h0,
    REQ_MEM_WRITE = 4'h1,
    REQ_IO_READ = 4'h2,
    REQ_IO_WRITE = 4'h3,
    REQ_FETCH_ADD = 4'h4,
    REQ_SWAP = 4'h5,
    REQ_COMPARE_SWAP = 4'h6,
    REQ_MEM_READ_LOCKED = 4'h7,
    REQ_MESSAGE = 4'hc,
    REQ_MESSAGE_VENDOR = 4'hd,
    REQ_MESSAGE_ATS = 4'he
  } req_type_e;

  // How a completion says that it went.
  typedef enum logic [2:0] {
    CPL_SUCCESS = 3'h0,
    CPL_UNSUPPORTED = 3'h1,
    CPL_RETRY = 3'h2,
    CPL_ABORT = 3'h4
  } cpl_status_e;

  // What the hard block found out about a completion, in RC descriptors.
  typedef enum logic [3:0] {
    RC_NORMAL = 4'h0,
    RC_POISONED = 4'h1,
    // UR, CA or CRS: the request is over.
    RC_BAD_STATUS = 4'h2,
    RC_BAD_LENGTH = 4'h3,
    RC_MISMATCH = 4'h4,
    RC_BAD_ADDRESS = 4'h5,
    // No request has this tag.
    RC_BAD_TAG = 4'h6,
    RC_FLR = 4'h8,
    RC_TIMEOUT = 4'h9
  } rc_error_e;

  typedef struct packed {
    logic        rsvd127;
    logic [2:0]  attr;
    logic [2:0]  tc;
    logic [5:0]  bar_aperture;
    logic [2:0]  bar;
    logic [7:0]  target_function;
    logic [7:0]  tag;
    logic [15:0] requester_id;
    logic        rsvd79;
    logic [3:0]  req_type;
    logic [10:0] dwords;
    logic [63:2] address;
    logic [1:0]  address_type;
  } cq_desc_t;

  typedef struct packed {
    logic        force_ecrc;
    logic [2:0]  attr;
    logic [2:0]  tc;
    logic        completer_id_enable;
    logic [15:0] completer_id;
    logic [7:0]  tag;
    logic [15:0] requester_id;
    logic        rsvd47;
    logic        poisoned;
    logic [2:0]  status;
    logic [10:0] dwords;
    logic [1:0]  rsvd30;
    logic        locked;
    logic [12:0] byte_count;
    logic [5:0]  rsvd10;
    logic [1:0]  address_type;
    logic        rsvd7;
    logic [6:0]  lower_address;
  } cc_desc_t;

  typedef struct packed {
    logic        force_ecrc;
    logic [2:0]  attr;
    logic [2:0]  tc;
    logic        requester_id_enable;
    logic [15:0] completer_id;
    logic [7:0]  tag;
    logic [15:0] requester_id;
    logic        poisoned;
    logic [3:0]  req_type;
    logic [10:0] dwords;
    logic [63:2] address;
    logic [1:0]  address_type;
  } rq_desc_t;

  typedef struct packed {
    logic        rsvd95;
    logic [2:0]  attr;
    logic [2:0]  tc;
    logic        rsvd88;
    logic [15:0] completer_id;
    logic [7:0]  tag;
    logic [15:0] requester_id;
    logic        rsvd47;
    logic        poisoned;
    logic [2:0]  status;
    logic [10:0] dwords;
    logic        rsvd31;
    logic        request_completed;
    logic        locked;
    logic [12:0] byte_count;
    logic [3:0]  error_code;
    logic [11:0] lower_address;
  } rc_desc_t;

  // Second fields ("1") are for straddling, which is off.
  typedef struct packed {
    logic [63:0] parity;
    logic [15:0] tph_st_tag;
    logic [3:0]  tph_type;
    logic [1:0]  tph_present;
    // In the last beat: drop the packet.
    logic        discontinue;
    logic [3:0]  eop1_ptr;
    logic [3:0]  eop0_ptr;
    logic [1:0]  is_eop;
    logic [1:0]  sop1_ptr;
    logic [1:0]  sop0_ptr;
    logic [1:0]  is_sop;
    // Of payload only.
    logic [63:0] byte_en;
    logic [3:0]  last_be1;
    logic [3:0]  last_be0;
    logic [3:0]  first_be1;
    logic [3:0]  first_be0;
  } cq_user_t;

  typedef struct packed {
    logic [63:0] parity;
    logic        discontinue;
    logic [3:0]  eop1_ptr;
    logic [3:0]  eop0_ptr;
    logic [1:0]  is_eop;
    logic [1:0]  sop1_ptr;
    logic [1:0]  sop0_ptr;
    logic [1:0]  is_sop;
  } cc_user_t;

  typedef struct packed {
    logic [63:0] parity;
    logic [5:0]  seq_num1;
    logic [5:0]  seq_num0;
    logic [15:0] tph_st_tag;
    logic [1:0]  tph_indirect_tag_en;
    logic [3:0]  tph_type;
    logic [1:0]  tph_present;
    logic        discontinue;
    logic [3:0]  eop1_ptr;
    logic [3:0]  eop0_ptr;
    logic [1:0]  is_eop;
    logic [1:0]  sop1_ptr;
    logic [1:0]  sop0_ptr;
    logic [1:0]  is_sop;
    logic [3:0]  addr_offset;
    logic [3:0]  last_be1;
    logic [3:0]  last_be0;
    logic [3:0]  first_be1;
    logic [3:0]  first_be0;
  } rq_user_t;

  typedef struct packed {
    logic [63:0] parity;
    // In the last beat: drop the packet.
    logic        discontinue;
    logic [15:0] eop_ptr;
    logic [3:0]  is_eop;
    logic [7:0]  sop_ptr;
    logic [3:0]  is_sop;
    logic [63:0] byte_en;
  } rc_user_t;

  // A beat of RQ inside the card: what does not follow from the rest.
  typedef struct packed {
    logic         first;
    logic         last;
    logic [3:0]   first_be;
    logic [3:0]   last_be;
    // Dwords in the beat, 1 ... 16.
    logic [4:0]   dwords;
    logic [511:0] data;
  } rq_beat_t;

  // A request by the host that is to be answered.
  typedef struct packed {
    // Answered by Unsupported Request.
    logic        unsupported;
    logic        locked;
    // A memory read: the answer counts its bytes.
    logic        memory;
    logic [2:0]  attr;
    logic [2:0]  tc;
    logic [7:0]  target_function;
    logic [7:0]  tag;
    logic [15:0] requester_id;
    logic [2:0]  bar;
    logic [17:2] dword;
    logic [10:0] dwords;
    logic [3:0]  first_be;
    logic [3:0]  last_be;
    // Lines the host had written before it.
    logic [31:0] after;
  } cq_read_t;

  // What is known of a read packet that is on its way, under its tag.
  typedef struct packed {
    logic        probe;
    // The request it is a part of, the place behind its last line in it, its lines.
    logic [5:0]  slot;
    logic [5:0]  offset_end;
    logic [6:0]  lines;
    // The line behind its last one in the host's page.
    logic [5:0]  line_end;
    logic [31:0] started;
  } read_info_t;

  // What happens to a tag beside completions.
  typedef enum logic [1:0] {
    // A completion.
    EV_COMPLETION = 2'h0,
    // The packet was not sent.
    EV_ABORT = 2'h1,
    // It has been out for too long.
    EV_TIMEOUT = 2'h2,
    // Nothing can come for it any more.
    EV_EXPIRE = 2'h3
  } read_event_e;

  // Counters start at zero after reset and wrap at 32 bits; times are in cycles.
  typedef struct packed {
    // Requests by the host.
    logic [31:0] cq_write_lines;
    logic [31:0] cq_reads;
    // Answered as unsupported; dropped because nothing here takes them; dropped because
    // damaged.
    logic [31:0] cq_unsupported;
    logic [31:0] cq_dropped;
    logic [31:0] cq_damaged;
    // Read packets sent, lines asked for.
    logic [31:0] read_packets;
    logic [31:0] read_lines;
    // Read packets that ended, sum of and longest time from sending to the end.
    logic [31:0] read_ends;
    logic [31:0] read_latency_sum;
    logic [31:0] read_latency_max;
    // Tags in use now, most ever.
    logic [31:0] tags;
    logic [31:0] tags_max;
    // Cycles in which a read packet waited for a tag or for room of completions, and for
    // the hard block.
    logic [31:0] read_stall_tag;
    logic [31:0] read_stall_ready;
    // Ends without data: by a completion; by the clock; not sent at all.
    logic [31:0] read_errors;
    logic [31:0] read_timeouts;
    logic [31:0] read_aborts;
    // Completions of no packet, and quarantines that ended by the clock.
    logic [31:0] read_strays;
    logic [31:0] read_expired;
    // Write packets sent, their dwords, requests done, those dropped (no bus master).
    logic [31:0] write_packets;
    logic [31:0] write_dwords;
    logic [31:0] write_requests;
    logic [31:0] write_dropped;
    // Cycles in which a write packet waited for the hard block.
    logic [31:0] write_stall_ready;
    // Interrupt messages.
    logic [31:0] interrupts;
  } pcie_stats_t;

endpackage
