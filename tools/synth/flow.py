# SPDX-License-Identifier: Apache-2.0
"""The open tools' runs that codec.py and card.py are made of: Yosys for UltraScale+ and ECP5, nextpnr.

What was done before for the same sources is taken from build/synth.
"""

import contextlib
import functools
import hashlib
import inspect
import json
import pathlib
import shutil
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
import sdf  # noqa: E402
import sources  # noqa: E402

TARGET = 250.0
# How much faster the same logic is in UltraScale+ -2 than in ECP5 -8; README.md.
RATIO = 2.5
# Clock uncertainty and what placement adds beyond the model's typical wires, in ns.
MARGIN = 0.3

# Seconds of a processor's time for a step. A placement that routes does so in a fraction of
# it; the compressor's takes most of it.
PATIENCE = {"yosys": 1500, "place": 2400, "route": 300}
NEXTPNR = ["nextpnr-ecp5", "--85k", "--speed", "8", "--package", "CABGA756", "--lpf-allow-unconstrained", "--freq", f"{TARGET:g}",
           "--timing-allow-fail", "-q"]

# Two ways to map, of which the faster result counts, as neither is best for all logic:
# Yosys' own, which takes a function of nine inputs, made with MUXF*, to be as fast as a
# LUT; and MUXF* in multiplexers from 5:1 on, nowhere else.
XILINX = "synth_xilinx -family xcup -noiopad"
WAYS = ("", "-widemux 5 -nowidelut")
# What XILINX does to memories, but with another description of LUT RAM; see xcup_script().
XILINX_MEMORIES = ("memory_libmap -logic-cost-rom 0.015625 -lib {lutrams} -lib +/xilinx/brams_xc4v.txt -D HAS_SIZE_36 "
                   "-D HAS_MIXWIDTH_SDP -D HAS_ADDRCE -lib +/xilinx/urams.txt -no-auto-huge; "
                   "techmap -map +/xilinx/lutrams_xc5v_map.v; techmap -map +/xilinx/brams_xcu_map.v; "
                   "techmap -map +/xilinx/urams_map.v")

# LUTs that a cell takes, in LUT6 sites.
XCUP_LUTS = {**{f"LUT{n}": 1 for n in range(1, 7)}, "SRL16E": 1, "SRLC32E": 1}
XCUP_LUTRAM = {"RAM32M16": 8, "RAM64M8": 8, "RAM32M": 4, "RAM64M": 4, "RAM32X1D": 2, "RAM64X1D": 2, "RAM128X1D": 4, "RAM256X1D": 8,
               "RAM32X1S": 1, "RAM64X1S": 1, "RAM128X1S": 2, "RAM256X1S": 4, "RAM512X1S": 8, "RAM32X16DR8": 8, "RAM64X8SW": 8}
# Area as it is told, by what it is called in a table.
COLUMNS = {"xcup": ("LUT", "FF", "LUTRAM", "BRAM36", "URAM", "CARRY8"), "ecp5": ("LUT4", "FF", "DPR16X4", "DP16KD", "CCU2C")}


def say(text):
    print(text, file=sys.stderr, flush=True)


def busy():
    """Seconds of a processor's time that tools took so far."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


@contextlib.contextmanager
def timed(what):
    """Says that something begins, and how long it took."""
    start, before = time.monotonic(), busy()
    say(f"  {what} ...")
    yield
    say(f"  {what}: {time.monotonic() - start:.0f} s ({busy() - before:.0f} s of a processor)")


class Failed(Exception):
    """A tool failed, or was not done in time: says so."""


def run(command, limit=None):
    """limit: seconds of a processor's time."""
    def limited():
        if limit:
            resource.setrlimit(resource.RLIMIT_CPU, (limit, limit))

    done = subprocess.run(command, cwd=TOP, capture_output=True, text=True, preexec_fn=limited, check=False)
    if limit and done.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
        raise Failed(f"{command[0]} was not done in {limit} s of a processor's time")
    if done.returncode:
        raise Failed(f"{command[0]} failed:\n" + "\n".join((done.stdout + done.stderr).splitlines()[-20:]))
    return done.stdout + done.stderr


def main(program):
    """What a program returns; what it could not go on without is told in a line."""
    try:
        return program()
    except Failed as failed:
        return f"{pathlib.Path(sys.argv[0]).name}: {failed}"


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
        # A command of its own: hierarchy's -chparam may derive a module inside twice, which Yosys 0.52 refuses.
        chosen = "".join(f" -set {key} {value}" for key, value in self.parameters)
        parameters = f"chparam{chosen} {self.top}; " if chosen and not around else ""
        named = f"rename -top {self.top}; " if parameters else ""
        # A module with parameters has the name of the source in an attribute.
        cut = "".join(f"blackbox ={name} A:hdlname={name}; " for name in self.cut)
        return f"read_verilog -sv {includes} {files}; {parameters}hierarchy -check -top {'synth_wrapper' if around else self.top}; {named}{cut}"

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
    with timed(what):
        made = make()
    path.with_suffix(".part").write_text(json.dumps(made))
    path.with_suffix(".part").rename(path)
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
        netlist.parent.mkdir(parents=True, exist_ok=True)
        part = netlist.with_suffix(".part")
        with timed(f"{design.top}: {what}"):
            run(["yosys", "-q", "-p", design.read(around) + f"{script}; write_json {part}"], PATIENCE["yosys"])
        part.rename(netlist)
    return netlist


def xcup_script(more):
    """Yosys 0.52 describes RAM512X1S as if it had 16 bits of address, and its own map refuses that;
    any large memory of one port would go there. So its description is mended on the way. By its name in
    the tree, as what is kept is known by the script: a copy of the tree is to find it, too."""
    here = pathlib.Path(shutil.which("yosys")).resolve().parents[1] / "share/yosys/xilinx/lutrams_xcu.txt"
    mended = WORK / "lutrams_xcu.txt"
    mended.parent.mkdir(parents=True, exist_ok=True)
    mended.write_text(here.read_text().replace('"ABITS" 16', '"ABITS" 9').replace("abits 16;", "abits 9;"))
    return (f"{XILINX} {more} -run begin:map_memory; {XILINX_MEMORIES.format(lutrams=mended.relative_to(TOP))}; "
            f"{XILINX} {more} -run map_ffram:")


def xcup_netlist(design, way, flatten="-flatten"):
    return yosys(design, f"UltraScale+, Yosys {way or 'by default'}", xcup_script(f"{way} {flatten} -top {design.top}"))


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
    best, why = None, None
    for way in ways:
        if best and not always and (good(best) or TARGET) >= TARGET:
            break
        try:
            made = map_xcup(design, way, models)
        except Failed as failed:
            say(f"  {design.top}: UltraScale+, Yosys {way or 'by default'}: {failed}")
            why = failed
            continue
        if not best or (made["paths"] and made["paths"][0]["ns"] < best["paths"][0]["ns"]):
            best = made
    if not best:
        raise why
    return best


def wrapper(design):
    """Registers around a module, filled and emptied through four pins. Not every module has a reset.

    Those in front hold what they have unless they are filled, or the module's own, which follow them, would
    be the same as their neighbours and become one with them.
    """
    ports = modules(yosys(design, "ports", "delete */p:*"))[design.top]["ports"]
    ins = {name: len(port["bits"]) for name, port in ports.items() if port["direction"] == "input"}
    outs = {name: len(port["bits"]) for name, port in ports.items() if port["direction"] == "output"}
    clock = next(name for name in ("clk_i", "clk") if name in ins)
    reset = next((name for name in ("rst_ni", "resetn") if ins.pop(name, None)), None)
    del ins[clock]
    width_in, width_out = sum(ins.values()), sum(outs.values())
    settings = ", ".join(f".{key}({value})" for key, value in design.parameters)
    settings = f"#({settings}) " if settings else ""
    lines = ["module synth_wrapper (input clk, input rst_n, input si, input fill, input load, output reg so);",
             f"  reg [{width_in - 1}:0] in_q; reg [{width_out - 1}:0] out_q, shift_q; wire [{width_out - 1}:0] out; reg rst_q;",
             f"  always @(posedge clk) begin rst_q <= rst_n; if (fill) in_q <= {{in_q[{max(width_in - 2, 0)}:0], si}}; out_q <= out;",
             f"    shift_q <= load ? out_q : {{shift_q[{width_out - 2}:0], 1'b0}}; so <= shift_q[{width_out - 1}]; end",
             f"  {design.top} {settings}dut (.{clock}(clk)" + (f", .{reset}(rst_q)" if reset else "")]
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


class Names:
    """The source's names for a netlist's cells: those of the nets that they drive."""

    MADE = re.compile(r"(_(TRELLIS_FF|LUT4|PFUMX|L6MUX21|CCU2C|TRELLIS_DPR16X4|DP16KD|MULT18X18D|DO[AB]?\d*)|\.slice|\.genblk|\.\d+\.\d+|\$).*$")

    def __init__(self, netlist):
        module = modules(netlist)["synth_wrapper"]
        nets = {}
        for name, net in module["netnames"].items():
            if not net.get("hide_name") and not self.MADE.search(name):
                # Of a net's names the module's own, and what is not inside of another module there.
                rank = (not name.startswith("dut."), name.count("."), len(name))
                for bit in net["bits"]:
                    if bit not in nets or rank < nets[bit][0]:
                        nets[bit] = (rank, name)
        self.nets = {name: nets[bit][1] for name, cell in module["cells"].items() for port, bits in cell["connections"].items()
                     if cell["port_directions"].get(port) == "output" for bit in bits if bit in nets}

    def path(self, cells, **more):
        """A longest path as it is told, its registers first and last."""
        # A cell that nextpnr made of another has that one's name in front; what drives no net of the source has no name but Yosys'.
        known = [self.nets.get(cell) or self.nets.get(cell.split("$")[0]) for cell in cells]
        ends = [(known[at] or self.MADE.sub("", cells[at])).removeprefix("dut.") for at in (0, -1)]
        through = [name.removeprefix("dut.") for name in dict.fromkeys(known[1:-1]) if name]
        return {**more, "from": ends[0], "to": ends[1], "through": [name for name in through if name not in ends]}


def place(design, netlist, names, seed):
    """(placement, its clock and path by what nextpnr expects of wires)"""
    stem = f"{WORK}/netlists/{design.top}.{seed}"
    delays, placed, log = (pathlib.Path(f"{stem}.{kind}") for kind in ("sdf", "placed.json", "log"))
    run([*NEXTPNR, "--json", str(netlist), "--seed", str(seed), "--parallel-refine", "--no-route", "--sdf", str(delays), "--write", str(placed),
         "--log", str(log)], PATIENCE["place"])
    with delays.open() as lines:
        found = sdf.longest(lines)
    said = float(re.search(r"Max frequency for clock \S+: ([\d.]+) MHz", log.read_text())[1])
    if abs(said - found["mhz"]) > 0.1:
        raise Failed(f"nextpnr says {said} MHz, its SDF {found['mhz']:.2f}")
    return placed, names.path(found["cells"], seed=seed, routed=False, mhz=round(found["mhz"], 1),
                              logic_ns=round(found["logic_ns"], 2), routing_ns=round(found["routing_ns"], 2))


def route(design, placed, names, seed):
    report = WORK / "netlists" / f"{design.top}.{seed}.report.json"
    run([*NEXTPNR, "--json", str(placed), "--seed", str(seed), "--no-pack", "--no-place", "--router", "router2", "--report", str(report)], PATIENCE["route"])
    told = json.loads(report.read_text())
    clock = next(iter(told["fmax"].values()))
    paths = [path for path in told["critical_paths"] if path["from"].startswith("posedge") and path["to"].startswith("posedge")]
    path = paths[0]["path"]
    steps = [step for step in path if step["type"] in ("logic", "routing", "clk-to-q", "setup")]
    return names.path([step["from"]["cell"] for step in steps[:1]] + [step["to"]["cell"] for step in steps],
                      seed=seed, routed=True, mhz=round(clock["achieved"], 1),
                      logic_ns=round(sum(step["delay"] for step in path if step["type"] != "routing"), 2),
                      routing_ns=round(sum(step["delay"] for step in path if step["type"] == "routing"), 2))


def ecp5(design, seeds=1, routed=True):
    """Area and clock in ECP5. What is not to be routed, or cannot be, is placed only; what failed is told."""
    def make():
        netlist = yosys(design, "ECP5, Yosys", "synth_ecp5 -top synth_wrapper", wrapper(design))
        made = {"area": ecp5_area(module_cells(modules(netlist))["synth_wrapper"]), "runs": []}
        names = Names(netlist)
        for seed in range(1, seeds + 1):
            say(f"  {design.top}: ECP5, nextpnr places, seed {seed} of {seeds}")
            placed, told = place(design, netlist, names, seed)
            if routed:
                say(f"  {design.top}: ECP5, nextpnr routes; by the placement {told['mhz']} MHz")
                try:
                    told = route(design, placed, names, seed)
                except Failed as failed:
                    say(f"  {design.top}: not routed, its placement counts: {failed}")
            made["runs"].append(told)
        return made

    how = "".join(map(inspect.getsource, (wrapper, Names, place, route, ecp5_area, sdf)))
    try:
        return cached(f"{design.top}: ECP5, Yosys and nextpnr", design.key("ecp5", seeds, routed, NEXTPNR, PATIENCE["route"], how), make)
    except Failed as failed:
        say(f"  {design.top}: no figure in ECP5: {failed}")
        return {"failed": str(failed)}


def estimate(by_levels, parts):
    """250 MHz in UltraScale+ -2? Two ways to tell, and both must agree."""
    told = {"by_levels_mhz": by_levels} if by_levels else {}
    # The best placement of the slowest part, if all have one.
    best = [max((way["mhz"], part["block"]) for way in part["runs"]) for part in parts if "runs" in part]
    slowest = {}
    if best and len(best) == len(parts):
        told["by_ecp5_mhz"] = round(min(best)[0] * RATIO)
        slowest["slowest"] = min(best)[1]
    return {**told, **slowest, "target_mhz": TARGET, "reached": bool(told) and min(told.values()) >= TARGET}


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
        if "failed" in part:
            print(f"    {shown:34}  no figure: {part['failed']}")
            continue
        print(f"    {shown:34}" + cells_of(part["area"], "ecp5"))
        for way in part["runs"]:
            print(f"      nextpnr 85k-8, seed {way['seed']}, {'routed' if way['routed'] else 'placed, not routed'}: {way['mhz']:.1f} MHz "
                  f"({way['logic_ns']} ns logic, {way['routing_ns']} ns wires): {way['from']} -> {way['to']}")
            if way["through"]:
                print(f"        through {', '.join(way['through'][:6])}")
