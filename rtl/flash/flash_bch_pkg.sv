// SPDX-License-Identifier: Apache-2.0
//
// The error-correcting code of the flash: a binary BCH code over GF(2^14) that corrects T
// wrong bits in a chunk of 1024 bytes, with its field's arithmetic, which every block of
// coder and decoder needs alike.
//
// A stored chunk: data, parity, mark.
//
//   bytes 0 ... 1023       data
//   bytes 1024 ... 1093    parity
//   bytes 1094, 1095       mark: 0 in what was written, ones in what is erased. Not covered
//
// The code is that of Linux' lib/bch.c (m = 14, t = 40, polynomial 0x402b, bits swapped:
// bit 0 of byte 0 is first), of the chunk's complement, and the parity is stored as a
// complement: so all ones, an erased chunk, is a code word, and up to T bits that have
// fallen in it are corrected as any others are.
//
// What is stored is a polynomial, the first bit its highest coefficient, and the mark its
// lowest, always zero: x^16 times a word of the code, which does just as well, as the code
// is cyclic. So chunks are whole beats of 4 or 8 bytes.

/* verilator lint_off UNUSEDPARAM */
package flash_bch_pkg;

  // ---- the code ----
  localparam int unsigned M = 14;
  localparam int unsigned T = 40;
  localparam logic [M-1:0] Polynomial = 14'h002b;  // and x^14

  localparam int unsigned DataBytes   = 1024;
  localparam int unsigned ParityBits  = M * T;
  localparam int unsigned ParityBytes = ParityBits / 8;
  localparam int unsigned MarkBytes   = 2;
  localparam int unsigned StoredBytes = DataBytes + ParityBytes + MarkBytes;
  localparam int unsigned StoredBits  = 8 * StoredBytes;

  // Least common multiple of the minimal polynomials of a, a^3 ... a^79, without x^560.
  // The test computes it anew.
  localparam logic [ParityBits-1:0] Generator =
    560'h264159c33565ae3772eec093a09e297060b80bb1a648159acd08497e925bb46e32cdec71631cabc1461aa843f5bfdcf24b78b0f0da6e54099d334cdce16fbb6615f70f93c2ad;

  // ---- the field ----

  // a^0, a^1 ... , as many as any block's constants take.
  localparam int unsigned Powers = 5120;
  function automatic logic [M*Powers-1:0] powers();
    logic [M-1:0] power;
    power = 14'd1;
    for (int unsigned n = 0; n < Powers; n++) begin
      powers[M*n +: M] = power;
      power = {power[M-2:0], 1'b0} ^ (power[M-1] ? Polynomial : 14'd0);
    end
  endfunction
  localparam logic [M*Powers-1:0] Power = powers();

  // A product in two steps, so that there can be a register between them, and sums of
  // products are reduced once.
  localparam int unsigned ProductBits = 2 * M - 1;
  function automatic logic [ProductBits-1:0] product(input logic [M-1:0] a, input logic [M-1:0] b);
    product = '0;
    for (int unsigned n = 0; n < M; n++) begin
      product = product ^ (b[n] ? ProductBits'(a) << n : '0);
    end
  endfunction

  function automatic logic [M-1:0] reduce(input logic [ProductBits-1:0] value);
    logic [ProductBits-1:0] left;
    left = value;
    for (int unsigned n = ProductBits - 1; n >= M; n--) begin
      left = left ^ (left[n] ? {{(M - 1){1'b0}}, Polynomial} << (n - M) ^ ProductBits'(1) << n : '0);
    end
    reduce = left[M-1:0];
  endfunction

  function automatic logic [M-1:0] square(input logic [M-1:0] a);
    logic [ProductBits-1:0] spread;
    spread = '0;
    for (int unsigned n = 0; n < M; n++) spread[2*n] = a[n];
    square = reduce(spread);
  endfunction

  // a^exponent, for constants beyond the table.
  function automatic logic [M-1:0] power(input int unsigned exponent);
    power = 14'd1;
    for (int unsigned n = 0; n < M; n++) begin
      power = square(power);
      if (exponent[M-1-n]) power = {power[M-2:0], 1'b0} ^ (power[M-1] ? Polynomial : 14'd0);
    end
  endfunction

  // ---- what is said of a chunk that was read ----
  typedef struct packed {
    logic       erased;         // never written since its block was erased; data are all ones
    logic       uncorrectable;  // data are as they were read
    logic [6:0] corrected;      // wrong bits, in data and parity
  } chunk_t;
  localparam int unsigned ChunkBits = 9;

endpackage
