#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""make bench-capacity: the card's effective capacity, beside zram's on the same pages.

usage: capacity.py [--mib=N] [--seed=N] [--no-zram] [--output-format=text|json]

README.md beside this tells what is measured. The card runs in process, zram in
a virtual machine (sim/vm) with the newest kernel. Exit status 1 when the card
misses the target.
"""

import argparse
import json
import os
import pathlib
import platform
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = TOP / "build/bench/capacity"
CORPUS = TOP / "build/corpus"
TARGET = 0.95


def pages_files():
    files = sorted(CORPUS.glob("*.pages"))
    if not files:
        sys.exit(f"capacity.py: no pages in {CORPUS}; run: make bench-capacity")
    return files


def run_card(options):
    command = [PROGRAM, f"--mib={options.mib}", f"--seed={options.seed}", "--output-format=json", *pages_files()]
    return json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)


def run_zram(options):
    files = [f"--file={PROGRAM}"] + [f"--file={path}" for path in pages_files()]
    command = [TOP / "sim/vm/run", "--name=bench-capacity", *files, TOP / "tools/bench/capacity_guest.sh",
               f"--mib={options.mib}", f"--seed={options.seed}"]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    lines = done.stdout.splitlines()
    place = next((number for number, line in enumerate(lines) if line.startswith("{")), None)
    if done.returncode != 0 or place is None:
        sys.exit(f"capacity.py: zram's part ended with status {done.returncode}; build/vm/log/bench-capacity has its log")
    result = json.loads(lines[place])
    result["kernel"] = lines[place + 1].strip()
    return result


def environment():
    cpu = next((line.split(":", 1)[1].strip() for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines()
                if line.startswith("model name")), platform.machine())
    return {"cpu": cpu, "cores": os.cpu_count(), "load": round(os.getloadavg()[0], 1), "kernel": platform.release(),
            "corpus": {path.stem: path.stat().st_size // 4096 for path in pages_files()}}


def phases(result):
    return {phase["name"]: phase for phase in result["phases"]} if result else {}


def print_text(result):
    card, zram = result["card"], result["zram"]
    env = result["environment"]
    corpus = ", ".join(f"{name} {count}" for name, count in env["corpus"].items())
    print(f"environment: {env['cpu']}, {env['cores']} cores, load {env['load']}, Linux {env['kernel']}")
    print(f"pages: {corpus}; liblz4 makes {card['mean_bytes']:.0f} of 4096 bytes (ratio {4096 / card['mean_bytes']:.2f})")
    print(f"memory: {result['mib']} MiB" + (f"; zram of Linux {zram['kernel']}, lz4, in a virtual machine" if zram else ""))
    print()
    print("effective capacity (compressed bytes / memory) and pages held")
    print(f"{'':30}{'card':>8}{'pages':>9}{'zram':>9}{'pages':>9}")
    held = phases(zram)
    names = [phase["name"] for phase in (zram or card)["phases"]]
    mine = phases(card)
    for name in names:
        # Only zram has anything to compact.
        ours = mine.get(name)
        row = f"{name:30}" + (f"{ours['capacity']:8.3f}{ours['pages']:9}" if ours else f"{'-':>8}{'-':>9}")
        if name in held:
            row += f"{held[name]['capacity']:9.3f}{held[name]['pages']:9}"
        print(row)
    last = card["phases"][-1]
    slowest = max(phase["put_us"] for phase in card["phases"])
    print()
    print(f"card: {last['extents'] / last['pages']:.2f} extents a page and index {last['index_load']:.0%} full at the end; "
          f"{sum(phase['refused'] for phase in card['phases'])} puts refused, one at the end of each filling expected")
    gets = [phase["get_us"] for phase in card["phases"]]
    puts = [phase["put_us"] for phase in card["phases"] if phase["put_us"]]
    print(f"time per page: put {min(puts):.2f} to {slowest:.2f} us, get {min(gets):.2f} to {max(gets):.2f} us; "
          f"bare liblz4 compress {card['lz4_compress_us']:.2f}, decompress {card['lz4_decompress_us']:.2f} us")
    verdict = "reached" if result["worst"] >= TARGET else "MISSED"
    print(f"lowest of all phases: {result['worst']:.3f}; target {TARGET} {verdict}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mib", type=int, default=64, help="memory of card and zram (default 64)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--no-zram", action="store_true", help="leave zram, and the virtual machine, out")
    parser.add_argument("--output-format", choices=("text", "json"), default="text")
    options = parser.parse_args()
    result = {"environment": environment(), "mib": options.mib, "seed": options.seed, "card": run_card(options),
              "zram": None if options.no_zram else run_zram(options)}
    result["worst"] = min(phase["capacity"] for phase in result["card"]["phases"])
    if options.output_format == "json":
        print(json.dumps(result, indent=1))
    else:
        print_text(result)
    return result["worst"] < TARGET


if __name__ == "__main__":
    sys.exit(main())
