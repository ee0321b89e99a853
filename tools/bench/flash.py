#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""make bench-flash: write amplification, wear, time of a start, capacity, sizes of the flash layer.

usage: flash.py [--seed=N] [--blocks=N] [--output-format=text|json]

README.md beside this tells what is measured.
"""

import argparse
import json
import os
import pathlib
import platform
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import fwsizes  # noqa: E402

TOP = pathlib.Path(__file__).resolve().parents[2]
# A cycle of the card takes so many.
NS = 4
RTL_PROGRAM = TOP / "build/bench/flash_rtl"
PROGRAM = TOP / "build/bench/flash"
GAIN_PROGRAM = TOP / "build/bench/flash_gain"
GAIN_MIB = (16, 256)
# Not run, only estimated: a start with 32 GiB, of which four fifths are records.
FAR_MIB = 32 * 1024 * 0.8


def estimate(rows, mib):
    """Milliseconds of a start that finds so much, by the slope from the first row to the last."""
    first, last = rows[0], rows[-1]
    return last["ms"] + (mib - last["mib"]) * (last["ms"] - first["ms"]) / (last["mib"] - first["mib"])


def environment():
    cpu = next((line.split(":", 1)[1].strip() for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines()
                if line.startswith("model name")), platform.machine())
    return {"cpu": cpu, "cores": os.cpu_count(), "load": round(os.getloadavg()[0], 1), "kernel": platform.release()}


def print_text(result):
    env = result["environment"]
    raw = result["blocks"] * result["pages"] * result["page_bytes"] >> 20
    print(f"environment: {env['cpu']}, {env['cores']} cores, load {env['load']}, Linux {env['kernel']}; "
          "no figure below depends on it: all are counts or virtual time")
    print(f"flash: {raw} MiB, {result['dies']} dies, {result['blocks']} blocks of {result['pages']} pages of "
          f"{result['page_bytes']} bytes; seed {result['seed']}")
    print(f"\noverwritten at random, records of 1250 bytes on average; wear spread (erases of a block) after "
          f"{result['rounds']} full overwrites")
    print(f"{'':10}{'fill':>6}{'spare':>7}{'write ampl.':>13}{'host MB/s':>11}{'erases min/mean/max':>22}")
    for row in result["overwrite"]:
        ampl = "full" if row["amplification"] is None else f"{row['amplification']:.2f}"
        wear = f"{row['erase_min']}/{row['erase_mean']}/{row['erase_max']}"
        print(f"{'zipf 0.99' if row['skewed'] else 'uniform':10}{row['fill']:6.2f}{1 / row['fill'] - 1:7.0%}{ampl:>13}"
              f"{row.get('host_mb_s', 0):11.0f}{wear:>22}")
    print("\nstart after a cut, virtual time of the translation layer's reads alone, one at a time; not in it: the "
          "firmware's own time, the vault's for each record, the card's reset")
    for row in result["start"]:
        print(f"{row['mib']:8.0f} MiB {row['found']:8} records {row['reads']:8} reads {row['ms']:9.1f} ms")
    print(f"{FAR_MIB:8.0f} MiB {'':43}{result['start_estimate_ms']:9.0f} ms ESTIMATED from the slope above: "
          "32 GiB, not run")
    print("\ntables and buffers")
    for row in result["tables"]:
        print(f"{row['gib']:8.0f} GiB {row['blocks']:6} blocks, {row['tombs']} tombstones: {row['bytes']} bytes")
    alone, tiered = result["gain"]
    memory, flash = (tiered[key] << 20 for key in ("memory_mib", "flash_mib"))
    print(f"\ncapacity gained: real pages put until refused, C model with {tiered['memory_mib']} MiB of memory; bytes of pages")
    for name, row in (("memory alone", alone), (f"and {tiered['flash_mib']} MiB of flash", tiered)):
        held = row["pages"] * 4096
        print(f"  {name:24} {row['pages']:8} pages: {held / memory:6.2f} for each byte of memory"
              + (f", {row['pages_in_flash'] * 4096 / flash:.2f} in flash for each byte of flash" if row["flash_mib"] else ""))
    rtl = result["rtl"]
    print("\nthe card in RTL, real pages, microseconds (cycles of 4 ns); firmware on the host")
    for name in ("put", "get_from_memory", "get_from_flash"):
        print(f"  {name.replace('_', ' '):18} median {rtl[name]['median'] * NS / 1000:8.2f}"
              f"   90 % {rtl[name]['p90'] * NS / 1000:8.2f}")
    core = result["rtl_core"]
    print("  a get from flash, by what it waits for, median cycles; and with the firmware on the card's core:")
    for name, what in (("stage_found", "until the card has found where it is"),
                       ("stage_flash", "flash: array, chunks over the bus, correction, card memory"),
                       ("flash_alone", "  of that tR and the bus by the data sheet"),
                       ("stage_rest", "way into the card, lookup, lane, completion"),
                       ("get_from_flash", "all")):
        print(f"    {what:60} {rtl[name]['median']:8} {core[name]['median']:8}")
    for where, row in (("host", rtl), ("core", core)):
        over = row["per_mille_of_flash_alone"]
        print(f"    firmware on the {where}: all / tR and bus: median {over['median'] / 1000:.3f}   90 % {over['p90'] / 1000:.3f}; "
              f"{row['left_to_firmware']} of {row['gets_from_flash']} left to firmware")
    beside = rtl["get_from_flash_beside_puts"]
    print(f"  while seven puts at a time find no memory: median {beside['median'] * NS / 1000:.0f} us")
    print("  firmware on the host, and on the core:")
    for name, what in (("put_cycles_while_demoting", "puts while pages go to flash, 8 at a time"),
                       ("put_cycles_plain_together", "puts with room in memory, 8 at a time"),
                       ("put_cycles_durable_together", "the same of a durable pool")):
        print(f"    {what:60} {1e9 / (rtl[name] * NS):8.0f} {1e9 / (core[name] * NS):8.0f} a second")
    for name, what in (("put_while_demoting", "one of those while pages go to flash"),
                       ("put_plain", "a put alone"), ("put_durable", "a put alone, of a durable pool"),
                       ("flush_plain", "a flush alone"), ("flush_durable", "a flush alone, of a durable pool")):
        print(f"    {what:60} {rtl[name]['median']:8} {core[name]['median']:8} cycles (median)   "
              f"90 % {rtl[name]['p90']:8} {core[name]['p90']:8}")
    print(f"    {'a durable put beside a SYNC of its pool':60} {rtl['put_beside_sync']:8} {core['put_beside_sync']:8} cycles; "
          f"the SYNC {rtl['sync']} {core['sync']}")
    gain = (rtl["memory_bytes"] + rtl["flash_bytes"]) / rtl["memory_bytes"]
    print(f"  {rtl['memory_bytes'] >> 10} KiB of memory hold {rtl['pages_in_memory_alone']} pages; {rtl['pages']} were "
          f"held, {rtl['pages_in_flash']} of them in flash; with {rtl['flash_bytes'] >> 10} KiB there it is {gain:.1f} "
          "times as much")
    print("\nthe whole firmware for the core, gcc -Os for rv32imc")
    print(fwsizes.text(result["firmware"], fwsizes.ELF.relative_to(TOP)))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--blocks", type=int, default=64, help="of a die")
    parser.add_argument("--output-format", choices=("text", "json"), default="text")
    options = parser.parse_args()
    done = subprocess.run([PROGRAM, f"--seed={options.seed}", f"--blocks={options.blocks}"], stdout=subprocess.PIPE,
                          check=True)
    result = json.loads(done.stdout)
    for name, more in (("rtl", []), ("rtl_core", ["--core"])):
        done = subprocess.run([RTL_PROGRAM, f"--seed={options.seed}", *more], stdout=subprocess.PIPE, cwd=TOP, check=True)
        result[name] = json.loads(done.stdout)
    command = [GAIN_PROGRAM, *map(str, GAIN_MIB), *sorted((TOP / "tests/data").glob("*.pages"))]
    result["gain"] = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
    result["environment"] = environment()
    result["start_estimate_ms"] = round(estimate(result["start"], FAR_MIB))
    result["firmware"] = fwsizes.measure()
    if options.output_format == "json":
        print(json.dumps(result, indent=1))
    else:
        print_text(result)


if __name__ == "__main__":
    main()
