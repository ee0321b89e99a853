#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""tools/synth counts levels of logic where they are known, and names the paths."""

import json
import pathlib
import subprocess
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "tools/synth"))
import levels  # noqa: E402

# Sum over GF(2) of n bits: one level up to 6, two up to 36; multiplexers between LUTs make
# three do for 300.
CASES = (("wire", "a wire", 0), ("six", "a sum of 6 bits", 1), ("many", "a sum of 36 bits", 2),
         ("more", "a sum of 300 bits", 3))
DESIGN = """
module top (input clk, input [299:0] in, output reg wire_q, output reg six_q, output reg many_q, output reg more_q, output reg carry_q);
  reg [299:0] in_q;
  always @(posedge clk) begin
    in_q <= in; wire_q <= in_q[0]; six_q <= ^in_q[5:0]; many_q <= ^in_q[35:0]; more_q <= ^in_q;
    carry_q <= in_q[163:132] + in_q[131:100] > 5;
  end
endmodule
"""


def analyse():
    with tempfile.TemporaryDirectory() as folder:
        source, netlist = pathlib.Path(folder) / "top.v", pathlib.Path(folder) / "top.json"
        source.write_text(DESIGN)
        subprocess.run(["yosys", "-q", "-p", f"read_verilog {source}; synth_xilinx -family xcup -noiopad -flatten -top top; write_json {netlist}"],
                       check=True, timeout=100, capture_output=True)
        return {path["to"]: path for path in levels.longest(json.loads(netlist.read_text())["modules"]["top"], count=1000)["paths"]}


def main():
    paths = analyse()
    cases = [(f"{what}: {paths[f'{name}_q']['levels']} levels, {wanted} expected", paths[f"{name}_q"]["levels"] == wanted)
             for name, what, wanted in CASES]
    six = paths["six_q"]
    cases.append((f"a path is named: {six['from']} -> {six['to']}", six["from"].startswith("in_q")))
    # The register's clock to output, a level, the setup; the register has no other loads that count.
    cases.append((f"and timed: {six['ns']} ns", abs(six["ns"] - (levels.CLOCK_TO_OUT + levels.LEVEL + levels.SETUP)) < 0.006))
    # A chain of carries costs little more than its ends.
    carry = paths["carry_q"]
    cases.append((f"a sum of 32 bits, compared: {carry['ns']} ns", 1.0 < carry["ns"] < 4 * levels.LEVEL + 1.5))
    for what, good in cases:
        print(f"{'ok' if good else 'not ok'} {what}")
    return int(not all(good for _, good in cases))


if __name__ == "__main__":
    sys.exit(main())
