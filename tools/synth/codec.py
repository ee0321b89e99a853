#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""make synth-codec: area and clock of the codec's engines, by open tools.

usage: codec.py [--engine=MODULE ...] [--quick] [--whole] [--seeds=N] [--output-format=text|json] [--calibrate=PICORV32.v]

UltraScale+: Yosys maps; area by block, and levels of logic from register to register.
ECP5 (85k, speed grade 8): Yosys maps, nextpnr places and routes; area and clock. Each
engine alone, its ports in registers; of one that does not route, its largest blocks each
alone, and with --whole its placement. README.md beside this tells how 250 MHz on UltraScale+ are
judged from the two. What was done before for the same sources is taken from build/synth.
The result is also in build/synth/codec.json.
"""

import argparse
import json
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import flow  # noqa: E402
import sources  # noqa: E402

ENGINES = ("lz4_compressor", "lz4_decompressor")
# Of an engine that ECP5 is too small to route, the largest blocks, which are routed alone.
BLOCKS = {"lz4_compressor": ("lz4c_bank", "lz4c_table", "lz4c_text", "lz4c_starts", "lz4c_choose", "lz4c_decide", "lz4c_emit", "lz4c_pack", "lz4c_output")}


def blocks(counts, top, area):
    """Area below the top, one row for each module it instantiates, all its inside included."""
    def total(name):
        own = {kind: count for kind, count in counts[name].items() if kind not in counts}
        for kind, count in counts[name].items():
            if kind in counts:
                for inner, number in total(kind).items():
                    own[inner] = own.get(inner, 0) + number * count
        return own

    def plain(name):
        # A module with parameters is "$paramod...\name\...".
        return re.sub(r"^\$paramod(\$[0-9a-f]+)?\\([^\\]+).*$", r"\2", name)

    rows, own = {}, {}
    for kind, count in counts[top].items():
        if kind in counts:
            row = rows.setdefault(plain(kind), {"count": 0, "cells": {}})
            row["count"] += count
            for inner, number in total(kind).items():
                row["cells"][inner] = row["cells"].get(inner, 0) + number * count
        else:
            own[kind] = count
    rows["(itself)"] = {"count": 1, "cells": own}
    return [{"block": name, "count": row["count"], **area(row["cells"])} for name, row in rows.items()]


def map_blocks(design, way):
    found = flow.modules(flow.xcup_netlist(design, way, flatten=""))
    return blocks(flow.module_cells(found), design.top, flow.xcup_area)


def engine(design, seeds, quick, whole):
    result, parts = {"engine": design.top}, []
    try:
        result["xcup"] = flow.best_way(design)
        if not quick:
            result["xcup"]["blocks"] = map_blocks(design, result["xcup"]["way"])
    except flow.Failed as failed:
        flow.say(f"  {design.top}: UltraScale+: {failed}")
        result.setdefault("xcup", {})["failed"] = str(failed)
    if not quick:
        inner = BLOCKS.get(design.top, ())
        parts = [{"block": name, **flow.ecp5(flow.Design(name), seeds)} for name in inner]
        if whole or not inner:
            parts.append({"block": design.top, **flow.ecp5(design, seeds, routed=not inner)})
        result["ecp5"] = parts
    result["estimate"] = flow.estimate(flow.good(result["xcup"]) if "paths" in result["xcup"] else None, parts)
    return result


def print_xcup(xcup):
    if "area" in xcup:
        print(f"  UltraScale+ (synth_xilinx {xcup['way'] or 'by default'})\n" + " " * 40 + flow.heads("xcup"))
        print(f"    {'whole engine, flattened':34}" + flow.cells_of(xcup["area"], "xcup"))
        for block in sorted(xcup.get("blocks", []), key=lambda b: -(b["LUT"] + b["LUTRAM"])):
            shown = block["block"] + (f" x {block['count']}" if block["count"] > 1 else "")
            print(f"      {shown:32}" + flow.cells_of(block, "xcup"))
        print("    longest paths:")
        for path in xcup["paths"]:
            print(f"      {path['levels']:2} levels, {path['ns']:.2f} ns: {path['from']} -> {path['to']}")
        if xcup["loops"]:
            print(f"    {xcup['loops']} nets are in combinational loops")
    if "failed" in xcup:
        print(f"  UltraScale+: {xcup['failed']}")


def print_text(results):
    print("environment: " + ", ".join(f"{name} {text}" for name, text in results["environment"].items()))
    for result in results["engines"]:
        print(f"\n{result['engine']}")
        print_xcup(result["xcup"])
        if "ecp5" in result:
            flow.print_ecp5(result["ecp5"], result["engine"])
        told = result["estimate"]
        ways = [f"{told['by_levels_mhz']} MHz by levels"] if "by_levels_mhz" in told else []
        if "by_ecp5_mhz" in told:
            ways.append(f"{told['by_ecp5_mhz']} MHz by ECP5 x {flow.RATIO} ({told['slowest']})")
        print(f"  UltraScale+ -2, estimated: {', '.join(ways) or 'not'}; target {flow.TARGET:.0f} MHz {'reached' if told['reached'] else 'MISSED'}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--engine", action="append", help="a module of rtl/ (default: both of the codec)")
    parser.add_argument("--quick", action="store_true", help="UltraScale+ by levels only")
    parser.add_argument("--whole", action="store_true", help="place what is too large to be routed, too (takes long)")
    parser.add_argument("--seeds", type=int, default=1, help="placements to try (default 1)")
    parser.add_argument("--output-format", choices=("text", "json"), default="text")
    parser.add_argument("--calibrate", metavar="PICORV32.v", help="PicoRV32 instead, whose clock in UltraScale+ is published")
    options = parser.parse_args()
    known = sources.files()
    if options.calibrate:
        designs = [flow.Design("picorv32_axi", [pathlib.Path(options.calibrate).resolve()], (("TWO_CYCLE_ALU", 1),))]
    else:
        designs = [flow.Design(name) for name in options.engine or [name for name in ENGINES if name in known]]
    results = {"environment": flow.versions(), "target_mhz": flow.TARGET, "ratio": flow.RATIO, "margin_ns": flow.MARGIN,
               "engines": [engine(design, options.seeds, options.quick, options.whole) for design in designs]}
    if not (options.calibrate or options.engine or options.quick):
        (flow.WORK / "codec.json").write_text(json.dumps(results, indent=1) + "\n")
    if options.output_format == "json":
        print(json.dumps(results, indent=1))
    else:
        print_text(results)
    return 0


if __name__ == "__main__":
    sys.exit(flow.main(main))
