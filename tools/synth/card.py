#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""make synth: area and clock of the whole card, by open tools.

usage: card.py [--lanes=PUT+GET ...] [--block=MODULE ...] [--quick] [--no-ecp5] [--output-format=text|json]

The card is too large to be mapped in one run, so it is cut into blocks (CUT): each is
mapped once for each set of its parameters, what is in it flattened, and counts as often
as it is in the card. Paths are followed from block to block: each has an interface, which
says of every bit of its ports how far the registers behind it are (levels.py). README.md
beside this tells how 250 MHz on UltraScale+ are judged. What was done before for the same
sources is taken from build/synth, so a run that was stopped goes on. The result is also
in build/synth/card.json.
"""

import argparse
import collections
import json
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import flow  # noqa: E402
import sources  # noqa: E402

TOP = "card_top"
# What stands alone. All else is part of the block around it.
CUT = ("pcie_top", "queue_top", "exec_top", "exec_hazard", "exec_put_lane", "exec_get_lane", "lz4_compressor", "lz4_decompressor",
       "record_gather", "record_read", "record_write", "vault_top", "vault_core", "vault_puts", "vault_put", "vault_forget", "vault_admin",
       "index_lookup", "index_table", "store_map", "store_port", "store_main", "dram_top", "mailbox", "mailbox_counters", "flash_top",
       "flash_channel", "flash_bch_decode", "flash_dma")
LANES = ("1+1", "4+4")
# A part of middle size that has PCI Express Gen3 x16: what Vivado's utilization report
# calls available there, LUTRAM being LUTs that can be memory.
PART = ("xczu19eg", {"LUT": 522720, "FF": 1045440, "LUTRAM": 161280, "BRAM36": 984, "URAM": 128, "CARRY8": 65340})
# LUT4s up to which a block is placed and routed in ECP5 (it has 83,640), and blocks whose
# turn is in codec.py.
ECP5_LUTS = 50000
ECP5_ELSEWHERE = ("lz4_compressor", "lz4_decompressor")

# The interface of a block that was not asked for.
UNKNOWN = {"in": {}, "out": {}, "through": []}


class Card:
    """Which blocks there are, and how often."""

    def __init__(self, puts, gets):
        self.name = f"{puts}+{gets}"
        design = flow.Design(TOP, parameters=(("PutLanes", puts), ("GetLanes", gets)))
        found = flow.modules(flow.yosys(design, f"with {self.name} lanes, Yosys: modules", "delete */p:*"))
        self.modules = {kind: (module["attributes"].get("hdlname", kind), module.get("parameter_default_values", {}),
                               collections.Counter(cell["type"] for cell in module["cells"].values() if cell["type"] in found))
                        for kind, module in found.items()}
        top = next(kind for kind in found if found[kind]["attributes"].get("top"))
        # {block: how many}, each after those that are in it.
        self.counts = {}
        self.visit(top, 1)

    def inner(self, kind):
        """Blocks that are cut out of a block: {block: how many}."""
        made = collections.Counter()
        for child, count in self.modules[kind][2].items():
            within = {child: 1} if self.modules[child][0] in CUT else self.inner(child)
            for block, number in within.items():
                made[block] += number * count
        return made

    def visit(self, kind, count):
        for block, number in self.inner(kind).items():
            self.visit(block, number * count)
        # To the end: a block that is met again comes after all that has been found in it.
        self.counts[kind] = self.counts.pop(kind, 0) + count

    def design(self, kind):
        name, parameters, _ = self.modules[kind]
        cut = sorted({self.modules[block][0] for block in self.inner(kind)})
        return flow.Design(name, parameters=[(key, f"{len(value)}'b{value}") for key, value in sorted(parameters.items())], cut=cut)


def folder(name):
    return pathlib.Path(sources.files()[name]).parent.name


def synthesise(card, only, quick, ecp5):
    rows, models = [], {}
    for number, (kind, count) in enumerate(card.counts.items(), 1):
        design = card.design(kind)
        if only and design.top not in only:
            continue
        flow.say(f"{card.name}: {number} of {len(card.counts)}: {design.top}" + (f" x {count}" if count > 1 else ""))
        inner = card.inner(kind)
        made = flow.best_way(design, {block: models.get(block, UNKNOWN) for block in sorted(inner)},
                             ways=flow.WAYS[:1] if quick else flow.WAYS, always=False)
        models[kind] = made.pop("interface")
        row = {"block": design.top, "folder": folder(design.top), "count": count, **made, "by_levels_mhz": flow.good(made)}
        if ecp5 and not inner and design.top not in ECP5_ELSEWHERE and row["area"]["LUT"] + row["area"]["LUTRAM"] < ECP5_LUTS:
            row["ecp5"] = {"block": design.top, **flow.ecp5(design)}
        rows.append(row)
    return rows


def total(rows):
    return {name: sum(row["area"][name] * row["count"] for row in rows) for name in flow.COLUMNS["xcup"]}


def summary(card, rows):
    area = total(rows)
    timed = [row for row in rows if row["paths"]]
    slowest = min(timed, key=lambda row: row["by_levels_mhz"])
    parts = [row["ecp5"] for row in rows if "ecp5" in row]
    return {"lanes": card.name, "blocks": rows, "area": area, "share": {name: round(area[name] / PART[1][name], 4) for name in area},
            "slowest": slowest["block"], "estimate": flow.estimate(slowest["by_levels_mhz"], parts)}


def print_card(made):
    print(f"\ncard_top with {made['lanes']} lanes (put + get), UltraScale+\n" + " " * 40 + flow.heads("xcup") + "   by levels")
    folders = {}
    for row in made["blocks"]:
        folders.setdefault(row["folder"], []).append(row)
    for name, rows in folders.items():
        print(f"  {name + '/':38}" + flow.cells_of(total(rows), "xcup"))
        for row in sorted(rows, key=lambda row: -row["area"]["LUT"] * row["count"]):
            shown = row["block"] + (f" x {row['count']}" if row["count"] > 1 else "")
            area = {key: value * row["count"] for key, value in row["area"].items()}
            print(f"    {shown:36}" + flow.cells_of(area, "xcup") + (f"{row['by_levels_mhz']:8} MHz" if row["paths"] else ""))
    print(f"  {'all':38}" + flow.cells_of(made["area"], "xcup"))
    print(f"  {'of an ' + PART[0]:38}" + "".join(f"{100 * made['share'][name]:7.1f} %" for name in flow.COLUMNS["xcup"]))


def print_paths(made):
    print(f"\nlongest paths with {made['lanes']} lanes; all below {flow.TARGET:.0f} MHz, or a block's longest")
    for row in sorted(made["blocks"], key=lambda row: row["by_levels_mhz"] or 9999):
        for number, path in enumerate(row["paths"]):
            if not number or 1000 / (path["ns"] + flow.MARGIN) < flow.TARGET:
                print(f"  {row['block'] if not number else '':20}{path['levels']:3} levels, {path['ns']:.2f} ns: {path['from']} -> {path['to']}")
        if row["loops"]:
            print(f"  {'':20}{row['loops']} nets are in combinational loops")


def print_text(results):
    print("environment: " + ", ".join(f"{name} {text}" for name, text in results["environment"].items()) +
          f"; mappings tried: {results['mappings']}")
    for made in results["cards"]:
        print_card(made)
    print_paths(results["cards"][-1])
    routed = {row["block"]: row["ecp5"] for made in results["cards"] for row in made["blocks"] if "ecp5" in row}
    if routed:
        print()
        flow.print_ecp5(routed.values())
    for made in results["cards"]:
        told = made["estimate"]
        ratio = f", {told['by_ecp5_mhz']} MHz by ECP5 x {flow.RATIO}, the slowest of blocks that stand alone" if "by_ecp5_mhz" in told else ""
        print(f"{made['lanes']} lanes in UltraScale+ -2, estimated: {told['by_levels_mhz']} MHz by levels ({made['slowest']}){ratio}; "
              f"target {flow.TARGET:.0f} MHz {'reached' if told['reached'] else 'MISSED'}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lanes", action="append", help=f"put lanes + get lanes (default {' and '.join(LANES)})")
    parser.add_argument("--block", action="append", help="these blocks only; paths from block to block then end at the ports")
    parser.add_argument("--quick", action="store_true", help="map in one way only, no ECP5")
    parser.add_argument("--ecp5", action=argparse.BooleanOptionalAction, default=True, help="place and route in ECP5, too")
    parser.add_argument("--output-format", choices=("text", "json"), default="text")
    options = parser.parse_args()
    start = time.monotonic()
    cards = []
    for lanes in options.lanes or LANES:
        card = Card(*map(int, lanes.split("+")))
        cards.append(summary(card, synthesise(card, options.block, options.quick, options.ecp5 and not options.quick)))
    flow.say(f"done in {time.monotonic() - start:.0f} s")
    results = {"environment": flow.versions(), "part": {"name": PART[0], **PART[1]}, "target_mhz": flow.TARGET, "ratio": flow.RATIO,
               "margin_ns": flow.MARGIN, "mappings": 1 if options.quick else len(flow.WAYS), "cards": cards}
    if not options.block:
        (flow.WORK / "card.json").write_text(json.dumps(results, indent=1) + "\n")
    if options.output_format == "json":
        print(json.dumps(results, indent=1))
    else:
        print_text(results)
    return 0


if __name__ == "__main__":
    sys.exit(flow.main(main))
