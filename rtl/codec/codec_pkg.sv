// SPDX-License-Identifier: Apache-2.0
//
// The streams of the page codec. One page (4 KiB) goes in plain and comes out packed,
// or the other way. Byte n of a beat is in bits 8n+7:8n. All streams are valid/ready:
// a beat moves when both are high, valid does not wait for ready, and what is offered
// stays as it is until taken.
//
// A packed page is what the store keeps: its kind, its length in bytes and the CRC32C
// of the plain page come with every beat, so that the receiver knows them with the
// first one. The output of a compressor may be wired to the input of a decompressor.

/* verilator lint_off UNUSEDPARAM */
package codec_pkg;

  // Bytes of a page; the unit of compression (BLOCK_SIZE of the card interface).
  localparam int unsigned PageBytes = 4096;
  // Bytes of a beat: into the compressor, of a packed page, out of the decompressor.
  localparam int unsigned PlainInBytes = 8;
  localparam int unsigned PackedBytes = 16;
  localparam int unsigned PlainOutBytes = 32;

  // A page of which LZ4 makes more than this is kept raw, which is faster to read.
  localparam int unsigned Lz4MostBytes = PageBytes - 64;
  // Length of a packed page whose 8-byte words are all alike.
  localparam int unsigned SameBytes = 8;

  // LZ4 block format, end of block rules: no match starts in the last 12 bytes, and
  // the last 5 bytes are literals.
  localparam int unsigned Lz4MatchStartMargin = 12;
  localparam int unsigned Lz4LastLiterals = 5;

  // Bits of a position in a page, of a length in bytes up to a page.
  localparam int unsigned PosBits = 12;
  localparam int unsigned LenBits = 13;

  // A beat of a packed page. kind, length (1 ... 4096) and crc are those of the page,
  // the same in all its beats; bytes of the last beat beyond length are zero. kind is a
  // pamc_pkg::codec_e, but Yosys 0.52 lets no package mention another one.
  typedef struct packed {
    logic [31:0]            crc;
    logic [LenBits-1:0]     length;
    logic [7:0]             kind;
    logic                   last;
    logic [8*PackedBytes-1:0] data;
  } packed_beat_t;

  // Why a packed page could not be unpacked.
  typedef enum logic [2:0] {
    DECODE_OK        = 3'd0,
    // Match offset 0, or to before the page.
    DECODE_OFFSET    = 3'd1,
    // Output beyond the page's end, or a match where the format wants literals.
    DECODE_OVERRUN   = 3'd2,
    // The stream ended, properly, before the page was full.
    DECODE_UNDERRUN  = 3'd3,
    // The stream ended inside a sequence.
    DECODE_TRUNCATED = 3'd4,
    // Bytes after the page was full.
    DECODE_TRAILING  = 3'd5,
    // The page's CRC32C is not the expected one.
    DECODE_CRC       = 3'd6,
    // Kind unknown, length impossible for it, or "last" not where length says.
    DECODE_FORM      = 3'd7
  } decode_error_e;

  // A beat of an unpacked page, 128 of them when all is well. error and crc (CRC32C of
  // the page as unpacked) count in the last beat only; after an error the page ends
  // early or on time, and its data is worthless.
  typedef struct packed {
    logic [31:0]                crc;
    decode_error_e              error;
    logic                       last;
    logic [8*PlainOutBytes-1:0] data;
  } plain_beat_t;

endpackage
