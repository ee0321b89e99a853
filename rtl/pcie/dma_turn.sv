// SPDX-License-Identifier: Apache-2.0
//
// Whose turn it is: the next after the last one that has something, in a circle. With
// nobody, the last one's.

module dma_turn #(
  parameter int unsigned Clients = 4
) (
  input  logic [Clients-1:0]             valid_i,
  input  logic [dma_pkg::ClientBits-1:0] last_i,
  output logic [dma_pkg::ClientBits-1:0] turn_o
);

  always_comb begin
    turn_o = last_i;
    // The nearest behind the last one is written last.
    for (int n = int'(Clients) - 1; n >= 0; n--) begin
      if (valid_i[n] && dma_pkg::ClientBits'(n) <= last_i) turn_o = dma_pkg::ClientBits'(n);
    end
    for (int n = int'(Clients) - 1; n >= 0; n--) begin
      if (valid_i[n] && dma_pkg::ClientBits'(n) > last_i) turn_o = dma_pkg::ClientBits'(n);
    end
  end

endmodule
