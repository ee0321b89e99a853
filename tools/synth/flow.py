# SPDX-License-Identifier: Apache-2.0
"""The open tools' runs that codec.py and card.py are made of: Yosys for UltraScale+ and ECP5, nextpnr.

What was done before for the same sources is taken from build/synth.
"""

import functools
import hashlib
import inspect
import json
import pathlib
import re
import resource
import signal
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parents[1]
WORK = TOP / "build/synth"
sys.path[:0] = [str(HERE), str(TOP / "tools/rtl")]
import levels  # noqa: E402
import sources  # noqa: E402

TARGET = 250.0
# How much faster the same logic is in UltraScale+ -2 than in ECP5 -8; README.md.
RATIO = 2.5
# Clock uncertainty and what placement adds beyond the model's typical wires, in ns.
MARGIN = 0.3

# A placement that does not route gives up after so many seconds of a processor's time.
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
# Area as it is told, by what it is called in a table.
COLUMNS = {"xcup": ("LUT", "FF", "LUTRAM", "BRAM36", "URAM", "CARRY8"), "ecp5": ("LUT4", "FF", "DPR16X4", "DP16KD", "CCU2C")}


def say(text):
    print(text, file=sys.stderr, flush=True)


class TakesTooLong(Exception):
    pass


def run(command, limit=None):
    """limit: seconds of a processor's time."""
    def limited():
        if limit:
            resource.setrlimit(resource.RLIMIT_CPU, (limit, limit))

    done = subprocess.run(command, cwd=TOP, capture_output=True, text=True, preexec_fn=limited, check=False)
    if limit and done.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
        raise TakesTooLong
    if done.returncode:
        sys.exit(f"{pathlib.Path(sys.argv[0]).name}: {command[0]} failed:\n" + "\n".join((done.stdout + done.stderr).splitlines()[-20:]))
    return done.stdout + done.stderr


@functools.cache
def versions():
    return {"yosys": run(["yosys", "-V"]).split("(")[0].strip(),
            "nextpnr": re.search(r"\(Version (\S+)\)", run(["nextpnr-ecp5", "--version"]))[1]}


class Design:
    """A module and its files; cut: modules inside that are left out."""

    def __init__(self, top, files=None, parameters=(), cut=()):
        self.top = top
        self.files = files or sources.closure([top])
        self.parameters = tuple(parameters)
        self.cut = tuple(cut)

    def read(self, around=None):
        """Yosys commands; around: a file with a module synth_wrapper that is the top."""
        includes = " ".join(f"-I{folder}" for folder in sources.INCLUDES)
        files = " ".join(map(str, [*self.files, *([around] if around else [])]))
        parameters = "" if around else "".join(f" -chparam {key} {value}" for key, value in self.parameters)
        # A module with parameters has the name of the source in an attribute.
        cut = "".join(f"blackbox ={name} A:hdlname={name}; " for name in self.cut)
        return f"read_verilog -sv {includes} {files}; hierarchy -check -top {'synth_wrapper' if around else self.top}{parameters}; {cut}"

    def key(self, *more):
        """Of the sources, how they are read, and more."""
        digest = hashlib.sha256(repr((self.top, self.parameters, self.cut, versions(), more)).encode())
        for path in [*self.files, *(f"{folder}/{name.name}" for folder in sources.INCLUDES for name in (TOP / folder).glob("*.svh"))]:
            digest.update((TOP / path).read_bytes())
        return digest.hexdigest()[:24]


def cached(what, key, make):
    """What make() gives, from build/synth if it was made before."""
    WORK.mkdir(parents=True, exist_ok=True)
    path = WORK / f"{key}.json"
    if path.exists():
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


def module_cells(found):
    """{module: {cell type: count}} of a netlist's modules."""
    counts = {}
    for name, module in found.items():
        # Models of the FPGA's own cells are no modules.
        if {"blackbox", "whitebox"} & module["attributes"].keys():
            continue
        mine = counts.setdefault(name, {})
        for cell in module["cells"].values():
            mine[cell["type"]] = mine.get(cell["type"], 0) + 1
    return counts


def yosys(design, what, script, around=None):
    """The netlist, as a file, that the script makes of a design; made once."""
    netlist = WORK / "netlists" / f"{design.top}.{design.key(script, around and around.read_text())}.json"
    if not netlist.exists():
        start = time.monotonic()
        say(f"  {design.top}: {what} ...")
        netlist.parent.mkdir(parents=True, exist_ok=True)
        part = netlist.with_suffix(".part")
        run(["yosys", "-q", "-p", design.read(around) + f"{script}; write_json {part}"])
        part.rename(netlist)
        say(f"  {design.top}: {what}: {time.monotonic() - start:.0f} s")
    return netlist


def xcup_netlist(design, way, flatten="-flatten"):
    return yosys(design, f"UltraScale+, Yosys {way or 'by default'}", f"{XILINX} {way} {flatten} -top {design.top}")


def modules(netlist):
    return json.loads(netlist.read_text())["modules"]


def map_xcup(design, way, models=None):
    """Area and longest paths of a module that is flattened but for what is cut out."""
    netlist = xcup_netlist(design, way)

    def read():
        found = modules(netlist)
        area = xcup_area(module_cells(found)[design.top])
        return {"way": way, "area": area, **levels.longest(found[design.top], models=models),
                **({} if models is None else {"interface": levels.interface(found[design.top], models)})}

    digest = hashlib.sha256((netlist.name + json.dumps(models) + pathlib.Path(levels.__file__).read_text() + inspect.getsource(xcup_area)).encode())
    return cached(f"{design.top}: UltraScale+, longest paths", digest.hexdigest()[:24], read)


def good(made):
    """By levels, in MHz."""
    return round(1000 / (made["paths"][0]["ns"] + MARGIN)) if made["paths"] else None


def best_way(design, models=None, ways=WAYS, always=True):
    """The mapping for UltraScale+ whose longest path is the shortest; unless always, others are tried when the first misses."""
    best = None
    for way in ways:
        if best and not always and (good(best) or TARGET) >= TARGET:
            break
        made = map_xcup(design, way, models)
        if not best or (made["paths"] and made["paths"][0]["ns"] < best["paths"][0]["ns"]):
            best = made
    return best


def wrapper(design):
    """Registers around a module, filled and emptied through three pins."""
    ports = modules(yosys(design, "ports", "delete */p:*"))[design.top]["ports"]
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
    path = WORK / "netlists" / f"{design.top}.wrapper.v"
    path.write_text("\n".join([*lines, "  );", "endmodule", ""]))
    return path


def plain_cell(name):
    """The source's name in a cell's."""
    name = re.sub(r"_(TRELLIS_FF|LUT4|PFUMX|L6MUX21|CCU2C|TRELLIS_DPR16X4|DP16KD)_.*$", "", name)
    return re.sub(r"\$.*$", "", re.sub(r"\.(slice|genblk).*$", "", name)) or name


def route(design, netlist, seed):
    report = WORK / "netlists" / f"{design.top}.{seed}.report.json"
    run(["nextpnr-ecp5", "--85k", "--speed", "8", "--package", "CABGA756", "--json", str(netlist), "--lpf-allow-unconstrained", "--freq", str(TARGET),
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


def ecp5(design, seeds=1):
    """Area and clock in ECP5."""
    def make():
        netlist = yosys(design, "ECP5, Yosys", "synth_ecp5 -top synth_wrapper", wrapper(design))
        made = {"area": ecp5_area(module_cells(modules(netlist))["synth_wrapper"]), "runs": []}
        for seed in range(1, seeds + 1):
            say(f"  {design.top}: ECP5, nextpnr, seed {seed} of {seeds}")
            try:
                made["runs"].append(route(design, netlist, seed))
            except TakesTooLong:
                say(f"  {design.top}: seed {seed} was not routed in {PATIENCE} s")
        return made

    how = "".join(map(inspect.getsource, (wrapper, route, ecp5_area)))
    return cached(f"{design.top}: ECP5, Yosys and nextpnr", design.key("ecp5", seeds, PATIENCE, how), make)


def estimate(by_levels, parts):
    """250 MHz in UltraScale+ -2? Two ways to tell, and both must agree."""
    told = {"by_levels_mhz": by_levels}
    # The best placement of the slowest part, if all were routed.
    best = [max(way["mhz"] for way in part["runs"]) for part in parts if part["runs"]]
    if best and len(best) == len(parts):
        told["by_ecp5_mhz"] = round(min(best) * RATIO)
    return {**told, "target_mhz": TARGET, "reached": min(told.values()) >= TARGET}


def cells_of(row, family):
    """A row of a table."""
    return "".join(f"{row[name]:9g}" for name in COLUMNS[family])


def heads(family):
    return "".join(f"{name:>9}" for name in COLUMNS[family])


def print_ecp5(parts, whole=None):
    """A table of parts, of which one may be the whole that is spoken of."""
    print("  ECP5 (Yosys)" + " " * 26 + heads("ecp5"))
    for part in parts:
        shown = "with registers at the ports" if part["block"] == whole else f"{part['block']} alone"
        print(f"    {shown:34}" + cells_of(part["area"], "ecp5"))
        if not part["runs"]:
            print(f"      nextpnr 85k-8: not routed in {PATIENCE} s")
        for way in part["runs"]:
            print(f"      nextpnr 85k-8, seed {way['seed']}: {way['mhz']:.1f} MHz ({way['logic_ns']} ns logic, {way['routing_ns']} ns wires): {way['from']} -> {way['to']}")
            if way["through"]:
                print(f"        through {', '.join(way['through'][:6])}")
