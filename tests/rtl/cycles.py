#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A command alone takes no more cycles in the card in RTL than it did: what was reached stays.

Medians of `card_rtl_2 latency`. A build makes the same figures each time; from build to build they differ by
some cycles, as memory is refreshed at other moments of a command, and that much is allowed for. A change
that makes one longer has to say why, here and in docs/performance.md; one that makes it shorter lowers the limit.
"""

import json
import pathlib
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]
BENCH = TOP / "build/bench/card_rtl_2"
# From the entry's write to its completion seen, of real pages; a pushed get is to take 400 at most.
MOST = {("put", "ring"): 1285, ("put", "push"): 1070, ("get", "ring"): 622, ("get", "push"): 400}


def main():
    made = json.loads(subprocess.run([BENCH, "latency"], check=True, capture_output=True, text=True, timeout=240).stdout)
    found = {(one["of"], one["by"]): one["median"] for one in made if one["what"] == "latency"}
    wrong = 0
    for what, most in MOST.items():
        good = what in found and found[what] <= most
        wrong += not good
        print(f"{'ok' if good else 'not ok'} {what[0]} by {what[1]}: {found.get(what, 'no')} cycles, at most {most}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
