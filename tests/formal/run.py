#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Proves what rtl/formal.list says, with Yosys and an SMT solver, and prints TAP.

usage: run.py [--solver=yices|z3] [--long | NAME ...]

Yices comes from the package index (requirements.txt). When it cannot be had, and with
--solver=z3, Debian's z3 proves the same, in several times the time.

Those marked "long" are proved only with --long or by name, those of the longest limits first.
A proof that fails leaves its counterexample in build/formal/NAME.vcd, a cover that
is reached its example in build/formal/NAME.cover*.vcd. FORMAL_JOBS proofs run at a
time (default: one a core).
"""

import os
import pathlib
import re
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

TOP = pathlib.Path(__file__).resolve().parents[2]
LIST = TOP / "rtl/formal.list"
WORK = TOP / "build/formal"
sys.path.insert(0, str(TOP / "tools/rtl"))
sys.path.insert(0, str(TOP / "tools/pypi"))
import pypi  # noqa: E402
import sources  # noqa: E402

MODES = ("bmc", "induction", "cover", "sat")
SOLVERS = ("yices", "z3")


def load():
    """Returns the proofs as dictionaries, in the list's order."""
    proofs = []
    for number, line in enumerate(LIST.read_text().splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        parts = [part.strip() for part in line.split("|")]
        if len(parts) != 5 or not set(parts[1].split()) <= {*MODES, "long"} or not (parts[2].isdigit() and parts[3].isdigit()):
            sys.exit(f"rtl/formal.list:{number}: want 'name | modes | depth | seconds | top ...'")
        top, *settings = parts[4].split()
        pairs = [setting.split("=", 1) for setting in settings]
        proofs.append({"name": parts[0], "modes": [mode for mode in parts[1].split() if mode != "long"], "long": "long" in parts[1].split(), "depth": int(parts[2]), "limit": int(parts[3]), "top": top,
                       "defines": [value for key, value in pairs if key == "define"],
                       "registers": ("memories", "registers") in [tuple(pair) for pair in pairs],
                       "solver": dict(pairs).get("solver"),
                       "parameters": [(key, value) for key, value in pairs if key not in ("define", "memories", "solver")]})
    names = [proof["name"] for proof in proofs]
    if len(set(names)) != len(names):
        sys.exit("rtl/formal.list: a name is there twice")
    return proofs


def tool(command, limit):
    """Runs a tool and its children for so long; returns (succeeded, what it said)."""
    process = subprocess.Popen(command, cwd=TOP, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True)
    try:
        said, _ = process.communicate(timeout=limit)
        return process.returncode == 0, said
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        said, _ = process.communicate()
        return False, f"{said}\nnot done after {limit} s"


def read(proof):
    """Yosys commands that read and elaborate a proof."""
    options = [f"-D{define}" for define in proof["defines"]] + [f"-I{folder}" for folder in sources.INCLUDES]
    parameters = [f"-chparam {key} {value}" for key, value in proof["parameters"]]
    return (f"read_verilog -sv -formal {' '.join(options + sources.closure([proof['top']], formal=True))}; "
            f"hierarchy -check -top {proof['top']} {' '.join(parameters)}; prep -flatten; "
            # Tables stay tables: a memory's content is free when an induction begins.
            f"memory_map {'' if proof['registers'] else '-rom-only'}; opt_clean; ")


def build(proof):
    """Makes the SMT model; returns a complaint or None."""
    model = f"build/formal/{proof['name']}.smt2"
    # Without assertions, a proof would hold whatever the design does.
    done, said = tool(["yosys", "-q", "-p", read(proof) + "select -assert-min 1 t:$check t:$assert t:$cover; "
                       f"async2sync; dffunmap; write_smt2 -wires {model}"], 300)
    return None if done else said


def have_yices():
    """Puts Yices where yosys-smtbmc looks for it; returns a complaint or None."""
    try:
        folder = pypi.packages(TOP / "tests/formal/requirements.txt", "formal")
    except (pypi.Offline, RuntimeError, OSError, subprocess.TimeoutExpired) as why:
        return str(why)
    os.environ["PATH"] = f"{folder / 'bin'}:{os.environ['PATH']}"
    return None


def solve(proof, *options):
    model = f"build/formal/{proof['name']}.smt2"
    return tool(["yosys-smtbmc", "-s", proof["solver"], "--noprogress", "-t", str(proof["depth"]), *options, model], proof["limit"])


def run_mode(proof, mode):
    """Returns a complaint or None."""
    trace = f"build/formal/{proof['name']}"
    if mode == "sat":
        done, said = tool(["yosys", "-q", "-p", read(proof) + f"sat -verify -prove ok 1 -dump_vcd {trace}.vcd"], proof["limit"])
        return None if done else said
    if mode == "cover":
        done, said = solve(proof, "-c", "--dump-vcd", f"{trace}.cover%.vcd")
        return None if done and "Reached cover" in said else said
    done, said = solve(proof, "--dump-vcd", f"{trace}.vcd")
    if done and mode == "induction":
        done, said = solve(proof, "-i", "--dump-vcd", f"{trace}.vcd")
    return None if done else said


def run(proof):
    """Returns [(mode, seconds, complaint or None)]."""
    results = []
    start = time.monotonic()
    broken = build(proof) if proof["modes"] != ["sat"] else None
    for mode in proof["modes"]:
        said = broken or run_mode(proof, mode)
        results.append((mode, time.monotonic() - start, said))
        start = time.monotonic()
    return results


def unlisted(proofs):
    """Proofs that exist and nobody runs."""
    tops = {proof["top"] for proof in proofs}
    return [path.stem for path in sorted((TOP / "rtl").glob("*/formal/*_proof.sv")) if path.stem not in tops]


def main(arguments):
    proofs = load()
    lost = unlisted(proofs)
    wanted = [argument.removeprefix("--solver=") for argument in arguments if argument.startswith("--solver=")]
    arguments = [argument for argument in arguments if not argument.startswith("--solver=")]
    solver = wanted[-1] if wanted else "yices"
    if solver not in SOLVERS:
        sys.exit(f"no such solver: {solver}; there are {', '.join(SOLVERS)}")
    long = arguments == ["--long"]
    arguments = [] if long else arguments
    unknown = set(arguments) - {proof["name"] for proof in proofs}
    if unknown:
        sys.exit(f"no such proof in rtl/formal.list: {', '.join(sorted(unknown))}")
    chosen = [proof for proof in proofs if proof["name"] in arguments or (not arguments and proof["long"] == long)]
    chosen.sort(key=lambda proof: -proof["limit"])
    missing = have_yices() if solver == "yices" else None
    if missing and wanted:
        sys.exit(f"no Yices: {missing}")
    if missing:
        print(f"# proofs are made by z3, as Yices cannot be had: {missing}", flush=True)
    for proof in chosen:
        proof["solver"] = wanted[-1] if wanted else "z3" if missing else proof["solver"] or solver
    WORK.mkdir(parents=True, exist_ok=True)
    failed = bool(lost)
    with ThreadPoolExecutor(int(os.environ.get("FORMAL_JOBS") or os.cpu_count())) as pool:
        for proof, results in zip(chosen, pool.map(run, chosen)):
            for mode, seconds, said in results:
                print(f"{'not ok' if said else 'ok'} {proof['name']} {mode}, depth {proof['depth']} ({seconds:.1f} s)", flush=True)
                lines = (said or "").splitlines()
                # What failed, or else all that the tool said last.
                for line in [line for line in lines if re.search(r"[Ff]ailed|Unreached|ERROR|not done", line)] or lines[-20:]:
                    print(f"# {line}")
                failed |= bool(said)
    print(f"{'not ok' if lost else 'ok'} every proof is in rtl/formal.list {' '.join(lost)}")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
