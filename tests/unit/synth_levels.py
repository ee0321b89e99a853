#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""tools/synth counts levels of logic where they are known, also from block to block, and names the paths."""

import json
import pathlib
import shutil
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
# Two levels behind a register, one in between, two in front of one.
BLOCK = """
module block (input clk, input [35:0] in, input [5:0] pass_i, output sum_o, output pass_o, output reg end_q);
  reg [35:0] in_q;
  always @(posedge clk) begin in_q <= in; end_q <= ^in; end
  assign sum_o = ^in_q;
  assign pass_o = ^pass_i;
endmodule
"""
BLOCKS = """
module top (input clk, input [35:0] in, output [2:0] ends);
  wire sum, pass;
  reg in_q;
  always @(posedge clk) in_q <= in[0];
  block u_first (.clk(clk), .in({36{in_q}}), .pass_i(6'd0), .sum_o(sum), .end_q(ends[0]));
  block u_between (.clk(clk), .in(36'd0), .pass_i({6{sum}}), .pass_o(pass), .end_q(ends[1]));
  block u_last (.clk(clk), .in({36{pass}}), .pass_i(6'd0), .end_q(ends[2]));
endmodule
"""


def netlist(folder, text, commands=""):
    source, made = pathlib.Path(folder) / "top.v", pathlib.Path(folder) / "top.json"
    source.write_text(text)
    top = "top" if "module top" in text else "block"
    subprocess.run(["yosys", "-q", "-p", f"read_verilog {source}; {commands}; synth_xilinx -family xcup -noiopad -flatten -top {top}; write_json {made}"],
                   check=True, timeout=100, capture_output=True)
    return json.loads(made.read_text())["modules"][top]


def key(tree):
    """By which a tree of files knows what was made of a module for UltraScale+."""
    program = "import flow; print(flow.Design('crc32c').key(flow.xcup_script('')))"
    return subprocess.run([sys.executable, "-c", program], cwd=tree / "tools/synth", check=True, timeout=60, capture_output=True, text=True).stdout


def key_of_a_copy(folder):
    tree = pathlib.Path(folder) / "tree"
    for part in ("rtl", "tools/synth", "tools/rtl", "tools/pypi"):
        shutil.copytree(TOP / part, tree / part, ignore=shutil.ignore_patterns("__pycache__"))
    return key(tree)


def main():
    with tempfile.TemporaryDirectory() as folder:
        paths = {path["to"]: path for path in levels.longest(netlist(folder, DESIGN), count=1000)["paths"]}
        interface = levels.interface(netlist(folder, BLOCK))
        blocks = levels.longest(netlist(folder, BLOCK + BLOCKS, "blackbox block"), count=1000, models={"block": interface})
        copied = key_of_a_copy(folder)
    cases = [(f"{what}: {paths[f'{name}_q']['levels']} levels, {wanted} expected", paths[f"{name}_q"]["levels"] == wanted)
             for name, what, wanted in CASES]
    six = paths["six_q"]
    cases.append((f"a path is named: {six['from']} -> {six['to']}", six["from"].startswith("in_q")))
    # The register's clock to output, a level, the setup; the register has no other loads that count.
    cases.append((f"and timed: {six['ns']} ns", abs(six["ns"] - (levels.CLOCK_TO_OUT + levels.LEVEL + levels.SETUP)) < 0.006))
    # A chain of carries costs little more than its ends.
    carry = paths["carry_q"]
    cases.append((f"a sum of 32 bits, compared: {carry['ns']} ns", 1.0 < carry["ns"] < 4 * levels.LEVEL + 1.5))
    # 2 + 1 + 2 levels, through three blocks that are not in the netlist.
    worst = blocks["paths"][0]
    cases.append((f"from block to block: {worst['levels']} levels, 5 expected", worst["levels"] == 5 and not blocks["loops"]))
    # The parts' times, and what 36 loads of the last wire cost.
    parts = interface["out"]["sum_o"][0][0] + interface["through"][0][4] + interface["in"]["in"][0][0] + 2 * levels.FANOUT_STEP
    cases.append((f"timed: {worst['ns']} ns, {parts:.2f} expected", abs(worst["ns"] - parts) < 0.006))
    cases.append((f"and named: {worst['from']} -> {worst['to']}", worst["from"] == "u_first.in_q" and worst["to"] == "u_last.end_q"))
    cases.append(("what ends in registers of the netlist itself is found, too", any(path["to"] == "in_q" for path in blocks["paths"])))
    cases.append(("what is kept of a run is found by a copy of the tree", copied == key(TOP)))
    for what, good in cases:
        print(f"{'ok' if good else 'not ok'} {what}")
    return int(not all(good for _, good in cases))


if __name__ == "__main__":
    sys.exit(main())
