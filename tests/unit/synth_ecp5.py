#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""tools/synth's longest path of a placement is nextpnr's; a module needs no reset; what takes too long is told."""

import pathlib
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "tools/synth"))
import flow  # noqa: E402
import sdf  # noqa: E402

# The sum's way to long_q is the longest, and starts at in_q.
DESIGN = """
module synth_sample (input clk, input [23:0] in, output reg short_q, output reg long_q);
  reg [23:0] in_q;
  always @(posedge clk) begin in_q <= in; short_q <= in_q[0]; long_q <= ^(in_q[23:12] + in_q[11:0]); end
endmodule
"""
# Two ways from a register to two, 100 + 10 + 200 + 20 + 30 ps and 100 + 700 + 5; one that no register leads to.
SDF = r"""
  (INTERCONNECT a\.q/Q lut/A (0:0:10) (0:0:10))
  (INTERCONNECT lut/F b/DI (0:0:20) (0:0:20))
  (INTERCONNECT a\.q/Q c/DI (0:0:700) (0:0:700))
  (INTERCONNECT pin/O c/LSR (0:0:9000) (0:0:9000))
  (INSTANCE a\.q)
  (IOPATH CLK Q (1:1:100) (1:1:100))
  (INSTANCE lut)
  (IOPATH A F (1:1:200) (1:1:200))
  (INSTANCE b)
  (SETUPHOLD (posedge DI) (posedge CLK) (1:1:30) (1:1:40))
  (INSTANCE c)
  (SETUPHOLD (posedge DI) (posedge CLK) (1:1:5) (1:1:40))
  (SETUPHOLD (posedge LSR) (posedge CLK) (1:1:5) (1:1:40))
"""


def main():
    found = sdf.longest(SDF.splitlines())
    cases = [("the longest path of delays that are known",
              round(found["mhz"], 3) == round(1e6 / 805, 3) and (found["logic_ns"], found["routing_ns"], found["cells"]) == (0.105, 0.7, ["a.q", "c"]))]
    with tempfile.TemporaryDirectory() as folder:
        flow.WORK = pathlib.Path(folder)
        source = flow.WORK / "synth_sample.v"
        source.write_text(DESIGN)
        # Placing compares what nextpnr says with the path that was found.
        made = flow.ecp5(flow.Design("synth_sample", [source]))
        runs = made.get("runs", [{}])
        cases.append((f"a module without a reset is routed: {made}", runs[0].get("routed") is True))
        cases.append(("and its longest path is named", (runs[0].get("from"), runs[0].get("to")) == ("in_q", "long_q")))
        # 26 of its own; in front of it 24, behind it 5. None is the same as another.
        cases.append((f"all registers are there: {made['area']['FF']}, 55 expected", made["area"]["FF"] == 55))
        busy = ["sh", "-c", "while :; do :; done"]
        try:
            flow.run(busy, 1)
            cases.append(("what takes too long ends", False))
        except flow.Failed as failed:
            cases.append((f"what takes too long ends: {failed}", "not done in 1 s" in str(failed)))
        placed = flow.ecp5(flow.Design("synth_sample", [source]), routed=False)
        cases.append((f"a placement counts where nothing is routed: {placed}", [run["routed"] for run in placed.get("runs", [])] == [False]))
    for what, good in cases:
        print(f"{'ok' if good else 'not ok'} {what}")
    return int(not all(good for _, good in cases))


if __name__ == "__main__":
    sys.exit(main())
