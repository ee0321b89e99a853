#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""make bench-rtl: cycles of the card in RTL with 1, 2, 4 and 8 lanes each way.

usage: card_rtl.py [--lanes=N ...] [--jobs=N] [--output-format=text|json] [PART ...]

Runs build/bench/card_rtl_N for each number of lanes and puts what they tell side by side.
Parts: throughput, latency, speed, capacity (default: all; capacity with the fewest lanes
only, as it does not depend on them). README.md beside this tells what each figure is.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

TOP = pathlib.Path(__file__).resolve().parents[2]
PARTS = ("throughput", "latency", "speed", "capacity")
PAGE = 4096
# A page is packets of the maximum payload, each a beat of 64 bytes longer than its payload
# at the hard block, which starts every packet in a beat of its own.
BEAT = 64
# What counters of lanes are called; the rest are the card's.
PUT_STAGES = ("put_host", "put_codec", "put_vault", "put_result")
GET_STAGES = ("get_index", "get_room", "get_memory", "get_codec", "get_again", "get_probe", "get_host", "get_vault", "get_result")
SHOWN = {"host": "host memory", "codec": "codec", "vault": "vault", "result": "completion", "index": "index", "room": "room, or the page before",
         "memory": "card memory", "again": "second lookup", "probe": "probes"}


def measure(lanes, parts):
    done = subprocess.run([TOP / f"build/bench/card_rtl_{lanes}", *parts], stdout=subprocess.PIPE, text=True, cwd=TOP, check=False)
    if done.returncode != 0:
        sys.exit(f"card_rtl.py: {lanes} lanes failed")
    print(f"  {lanes} + {lanes} lanes done", file=sys.stderr, flush=True)
    found = json.loads(done.stdout)
    card = next(one for one in found if one["what"] == "card")
    if (card["put_lanes"], card["get_lanes"]) != (lanes, lanes):
        sys.exit(f"card_rtl.py: that card has {card['put_lanes']} + {card['get_lanes']} lanes, not {lanes} each way")
    limit = PAGE // card["max_payload"] * (card["max_payload"] // BEAT + 1)
    for one in found:
        if one["what"] == "throughput":
            each = one["cycles"] / one["pages"]
            one |= {"cycles_per_page": each, "pages_per_s": card["clock_mhz"] * 1e6 / each, "gb_per_s": card["clock_mhz"] * 1e6 / each * PAGE / 1e9}
            # A mixed load goes half each way.
            one["of_pcie"] = limit / each / (2 if one["of"] == "mixed" else 1)
            one["waits"] = waits(one, card)
    return {"lanes": lanes, "pcie_limit_cycles": limit, "measured": found}


def waits(one, card):
    """Where the time of lanes went, and the share of cycles in which something else waited."""
    counters, share = one["counters"], {}
    for way, stages in (("put", PUT_STAGES), ("get", GET_STAGES)):
        for stage in stages:
            share[stage] = counters[stage] / one["cycles"] / card[f"{way}_lanes"]
        share[f"{way}_lane"] = counters[f"{way}_lane"] / one["cycles"]
    share["put_held"] = counters["put_held"] / one["cycles"] / card["put_lanes"]
    for name in counters:
        if name.startswith(("vault_", "pcie_", "dram_")):
            share[name] = counters[name] / one["cycles"]
    return share


def pick(card, what, **keys):
    return [one for one in card["measured"] if one["what"] == what and all(one[key] == value for key, value in keys.items())]


def print_throughput(cards):
    card = cards[0]["measured"][0]
    limit = cards[0]["pcie_limit_cycles"]
    print(f"{card['clock_mhz']} MHz, {card['pages']} pages; the host answers reads after {card['host_latency']} cycles, "
          f"packets of {card['max_payload']} bytes; PCIe's payload limit is {limit} cycles a page, "
          f"{card['clock_mhz'] / limit:.2f} M pages/s, {card['clock_mhz'] / limit * PAGE / 1e3:.2f} GB/s each way")
    for of in ("put new", "put replaced", "get", "mixed"):
        print(f"\n{of}: M pages/s, GB/s, % of PCIe's payload limit")
        print("outstanding" + "".join(f"{c['lanes']:>18} + {c['lanes']} lanes" for c in cards))
        for outstanding in sorted({one["outstanding"] for one in pick(cards[0], "throughput")}):
            row = f"{outstanding:11}"
            for c in cards:
                one, = pick(c, "throughput", of=of, outstanding=outstanding)
                row += f"{one['pages_per_s'] / 1e6:11.2f}{one['gb_per_s']:8.2f}{100 * one['of_pcie']:6.0f} %"
            print(row)
    print("\n64 outstanding: share of lanes' cycles by what they waited for, then of all cycles by what else did (5 % and more)")
    for of in ("put new", "put replaced", "get", "mixed"):
        for c in cards:
            one, = pick(c, "throughput", of=of, outstanding=64)
            lanes = {name: share for name, share in one["waits"].items() if name in PUT_STAGES + GET_STAGES + ("put_held",)}
            others = {name: share for name, share in one["waits"].items() if name not in lanes and not name.startswith("dram")}
            told = [", ".join(f"{name} {100 * share:.0f}" for name, share in sorted(shares.items(), key=lambda item: -item[1]) if share >= 0.05)
                    for shares in (lanes, others)]
            print(f"  {of:13}{c['lanes']} + {c['lanes']}: " + "; ".join(filter(None, told)))


def print_latency(cards):
    print("\nalone: cycles from handing over an entry to seeing its completion; mean of each stage")
    for c in cards:
        for one in pick(c, "latency"):
            stages = PUT_STAGES if one["of"] == "put" else GET_STAGES
            each = {stage: one["counters"][stage] / one["commands"] for stage in stages}
            told = [(f"to and from the card{', fetch' if one['by'] == 'ring' else ''}", one["mean"] - one["mean_in_card"]),
                    ("decode, dispatch", one["mean_in_card"] - sum(each.values())), *((SHOWN[stage[4:]], cycles) for stage, cycles in each.items())]
            print(f"  {c['lanes']} + {c['lanes']} {one['of']} by {one['by']}: least {one['least']}, median {one['median']}, most {one['most']}: " +
                  ", ".join(f"{name} {cycles:.0f}" for name, cycles in told if cycles >= 0.5))


def print_text(cards, parts):
    if "throughput" in parts:
        print_throughput(cards)
    if "latency" in parts:
        print_latency(cards)
    for c in cards:
        for one in pick(c, "capacity"):
            print(f"\neffective capacity, {one['of']}: {one['compressed_bytes'] / one['memory_bytes']:.3f} "
                  f"({one['pages']} pages, {one['compressed_bytes']} bytes compressed, in {one['memory_bytes'] >> 20} MiB)")
    if "speed" in parts:
        print("\nsimulated cycles a second of CPU (elapsed)")
        for c in cards:
            print(f"  {c['lanes']} + {c['lanes']}: " + ", ".join(f"{one['of']} {one['cycles_per_cpu_s'] / 1e3:.0f}k ({one['cycles_per_s'] / 1e3:.0f}k)"
                                                                 for one in pick(c, "speed")))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lanes", type=int, action="append", choices=(1, 2, 4, 8))
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--output-format", choices=("text", "json"), default="text")
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    options = parser.parse_args()
    lanes, parts = sorted(options.lanes or (1, 2, 4, 8)), options.parts or list(PARTS)
    if not set(parts) <= set(PARTS):
        parser.error(f"parts are {', '.join(PARTS)}")
    print("card_rtl with " + ", ".join(f"{n} + {n}" for n in lanes) + " lanes", file=sys.stderr, flush=True)
    with ThreadPoolExecutor(options.jobs) as pool:
        cards = list(pool.map(lambda n: measure(n, [part for part in parts if part != "capacity" or n == lanes[0]]), lanes))
    if options.output_format == "json":
        print(json.dumps(cards, indent=1))
    else:
        print_text(cards, parts)


if __name__ == "__main__":
    main()
