#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every SystemVerilog file of the tree is read by both tools without a complaint.

usage: rtl_lint.py [--each | MODULE ...]

Each module that no other one has below it is a top, some with several parameters (VARIANTS); with --each every
module is, for what shows with parameters that nobody gives it, and the card has all its numbers of lanes (EACH). "verilator -Wall" warns of nothing (but what
rtl/waivers.vlt excuses), and Yosys finds all modules below it, no latches or loops,
no undriven or doubly driven wires. Proofs (rtl/*/formal) are read by Yosys only, as
they reach into modules by wires that Verilator would call undriven.

What Yosys 0.52 does not take is in docs/developing.md; the least expected of it: no
package may mention another one ("Unknown identifier ... used as type name").
"""

import os
import pathlib
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "tools/rtl"))
import sources  # noqa: E402

INCLUDES = [f"-I{folder}" for folder in sources.INCLUDES]
# Parameters with which a module is read, too: {module: [(parameters, by Yosys also?)]}.
LANES = ((1, 1, False), (8, 8, False))
LANES_EACH = ((1, 1, True), (4, 4, False), (8, 8, True), (1, 8, False), (8, 1, False))


def lanes(which):
    return [({"PutLanes": put, "GetLanes": get}, yosys) for put, get, yosys in which]


VARIANTS = {"card_top": [*lanes(LANES), ({"FlashChannels": 0}, False)],
            "flash_top": [({"Channels": 0}, True), ({"Chunks": 16}, False)]}
EACH = {**VARIANTS, "card_top": [*lanes(LANES_EACH), ({"FlashChannels": 0}, False)]}
# A file of the tree that is no module of rtl/, nor a proof: it must not be forgotten.
# A top for cocotb, of DPI calls, which its own build has Verilator read.
OTHERS = ("tests/cocotb/tb.sv",)


def tool(command):
    """Runs a tool; returns what it said if it failed or warned, else None."""
    done = subprocess.run(command, capture_output=True, text=True, cwd=TOP, timeout=300, check=False)
    said = (done.stdout + done.stderr).strip()
    return None if done.returncode == 0 and "%Warning" not in said and "Warning:" not in said else said or "failed"


def verilator(name, files, parameters):
    given = [f"-G{parameter}={value}" for parameter, value in parameters.items()]
    return tool(["verilator", "--lint-only", "-Wall", "--assert", *INCLUDES, "rtl/waivers.vlt", "--top-module", name, *given, *files])


def yosys(name, files, proof, parameters):
    read = f"read_verilog -sv {'-formal' if proof else ''} {' '.join(INCLUDES + files)}"
    # The checks after "proc" know of hidden latches, loops and conflicting drivers.
    checks = "" if proof else "; proc; select -assert-none t:$dlatch; check -assert"
    given = "".join(f" -chparam {parameter} {value}" for parameter, value in parameters.items())
    return tool(["yosys", "-q", "-p", f"{read}; hierarchy -check -top {name}{given}{checks}"])


def lint(job):
    """Returns [(what, complaint or None)] of one module with its parameters."""
    name, parameters, by_yosys = job
    path = sources.files(formal=True)[name]
    files = sources.closure([name], formal=True)
    proof = "/formal/" in path or path.startswith("tests/")
    what = path + "".join(f" {parameter}={value}" for parameter, value in parameters.items())
    found = []
    if not proof:
        found.append((f"{what}: Verilator", verilator(name, files, parameters)))
    if by_yosys:
        found.append((f"{what}: Yosys", yosys(name, files, proof, parameters)))
    return found


def modules():
    return [name for name in sources.files(formal=True) if not sources.is_package(name)]


def tops():
    """Modules that are below no other one, and proofs, which nobody else reads."""
    files = sources.files(formal=True)
    proofs = {name for name in modules() if "/formal/" in files[name]}
    below = set()
    for name in modules():
        if name not in proofs:
            below |= set(sources.closure([name], formal=True)) - {files[name]}
    return [name for name in modules() if name in proofs or files[name] not in below]


def jobs(names, variants):
    """(module, parameters, by Yosys also?) of all that is to be read, the longest first."""
    variants = [(name, *variant) for name in variants for variant in variants[name]]
    return variants + [(name, {}, True) for name in names]


def forgotten():
    """Files that no tool has read: no module's name leads to them, or packages that no module uses."""
    known = set(sources.closure(modules(), formal=True))
    done = subprocess.run(["git", "-c", "safe.directory=*", "ls-files", "*.sv", "*.v"], capture_output=True, text=True, cwd=TOP, check=True)
    return [name for name in done.stdout.split() if name not in known and name not in OTHERS and (TOP / name).exists()]


def of_types():
    """Memories of a type by name, which Yosys 0.52 takes for one element and indexes by the bit, without a word."""
    wrong = re.compile(r"^ *\w+(::\w+)?_t +\w+ *\[", re.M)
    return [f"{path.relative_to(TOP)}: {found.group().strip()}...]: write logic [$bits(a signal of that type)-1:0]"
            for path in sorted((TOP / "rtl").glob("**/*.sv")) for found in wrong.finditer(path.read_text())]


def inverted_casts():
    """~Width'(1), which Yosys 0.52 takes for Width'(1), without a word."""
    wrong = re.compile(r"~\w+(::\w+)?'\(")
    return [f"{path.relative_to(TOP)}: {found.group()}: put the cast in parentheses"
            for path in sorted((TOP / "rtl").glob("**/*.sv")) for found in wrong.finditer(path.read_text())]


def main(arguments):
    each = arguments == ["--each"]
    names = modules() if each else arguments or tops()
    variants = {name: made for name, made in (EACH if each else VARIANTS).items() if name in names or not arguments}
    failed = 0
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for found in pool.map(lint, jobs(names, variants)):
            for what, said in found:
                print(f"{'not ok' if said else 'ok'} {what}", flush=True)
                failed += bool(said)
                for line in (said or "").splitlines()[:30]:
                    print(f"# {line}")
    lost = forgotten()
    print(f"{'not ok' if lost else 'ok'} no file is left out {' '.join(lost)}")
    typed = of_types()
    print(f"{'not ok' if typed else 'ok'} memories are of bits")
    casts = inverted_casts()
    print(f"{'not ok' if casts else 'ok'} no cast is inverted as it stands")
    for line in typed + casts:
        print(f"# {line}")
    return int(bool(failed or lost or typed or casts))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
