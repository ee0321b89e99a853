#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Builds and runs the test of the card under cocotb (README.md).

usage: run.py [CASE ...]

The packages of requirements.txt are kept in the cache folder. Without them there is
no test: when the package index cannot be reached that is a SKIP, with CI set in the
environment and for any other reason it is a failure.
"""

import os
import pathlib
import shutil
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]
HERE = TOP / "tests/cocotb"
OUT = TOP / "build/tests/cocotb"
sys.path.insert(0, str(TOP / "tools/pypi"))
import pypi  # noqa: E402


def build(folder):
    """Makes the testbench's program; the card is in libcard.so already."""
    # Always anew: what is left may name another folder of packages; ccache has the rest.
    shutil.rmtree(OUT / "obj", ignore_errors=True)
    libs = folder / "cocotb/libs"
    ldflags = f"-L{libs} -lcocotbvpi_verilator -Wl,-rpath,{libs} {OUT}/libcard.so -Wl,-rpath,{OUT}"
    done = subprocess.run(["verilator", "--cc", "--exe", "--build", "-Wall", "-Wno-fatal", "--vpi", "--public-flat-rw",
                           "--timescale", "1ns/1ps", "--Mdir", OUT / "obj", "--prefix", "Vtop", "--top-module", "tb",
                           "-LDFLAGS", ldflags, "-MAKEFLAGS", "OBJCACHE=ccache OPT_SLOW=-O1",
                           HERE / "tb.sv", folder / "cocotb/share/lib/verilator/verilator.cpp"],
                          capture_output=True, text=True, cwd=TOP, timeout=300, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"the testbench cannot be built:\n{done.stdout}{done.stderr}")


def simulate(folder, cases):
    """Runs the program, which prints the cases; returns its exit status."""
    sys.path.insert(0, str(folder))
    import find_libpython  # pylint: disable=import-outside-toplevel,import-error
    seed = os.environ.get("PAMCARD_SEED", "1")
    environment = dict(os.environ, PYTHONPATH=f"{folder}:{HERE}:{TOP}/tools/ifgen", MODULE="test_card", TOPLEVEL="tb",
                       TOPLEVEL_LANG="verilog", LIBPYTHON_LOC=find_libpython.find_libpython(), PAMCARD_SEED=seed,
                       PYGPI_PYTHON_BIN=sys.executable, RANDOM_SEED=str(int(seed, 0) & 0x7fffffff),
                       COCOTB_RESULTS_FILE=str(OUT / "results.xml"),
                       COCOTB_LOG_LEVEL=os.environ.get("COCOTB_LOG_LEVEL", "WARNING"), PAMCARD_CASES=" ".join(cases), PYTHONWARNINGS="ignore::FutureWarning")
    (OUT / "results.xml").unlink(missing_ok=True)
    return subprocess.run([OUT / "obj/Vtop"], env=environment, cwd=TOP, check=False).returncode


def main(cases):
    try:
        folder = pypi.packages(HERE / "requirements.txt", "cocotb")
        build(folder)
        status = simulate(folder, cases)
        results = OUT / "results.xml"
        if status != 0 or not results.exists() or "<failure" in results.read_text():
            raise RuntimeError(f"the simulation ended early, status {status}")
    except pypi.Offline as why:
        if os.environ.get("CI"):
            print(f"not ok cocotb: no packages, {why}")
            return 1
        print(f"ok cocotb # SKIP no packages, {why}")
    except (RuntimeError, OSError, subprocess.TimeoutExpired) as why:
        print("\n".join(f"# {line}" for line in str(why).splitlines()))
        print("not ok cocotb")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
