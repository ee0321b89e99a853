#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs tests on models that count lines, and tells which lines of the RTL none reached.

usage: coverage.py FOLDER... -- PROGRAM...

For each file of the folders: points (blocks of lines, and branches) reached and all,
then those that were not. Known ones are in tools/rtl/coverage.list, with the reason:
FILE | TEXT OF THE LINE | WHY. Any other makes the command fail.
"""

import collections
import os
import pathlib
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]
WORK = TOP / "build/coverage"
KNOWN = TOP / "tools/rtl/coverage.list"


def run(program):
    """Runs a test; its counters go to files of their own."""
    prefix = WORK / pathlib.Path(program).name
    log = prefix.with_suffix(".log")
    with open(log, "w", encoding="utf-8") as out:
        done = subprocess.run([program], stdout=out, stderr=subprocess.STDOUT, cwd=TOP, check=False, env={**os.environ, "PAMCARD_COVERAGE": str(prefix)})
    if done.returncode:
        sys.exit(f"{program} failed: {log}")


def read():
    """{(file, line, kind): (count, lines)} over all that was written."""
    points = collections.defaultdict(lambda: [0, ""])
    for path in WORK.glob("*.dat"):
        for line in path.read_text().splitlines():
            if not line.startswith("C '"):
                continue
            text, count = line[3:].rsplit("' ", 1)
            fields = dict(item.split("\x02", 1) for item in text.split("\x01") if "\x02" in item)
            point = points[fields["f"], int(fields["l"]), fields.get("n", ""), fields.get("o", "")]
            point[0] += int(count)
            point[1] = fields.get("S", "")
    return points


def known():
    """{(file, text of the line)} that need not be reached."""
    if not KNOWN.exists():
        return set()
    rows = [line.split(" | ") for line in KNOWN.read_text().splitlines() if line and not line.startswith("#")]
    return {(row[0].strip(), row[1].strip()) for row in rows}


def main(arguments):
    folders, programs = arguments[:arguments.index("--")], arguments[arguments.index("--") + 1:]
    WORK.mkdir(parents=True, exist_ok=True)
    for path in WORK.glob("*.dat"):
        path.unlink()
    for program in programs:
        run(program)
    files = collections.defaultdict(list)
    for (name, line, _, kind), (count, lines) in sorted(read().items()):
        if any(name.startswith(f"{folder}/") for folder in folders):
            files[name].append((line, kind, lines, count))
    excused, missed = known(), 0
    for name, points in files.items():
        reached = sum(count > 0 for *_, count in points)
        print(f"{name:40} {reached:5} of {len(points):5} {100 * reached / len(points):6.1f} %")
    source = {name: (TOP / name).read_text().splitlines() for name in files}
    for name, points in files.items():
        for line, kind, _, count in points:
            text = source[name][line - 1].strip()
            if count == 0:
                why = (name, text) in excused
                missed += not why
                print(f"{name}:{line}: never {kind}: {text}{' (explained)' if why else ''}")
    print(f"{'not ok' if missed else 'ok'} lines that no test reaches and nothing explains: {missed}")
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
