#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""make synth-codec: area and clock of the codec's engines, by open tools.

usage: codec.py [--engine=MODULE ...] [--quick] [--seeds=N] [--output-format=text|json] [--calibrate=PICORV32.v]

UltraScale+: Yosys maps; area by block, and levels of logic from register to register.
ECP5 (85k, speed grade 8): Yosys maps, nextpnr places and routes; area and clock. Each
engine alone, or its largest blocks each alone, their ports in registers. README.md beside this tells how 250 MHz on
UltraScale+ are judged from the two. What was done before for the same sources is taken
from build/synth. The result is also in build/synth/codec.json.
"""

import argparse
import hashlib
import json
import pathlib
import re
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parents[1]
WORK = TOP / "build/synth"
sys.path[:0] = [str(HERE), str(TOP / "tools/rtl")]
import levels  # noqa: E402
import sources  # noqa: E402

ENGINES = ("lz4_compressor", "lz4_decompressor")
# What stands for an engine in ECP5, which is too small to route the whole of it.
BLOCKS = {"lz4_compressor": ("lz4c_table", "lz4c_text", "lz4c_starts", "lz4c_choose", "lz4c_decide", "lz4c_emit", "lz4c_pack", "lz4c_output")}
TARGET = 250.0
# How much faster the same logic is in UltraScale+ -2 than in ECP5 -8; README.md.
RATIO = 2.5
# Clock uncertainty and what placement adds beyond the model's typical wires, in ns.
MARGIN = 0.3

# A placement that does not route gives up after so many seconds.
PATIENCE = 1500

# Two ways to map, of which the faster result counts, as neither is best for all logic:
# Yosys' own, which takes a function of nine inputs, made with MUXF*, to be as fast as a
# LUT; and MUXF* in multiplexers from 5:1 on, nowhere else.
XILINX = "synth_xilinx -family xcup -noiopad"
WAYS = ("", "-widemux 5 -nowidelut")

# LUTs that a cell takes, in LUT6 sites.
XCUP_LUTS = {**{f"LUT{n}": 1 for n in range(1, 7)}, "SRL16E": 1, "SRLC32E": 1}
XCUP_LUTRAM = {"RAM32M16": 8, "RAM64M8": 8, "RAM32M": 4, "RAM64M": 4, "RAM32X1D": 2, "RAM64X1D": 2, "RAM128X1D": 4, "RAM256X1D": 8,
               "RAM32X1S": 1, "RAM64X1S": 1, "RAM128X1S": 2, "RAM256X1S": 4, "RAM512X1S": 8, "RAM32X16DR8": 8, "RAM64X8SW": 8}
COLUMNS = {"xcup": ("LUT", "FF", "LUTRAM", "BRAM36", "URAM", "CARRY8"), "ecp5": ("LUT4", "FF", "DPR16X4", "DP16KD", "CCU2C")}


def say(text):
    print(text, file=sys.stderr, flush=True)


def run(command, limit=3600):
    done = subprocess.run(command, cwd=TOP, capture_output=True, text=True, timeout=limit, check=False)
    if done.returncode:
        sys.exit(f"codec.py: {command[0]} failed:\n" + "\n".join((done.stdout + done.stderr).splitlines()[-20:]))
    return done.stdout + done.stderr


def versions():
    return {"yosys": run(["yosys", "-V"]).split("(")[0].strip(),
            "nextpnr": re.search(r"\(Version (\S+)\)", run(["nextpnr-ecp5", "--version"]))[1]}


class Design:
    """A module and its files."""

    def __init__(self, top, files=None, parameters=()):
        self.top = top
        self.files = files or sources.closure([top])
        self.parameters = parameters

    def read(self, around=None):
        """Yosys commands; around: a file with a module synth_wrapper that is the top."""
        includes = " ".join(f"-I{folder}" for folder in sources.INCLUDES)
        files = " ".join(map(str, [*self.files, *([around] if around else [])]))
        parameters = "" if around else "".join(f" -chparam {key} {value}" for key, value in self.parameters)
        return f"read_verilog -sv {includes} {files}; hierarchy -check -top {'synth_wrapper' if around else self.top}{parameters}; "

    def key(self, *more):
        digest = hashlib.sha256(repr((self.top, self.parameters, more)).encode())
        for path in [*self.files, *(f"{folder}/{name.name}" for folder in sources.INCLUDES for name in (TOP / folder).glob("*.svh")),
                     HERE / "codec.py", HERE / "levels.py"]:
            digest.update((TOP / path).read_bytes())
        return digest.hexdigest()[:24]


def cached(what, key, make):
    """What make() gives, from build/synth if it was made before."""
    path = WORK / f"{key}.json"
    if path.exists():
        say(f"  {what}: as before")
        return json.loads(path.read_text())
    start = time.monotonic()
    say(f"  {what} ...")
    made = make()
    path.with_suffix(".part").write_text(json.dumps(made))
    path.with_suffix(".part").rename(path)
    say(f"  {what}: {time.monotonic() - start:.0f} s")
    return made


def xcup_area(cells):
    carry = cells.get("CARRY8", 0) + (cells.get("CARRY4", 0) + 1) // 2
    return {"LUT": sum(XCUP_LUTS.get(kind, 0) * count for kind, count in cells.items()),
            "FF": sum(count for kind, count in cells.items() if levels.FLOPS.match(kind)),
            "LUTRAM": sum(XCUP_LUTRAM[kind] * count for kind, count in cells.items() if kind.startswith("RAM") and not kind.startswith("RAMB")),
            "BRAM36": sum(count * (1 if "36" in kind else 0.5) for kind, count in cells.items() if kind.startswith("RAMB")),
            "URAM": cells.get("URAM288", 0), "CARRY8": carry}


def ecp5_area(cells):
    return {"LUT4": cells.get("LUT4", 0), "FF": cells.get("TRELLIS_FF", 0), "DPR16X4": cells.get("TRELLIS_DPR16X4", 0),
            "DP16KD": cells.get("DP16KD", 0), "CCU2C": cells.get("CCU2C", 0)}


def module_cells(path):
    """{module: {cell type: count}} of a written netlist."""
    counts = {}
    for name, module in json.loads(path.read_text())["modules"].items():
        # Models of the FPGA's own cells are no modules.
        if {"blackbox", "whitebox"} & module["attributes"].keys():
            continue
        mine = counts.setdefault(name, {})
        for cell in module["cells"].values():
            mine[cell["type"]] = mine.get(cell["type"], 0) + 1
    return counts


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


def map_xcup(design, folder, way):
    netlist = folder / f"{design.top}.xcup.json"
    run(["yosys", "-q", "-p", design.read() + f"{XILINX} {way} -flatten -top {design.top}; write_json {netlist}"])
    module = json.loads(netlist.read_text())["modules"][design.top]
    counts = module_cells(netlist)
    return {"way": way, "area": xcup_area(counts[design.top]), **levels.longest(module)}


def map_blocks(design, folder, way):
    netlist = folder / f"{design.top}.blocks.json"
    run(["yosys", "-q", "-p", design.read() + f"{XILINX} {way} -top {design.top}; write_json {netlist}"])
    return blocks(module_cells(netlist), design.top, xcup_area)


def wrapper(design, folder):
    """Registers around the engine, filled and emptied through three pins."""
    ports_path = folder / f"{design.top}.ports.json"
    run(["yosys", "-q", "-p", design.read() + f"proc; write_json {ports_path}"])
    modules = json.loads(ports_path.read_text())["modules"]
    top = next(name for name in modules if modules[name]["attributes"].get("top"))
    ports = modules[top]["ports"]
    ins = {name: len(port["bits"]) for name, port in ports.items() if port["direction"] == "input"}
    outs = {name: len(port["bits"]) for name, port in ports.items() if port["direction"] == "output"}
    clock = next(name for name in ("clk_i", "clk") if name in ins)
    reset = next(name for name in ("rst_ni", "resetn") if name in ins)
    del ins[clock], ins[reset]
    width_in, width_out = sum(ins.values()), sum(outs.values())
    settings = ", ".join(f".{key}({value})" for key, value in design.parameters)
    settings = f"#({settings}) " if settings else ""
    lines = ["module synth_wrapper (input clk, input rst_n, input si, input load, output reg so);",
             f"  reg [{width_in - 1}:0] in_q; reg [{width_out - 1}:0] out_q, shift_q; wire [{width_out - 1}:0] out; reg rst_q;",
             f"  always @(posedge clk) begin rst_q <= rst_n; in_q <= {{in_q[{max(width_in - 2, 0)}:0], si}}; out_q <= out;",
             f"    shift_q <= load ? out_q : {{shift_q[{width_out - 2}:0], 1'b0}}; so <= shift_q[{width_out - 1}]; end",
             f"  {design.top} {settings}dut (.{clock}(clk), .{reset}(rst_q)"]
    at = 0
    for name, width in ins.items():
        lines.append(f"    , .{name}(in_q[{at + width - 1}:{at}])")
        at += width
    at = 0
    for name, width in outs.items():
        lines.append(f"    , .{name}(out[{at + width - 1}:{at}])")
        at += width
    path = folder / f"{design.top}.wrapper.v"
    path.write_text("\n".join([*lines, "  );", "endmodule", ""]))
    return path


def map_ecp5(design, folder):
    path = wrapper(design, folder)
    netlist = folder / f"{design.top}.ecp5.json"
    run(["yosys", "-q", "-p", design.read(path) + f"synth_ecp5 -top synth_wrapper -json {netlist}"])
    return {"area": ecp5_area(module_cells(netlist)["synth_wrapper"]), "netlist": str(netlist.relative_to(TOP))}


def plain_cell(name):
    """The source's name in a cell's."""
    name = re.sub(r"_(TRELLIS_FF|LUT4|PFUMX|L6MUX21|CCU2C|TRELLIS_DPR16X4|DP16KD)_.*$", "", name)
    return re.sub(r"\$.*$", "", re.sub(r"\.(slice|genblk).*$", "", name)) or name


def route(design, netlist, seed, folder):
    report = folder / f"{design.top}.{seed}.report.json"
    run(["nextpnr-ecp5", "--85k", "--speed", "8", "--package", "CABGA756", "--json", netlist, "--lpf-allow-unconstrained", "--freq", str(TARGET),
         "--timing-allow-fail", "--parallel-refine", "--router", "router2", "--seed", str(seed), "--report", str(report), "-q"], PATIENCE)
    told = json.loads(report.read_text())
    clock = next(iter(told["fmax"].values()))
    paths = [path for path in told["critical_paths"] if path["from"].startswith("posedge") and path["to"].startswith("posedge")]
    path = paths[0]["path"] if paths else []
    cells = [plain_cell(step["to"]["cell"]) for step in path if step["type"] in ("logic", "routing", "clk-to-q", "setup")]
    return {"seed": seed, "mhz": round(clock["achieved"], 1),
            "logic_ns": round(sum(step["delay"] for step in path if step["type"] != "routing"), 2),
            "routing_ns": round(sum(step["delay"] for step in path if step["type"] == "routing"), 2),
            "from": plain_cell(path[0]["from"]["cell"]) if path else "", "to": cells[-1] if cells else "",
            "through": list(dict.fromkeys(cell for cell in cells[:-1] if "$" not in cell))}


def engine(design, seeds, quick):
    folder = WORK / "work"
    folder.mkdir(parents=True, exist_ok=True)
    tools = versions()
    result = {"engine": design.top}
    ways = [cached(f"{design.top}: UltraScale+, Yosys {way or 'by default'}", design.key("xcup", tools, way), lambda way=way: map_xcup(design, folder, way))
            for way in WAYS]
    result["xcup"] = min(ways, key=lambda made: made["paths"][0]["ns"] if made["paths"] else 0.0)
    if quick:
        return judge(result)
    way = result["xcup"]["way"]
    result["xcup"]["blocks"] = cached(f"{design.top}: UltraScale+, Yosys, by block", design.key("blocks", tools, way),
                                      lambda: map_blocks(design, folder, way))

    def ecp5(part):
        made = map_ecp5(part, folder)
        made["runs"] = []
        for seed in range(1, seeds + 1):
            say(f"  {part.top}: ECP5, nextpnr, seed {seed} of {seeds}")
            try:
                made["runs"].append(route(part, made["netlist"], seed, folder))
            except subprocess.TimeoutExpired:
                say(f"  {part.top}: seed {seed} was not routed in {PATIENCE} s")
        return made

    parts = [Design(name) for name in BLOCKS.get(design.top, ())] or [design]
    result["ecp5"] = [{"block": part.top, **cached(f"{part.top}: ECP5, Yosys and nextpnr", part.key("ecp5", tools, seeds), lambda part=part: ecp5(part))}
                      for part in parts]
    return judge(result)


def judge(result):
    """250 MHz in UltraScale+ -2? Two ways to tell, and both must agree."""
    estimate = {"by_levels_mhz": round(1000 / (result["xcup"]["paths"][0]["ns"] + MARGIN))}
    # The best placement of the slowest part, if all were routed.
    parts = result.get("ecp5", [])
    best = [max(way["mhz"] for way in part["runs"]) for part in parts if part["runs"]]
    if best and len(best) == len(parts):
        estimate["by_ecp5_mhz"] = round(min(best) * RATIO)
    result["estimate"] = {**estimate, "target_mhz": TARGET, "reached": min(estimate.values()) >= TARGET}
    return result


def print_text(results):
    print("environment: " + ", ".join(f"{name} {text}" for name, text in results["environment"].items()))
    for result in results["engines"]:
        xcup, ecp5, estimate = result["xcup"], result.get("ecp5"), result["estimate"]
        print(f"\n{result['engine']}\n  UltraScale+ (synth_xilinx {xcup['way'] or 'by default'})\n" + " " * 40 + "".join(f"{name:>9}" for name in COLUMNS["xcup"]))
        print(f"    {'whole engine, flattened':34}" + "".join(f"{xcup['area'][name]:9g}" for name in COLUMNS["xcup"]))
        for block in sorted(xcup.get("blocks", []), key=lambda b: -(b["LUT"] + b["LUTRAM"])):
            shown = block["block"] + (f" x {block['count']}" if block["count"] > 1 else "")
            print(f"      {shown:32}" + "".join(f"{block[name]:9g}" for name in COLUMNS["xcup"]))
        print("    longest paths:")
        for path in xcup["paths"]:
            print(f"      {path['levels']:2} levels, {path['ns']:.2f} ns: {path['from']} -> {path['to']}")
        if xcup["loops"]:
            print(f"    {xcup['loops']} nets are in combinational loops")
        if ecp5:
            print_ecp5(ecp5, result["engine"])
        alone = ", the slowest of blocks that stand alone" if ecp5 and ecp5[0]["block"] != result["engine"] else ""
        ratio = f", {estimate['by_ecp5_mhz']} MHz by ECP5 x {RATIO}{alone}" if "by_ecp5_mhz" in estimate else ""
        print(f"  UltraScale+ -2, estimated: {estimate['by_levels_mhz']} MHz by levels{ratio}; "
              f"target {TARGET:.0f} MHz {'reached' if estimate['reached'] else 'MISSED'}")


def print_ecp5(parts, name):
    print("  ECP5 (Yosys)" + " " * 26 + "".join(f"{name:>9}" for name in COLUMNS["ecp5"]))
    for part in parts:
        shown = "with registers at the ports" if part["block"] == name else f"{part['block']} alone"
        print(f"    {shown:34}" + "".join(f"{part['area'][name]:9}" for name in COLUMNS["ecp5"]))
        if not part["runs"]:
            print(f"      nextpnr 85k-8: not routed in {PATIENCE} s")
        for way in part["runs"]:
            print(f"      nextpnr 85k-8, seed {way['seed']}: {way['mhz']:.1f} MHz ({way['logic_ns']} ns logic, {way['routing_ns']} ns wires): {way['from']} -> {way['to']}")
            if way["through"]:
                print(f"        through {', '.join(way['through'][:6])}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--engine", action="append", help="a module of rtl/ (default: both of the codec)")
    parser.add_argument("--quick", action="store_true", help="UltraScale+ by levels only")
    parser.add_argument("--seeds", type=int, default=1, help="placements to try (default 1)")
    parser.add_argument("--output-format", choices=("text", "json"), default="text")
    parser.add_argument("--calibrate", metavar="PICORV32.v", help="PicoRV32 instead, whose clock in UltraScale+ is published")
    options = parser.parse_args()
    WORK.mkdir(parents=True, exist_ok=True)
    known = sources.files()
    if options.calibrate:
        designs = [Design("picorv32_axi", [pathlib.Path(options.calibrate).resolve()], (("TWO_CYCLE_ALU", 1),))]
    else:
        designs = [Design(name) for name in options.engine or [name for name in ENGINES if name in known]]
    results = {"environment": versions(), "target_mhz": TARGET, "ratio": RATIO, "margin_ns": MARGIN,
               "engines": [engine(design, options.seeds, options.quick) for design in designs]}
    if not (options.calibrate or options.engine or options.quick):
        (WORK / "codec.json").write_text(json.dumps(results, indent=1) + "\n")
    if options.output_format == "json":
        print(json.dumps(results, indent=1))
    else:
        print_text(results)
    return 0


if __name__ == "__main__":
    sys.exit(main())
