#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""tools/synth counts levels of logic where they are known."""

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
DESIGN = """
module top (input clk, input [{top}:0] in, output reg out);
  reg [{top}:0] in_q;
  always @(posedge clk) begin in_q <= in; out <= {expression}; end
endmodule
"""
CASES = (("a wire", 1, "in_q[0]", 0), ("a sum of 6 bits", 6, "^in_q", 1), ("a sum of 36 bits", 36, "^in_q", 2),
         ("a sum of 300 bits", 300, "^in_q", 3))


def analyse(width, expression, folder):
    source, netlist = pathlib.Path(folder) / "top.v", pathlib.Path(folder) / "top.json"
    source.write_text(DESIGN.format(top=max(width - 1, 1), expression=expression))
    subprocess.run(["yosys", "-q", "-p", f"read_verilog {source}; synth_xilinx -family xcup -noiopad -flatten -top top; write_json {netlist}"],
                   check=True, timeout=60, capture_output=True)
    return levels.longest(json.loads(netlist.read_text())["modules"]["top"])


def main():
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        for what, width, expression, wanted in CASES:
            told = max(analyse(width, expression, folder)["ends_by_levels"])
            good = told == wanted
            print(f"{'ok' if good else 'not ok'} {what}: {told} levels, {wanted} expected")
            failed += not good
        path = next(p for p in analyse(6, "^in_q", folder)["paths"] if p["to"] == "out")
        good = path["from"].startswith("in_q") and path["levels"] == 1 and \
            abs(path["ns"] - (levels.CLOCK_TO_OUT + levels.LEVEL + levels.SETUP)) < 0.006
        print(f"{'ok' if good else 'not ok'} the longest path is named and timed: {path['from']} -> {path['to']}, {path['ns']} ns")
        failed += not good
        # A chain of carries costs little more than its ends.
        carry = max(p["ns"] for p in analyse(64, "in_q[63:32] + in_q[31:0] > 5", folder)["paths"])
        good = carry < 4 * levels.LEVEL + 1.5
        print(f"{'ok' if good else 'not ok'} a sum of 32 bits: {carry} ns")
        failed += not good
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
