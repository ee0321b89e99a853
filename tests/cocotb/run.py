#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Builds and runs the test of the card under cocotb (README.md).

usage: run.py [CASE ...]

The packages of requirements.txt are kept in the cache folder. Without them there is
no test: when the package index cannot be reached that is a SKIP, with CI set in the
environment and for any other reason it is a failure.
"""

import hashlib
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parents[2]
HERE = TOP / "tests/cocotb"
OUT = TOP / "build/tests/cocotb"
UNREACHABLE = re.compile(r"NewConnectionError|ConnectTimeout|ReadTimeout|ProxyError|name resolution|"
                         r"Network is unreachable|Connection refused|No route to host", re.I)


class Offline(Exception):
    """The package index cannot be reached."""


def packages():
    """Returns the folder that has the packages."""
    wanted = HERE / "requirements.txt"
    key = hashlib.sha256(wanted.read_bytes() + sys.version.encode()).hexdigest()[:12]
    cache = pathlib.Path(os.environ.get("PAMCARD_CACHE") or pathlib.Path.home() / ".cache/pamcard")
    folder = cache / f"cocotb-{key}"
    if folder.is_dir():
        return folder
    cache.mkdir(parents=True, exist_ok=True)
    aside = pathlib.Path(tempfile.mkdtemp(prefix=".cocotb-", dir=cache))
    try:
        done = subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--require-hashes",
                               "--only-binary=:all:", "--retries=2", "--root-user-action=ignore",
                               f"--target={aside}", f"--requirement={wanted}"],
                              capture_output=True, text=True, timeout=300, check=False)
        if done.returncode != 0:
            said = done.stderr.strip()
            if UNREACHABLE.search(said):
                raise Offline("the package index cannot be reached")
            raise RuntimeError(said or "pip failed")
        aside.chmod(0o755)
        try:
            aside.rename(folder)
        except OSError:
            # Another run was quicker.
            if not folder.is_dir():
                raise
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return folder


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
        folder = packages()
        build(folder)
        status = simulate(folder, cases)
        results = OUT / "results.xml"
        if status != 0 or not results.exists() or "<failure" in results.read_text():
            raise RuntimeError(f"the simulation ended early, status {status}")
    except Offline as why:
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
