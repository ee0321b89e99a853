// SPDX-License-Identifier: Apache-2.0
//
// queue_pick picks a request if there is one, and none is between the one served last and
// it: so no request is passed over.

module queue_pick_proof (
  input  logic [4:0] request_i,
  input  logic [2:0] last_i,
  // Free: another request.
  input  logic [2:0] other_i,
  output logic       ok
);

  logic       any;
  logic [2:0] place;

  queue_pick #(.Width(5)) dut (.request_i, .last_i, .any_o(any), .place_o(place));

  // Places from the one after the last on.
  function [2:0] after(input logic [2:0] at, input logic [2:0] last);
    after = at > last ? at - last - 3'd1 : at + 3'd4 - last;
  endfunction

  logic possible, right, first;
  assign possible = last_i < 3'd5 && other_i < 3'd5;
  assign right    = any == (request_i != '0) && (!any || (place < 3'd5 && request_i[place]));
  assign first    = !any || !request_i[other_i] || after(place, last_i) <= after(other_i, last_i);
  assign ok       = !possible || (right && first);

endmodule
