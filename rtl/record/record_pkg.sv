// SPDX-License-Identifier: Apache-2.0
//
// Records: how a page lies in card DRAM (sim/model/record.h draws it), and what the
// blocks of this folder are told and answer. Byte n of a structure is in bits 8n+7:8n.
//
//   first extent:  header (16) | link (8)? | wide index (8)? | FIFO node (16)? | stream ...
//   further ones:  link (8)? | stream ...

/* verilator lint_off UNUSEDPARAM */
package record_pkg;

  // Extents begin at, and are multiples of, units of 32 bytes; a line has two. Shorter
  // ones than MinRun do not exist, so all in front of the stream is in the first extent,
  // an extent has at least two lines, and a damaged chain cannot be walked for long.
  localparam int unsigned UnitBytes = 32;
  localparam int unsigned MinRun = 3;
  localparam int unsigned MostUnits = 255;
  // Blocks of a page.
  localparam int unsigned MostBlocks = 16;
  // Bytes of the longest stream: table and raw blocks.
  localparam int unsigned StreamMost = MostBlocks * (2 + 4096);
  // More extents than these no record has.
  localparam int unsigned MostExtents = 768;

  localparam int unsigned TagBits = 8;
  localparam int unsigned StreamBits = 17;
  // Of a block: bits 11:0 bytes - 1, 13:12 a pamc_pkg::codec_e. RAW with less than 4096
  // bytes is the shape of a page of so many blocks, whose shapes begin the stream.
  localparam int unsigned ShapeBits = 14;

  typedef struct packed {
    logic [31:0]          crc;
    logic                 chained;
    logic                 wide;
    logic [ShapeBits-1:0] shape;
    logic [15:0]          index_high;
    logic [31:0]          index_low;
    logic                 fifo;
    logic [30:0]          object;
  } header_t;

  // more: the extent at unit begins with a link, too.
  typedef struct packed {
    logic [15:0] more;
    logic [15:0] units;
    logic [31:0] unit;
  } link_t;

  typedef struct packed {
    logic [63:0] age;
    logic [31:0] next;
    logic [31:0] previous;
  } node_t;

  // No unit: the next page in the list of the newest page.
  localparam logic [31:0] Nowhere = 32'hffff_ffff;

  typedef struct packed {
    logic        last;
    logic [7:0]  units;
    logic [31:0] unit;
  } extent_t;

  // What a page is, for record_write. previous and age count with fifo only.
  typedef struct packed {
    logic [StreamBits-1:0] bytes;
    logic [63:0]           age;
    logic [31:0]           previous;
    logic                  fifo;
    logic [ShapeBits-1:0]  shape;
    logic [31:0]           crc;
    logic [63:0]           index;
    logic [30:0]           object;
  } write_cmd_t;

  // The first extent, as the index has it; how many blocks the page has to have.
  typedef struct packed {
    logic [TagBits-1:0] tag;
    logic [4:0]         blocks;
    logic [7:0]         units;
    logic [31:0]        unit;
  } read_cmd_t;

  // What stands in front of the stream; with error it is worthless and no block comes.
  typedef struct packed {
    logic                 error;
    // It goes on in another extent.
    logic                 chained;
    logic [TagBits-1:0]   tag;
    logic                 fifo;
    logic [ShapeBits-1:0] shape;
    logic [31:0]          crc;
    logic [63:0]          index;
    logic [30:0]          object;
  } read_header_t;

  // What a page in flash has in its record instead of a stream (sim/model/record.h).
  localparam logic [ShapeBits-1:0] StubShape = 14'h07ff;
  localparam int unsigned StubBits = 256;
  typedef struct packed {
    logic [7:0]  lost;
    logic [7:0]  known;
    logic [7:0]  raw;
    logic [7:0]  same;
    logic [31:0] zero;
    logic [31:0] stored;
    logic [31:0] bytes;
    logic [63:0] version;
    logic [63:0] place;
  } stub_t;

  typedef enum logic [2:0] {
    READ_OK     = 3'd0,
    // An extent, told by the command or a link, that cannot be.
    READ_EXTENT = 3'd1,
    // The page's shape is impossible, or has not as many blocks as expected.
    READ_SHAPE  = 3'd2,
    // A block's shape in the table is impossible.
    READ_TABLE  = 3'd3,
    // The chain ended before the stream, or did not end with it.
    READ_SHORT  = 3'd4,
    READ_LONG   = 3'd5,
    // The memory could not correct a line of the record.
    READ_MEMORY = 3'd6
  } read_error_e;

  // blocks: so many were given to the lane, all of them whole (but for an error, in
  // which case the last one may be filled up with zeroes). Sums are over these.
  typedef struct packed {
    logic [4:0]            raw;
    logic [4:0]            same;
    logic [StreamBits-1:0] stored;
    logic [4:0]            blocks;
    read_error_e           error;
    logic [TagBits-1:0]    tag;
  } read_done_t;

  // What record_gather tells of a page.
  typedef struct packed {
    logic [4:0]            raw;
    logic [4:0]            same;
    logic [StreamBits-1:0] stored;
    logic [StreamBits-1:0] bytes;
    logic [ShapeBits-1:0]  shape;
    logic [31:0]           crc;
  } page_info_t;

  // An extent to be freed; error, with last only: the chain is damaged behind it.
  typedef struct packed {
    logic        error;
    logic        last;
    logic [7:0]  units;
    logic [31:0] unit;
  } free_extent_t;

endpackage
