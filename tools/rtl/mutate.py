#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Breaks the codec's RTL in many small ways and tells whether anything notices.

usage: mutate.py [NUMBER ...]

Each line of tools/rtl/mutate.list is one way. The broken copy of rtl/ is under
build/mutate; the engine's test runs on it first, up to the first case that fails, and if
that sees nothing, the proofs of rtl/formal.list that are named. A break that nothing
notices makes the command fail.
"""

import os
import pathlib
import shutil
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]
WORK = TOP / "build/mutate"
LIST = TOP / "tools/rtl/mutate.list"
# The engines' tests, and what else they are linked with. Sound RTL takes a minute or two.
TESTS = {"lz4_compressor": ("build/tests/rtl/compressor.o", "build/sim/model/lz4_card.o", "build/rtl/lz4_decompressor/lib.a"),
         "lz4_decompressor": ("build/tests/rtl/decompressor.o",)}
PATIENCE = 400


def load():
    """[(file, text, other text, [proofs])]"""
    rows = [line for line in LIST.read_text().splitlines() if line.strip() and not line.startswith("#")]
    cut = [[part.strip() for part in row.split(" @@ ")] for row in rows]
    return [(row[0], row[1], row[2], row[3].split() if len(row) > 3 else []) for row in cut]


def engine(name):
    return "lz4_decompressor" if pathlib.Path(name).name.startswith(("lz4d_", "lz4_decompressor")) else "lz4_compressor"


def prepare(name=None, text="", other=""):
    """A copy of what is needed, broken unless name is None."""
    shutil.rmtree(WORK, ignore_errors=True)
    for folder in ("rtl", "tests/formal", "tools/rtl", "tools/pypi"):
        shutil.copytree(TOP / folder, WORK / folder)
    if name is None:
        return
    path = WORK / name
    source = path.read_text()
    if source.count(text) != 1:
        sys.exit(f"tools/rtl/mutate.list: '{text}' is {source.count(text)} times in {name}, not once")
    path.write_text(source.replace(text, other))


def output(command, **more):
    return subprocess.run(command, cwd=WORK, capture_output=True, text=True, check=False, **more)


def build(model):
    folders = sorted({str(path.parent.relative_to(WORK)) for path in (WORK / "rtl").glob("*/*.sv")})
    packages = output(["python3", "tools/rtl/sources.py", "--packages", model]).stdout.split()
    done = output(["sh", "tools/rtl/verilate.sh", f"{WORK}/{model}", "verilator", "--cc", "--build", "-j", "2", "--assert", "-O3", "--x-initial", "unique",
                   "rtl/waivers.vlt", "-Irtl/lib", *[word for folder in folders for word in ("-y", folder)], "--top-module", model, *packages, model,
                   "-MAKEFLAGS", "OPT_FAST=-O1 OPT_SLOW=-O0 OPT_GLOBAL=-O1 OBJCACHE=ccache"])
    if done.returncode:
        return done.stdout + done.stderr
    test, *others = [f"{TOP}/{path}" for path in TESTS[model]]
    done = output(["g++", "-o", f"{WORK}/test", test, f"{WORK}/{model}/lib.a", *others, "-llz4", "-lpthread", "-latomic"])
    return done.stderr if done.returncode else None


def test_fails():
    """The first case that fails, or None."""
    with subprocess.Popen(["timeout", str(PATIENCE), f"{WORK}/test"], cwd=TOP, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        for line in process.stdout:
            if line.startswith("not ok"):
                process.terminate()
                return line[7:].strip()
    return {0: None, 124: f"not done in {PATIENCE} s"}.get(process.returncode, "assertion")


def proof_fails(proofs):
    done = output(["python3", "tests/formal/run.py", *proofs], timeout=PATIENCE)
    failed = [line[7:] for line in done.stdout.splitlines() if line.startswith("not ok") and line.split()[2] in proofs]
    return f"proof {failed[0]}" if failed else None


def main(arguments):
    os.chdir(TOP)
    mutants = load()
    chosen = [int(number) for number in arguments] or range(1, len(mutants) + 1)
    noticed = 0
    prepare()
    for model in sorted({engine(mutants[number - 1][0]) for number in chosen}):
        complaint = build(model) or test_fails()
        if complaint:
            sys.exit(f"{model} fails as it is: {complaint[-2000:]}")
    for number in chosen:
        name, text, other, proofs = mutants[number - 1]
        prepare(name, text, other)
        complaint = build(engine(name))
        if complaint:
            sys.exit(f"{number}: does not build:\n{complaint[-2000:]}")
        by = test_fails() or (proofs and proof_fails(proofs))
        noticed += bool(by)
        print(f"{'ok' if by else 'not ok'} {number} {pathlib.Path(name).name}: {text} -> {other}\n#   {by or 'nothing noticed'}", flush=True)
    print(f"# {noticed} of {len(chosen)} noticed")
    return int(noticed < len(chosen))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
