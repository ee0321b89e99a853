#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How large the firmware of the management core is: each table, each part of its code, what is free.

usage: fwsizes.py [ELF]                  all of it, as the build prints it after the link
       fwsizes.py --check README [ELF]   whether README's table of tables says so, too (TAP)
       fwsizes.py --write README [ELF]   makes that table anew

Sizes of structs come from the ELF's debug information, code by part from the linker's map beside it.
"""

import argparse
import json
import pathlib
import re
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parents[1]
ELF = TOP / "build/firmware/riscv/firmware.elf"
SCRIPT = TOP / "firmware/platform/riscv/firmware.ld"
CONSTANTS = TOP / "include/pamc_mcu.h"
TOOLS = "riscv64-unknown-elf-"
# Smaller ones are "all else".
LEAST = 128
# Of card memory, which the firmware divides by what flash it finds: whole, and one of many.
IN_CARD = ("tier", "fl")
OF_EACH = (("fl_block", "block of flash"), ("fl_pool", "durable pool, and each that has pages in flash"),
           ("fl_tomb", "tombstone, and 8 to 12 for finding it"), ("tier_left", "record that may be leaving DRAM"))
PARTS = (("tier", r"/fw/(hal_)?tier"), ("translation", r"/fw/(hal_)?flash"), ("admin", r"/fw/fw"),
         ("platform", r"build/firmware/riscv/[a-z]+\.o"), ("libraries", r"\.a[:(]"))
BEGIN, END = "<!-- made by tools/fwsizes.py --write -->", "<!-- end -->"


def run(tool, *arguments):
    return subprocess.run([TOOLS + tool, *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                          text=True, check=True).stdout


class Types:
    """Structs by their name, with their members, as DWARF has them."""

    def __init__(self, elf):
        self.dies = {}
        self.structs = {}
        stack = []
        die = None
        for line in run("readelf", "--debug-dump=info", elf).splitlines():
            head = re.match(r" <([0-9a-f]+)><([0-9a-f]+)>: Abbrev Number: \d+ \(DW_TAG_(\w+)\)", line)
            if head:
                die = {"tag": head[3], "in": []}
                depth = int(head[1], 16)
                del stack[depth:]
                if stack:
                    stack[-1]["in"].append(die)
                stack.append(die)
                self.dies[int(head[2], 16)] = die
                continue
            value = re.match(r"    <[0-9a-f]+>   DW_AT_(name|byte_size|type|upper_bound|count|declaration)\s*: (.*)", line)
            if value and die is not None:
                text = value[2].strip()
                if value[1] == "name":
                    die["name"] = text.rsplit("): ", 1)[-1]
                elif value[1] == "type":
                    die["type"] = int(text.strip("<>"), 16)
                elif re.fullmatch(r"(0x)?[0-9a-f]+", text):
                    die[value[1]] = int(text, 0)
        for die in self.dies.values():
            if die["tag"] == "structure_type" and "byte_size" in die and "name" in die:
                self.structs[die["name"]] = die

    def size(self, die):
        """Bytes, and how many of how many bytes if it is an array, else None."""
        if "byte_size" in die:
            return die["byte_size"], None
        one, inner = self.size(self.dies[die["type"]])
        if die["tag"] != "array_type":
            return one, inner
        count = 1
        for sub in die["in"]:
            count *= sub["upper_bound"] + 1 if "upper_bound" in sub else sub.get("count", 0)
        return one * count, (count, one)

    def members(self, name, prefix):
        """The larger members, and what is left of it."""
        rows = []
        whole = self.structs[name]["byte_size"]
        for member in self.structs[name]["in"]:
            if member["tag"] == "member":
                size, array = self.size(self.dies[member["type"]])
                if size >= LEAST:
                    rows.append((f"{prefix}.{member['name']}", size, array if array and array[1] > 1 else None))
        rows.sort(key=lambda row: -row[1])
        rows.append((f"{prefix}: all else", whole - sum(row[1] for row in rows), None))
        return rows


def memories():
    """Of the core's RAM: {name: (origin, bytes)}."""
    found = {name: (int(origin, 0), int(length, 0)) for name, origin, length in
             re.findall(r"^\s*(\w+) : ORIGIN = (\w+), LENGTH = (\w+)", SCRIPT.read_text(), re.M)}
    constants = dict(re.findall(r"#define (\w+) (0x[0-9a-f]+|\d+)u", CONSTANTS.read_text()))
    end = found["data"][0] + found["data"][1]
    found["stack"] = (end, int(constants["MCU_RAM"], 0) + int(constants["MCU_RAM_BYTES"], 0) - end)
    return found


def used(elf, memory):
    """Bytes from a memory's begin to the end of what is in it."""
    begin, length = memory
    ends = [begin]
    for line in run("size", "-A", elf).splitlines():
        words = line.split()
        if len(words) == 3 and words[2].isdigit() and begin <= int(words[2]) < begin + length:
            ends.append(int(words[2]) + int(words[1]))
    return max(ends) - begin


def code(elf, memory):
    """Code and constants of each part, from the linker's map; what is between them, too."""
    begin, length = memory
    parts = {name: 0 for name, _ in PARTS}
    at = re.compile(r"^ (?:\S+)?\s+0x([0-9a-f]+)\s+0x([0-9a-f]+) (\S.*)$", re.M)
    text = elf.with_suffix(".map").read_text().split("Linker script and memory map", 1)[1]
    found = [(int(address, 16), int(size, 16), source) for address, size, source in at.findall(text)]
    found = sorted(one for one in found if begin <= one[0] < begin + length and one[2].split("(")[0].endswith((".o", ".a")))
    # Strings that others have, too, are there with their size, but take no place.
    for (address, size, source), follower in zip(found, found[1:] + [(begin + length,)]):
        name = next((name for name, form in PARTS if re.search(form, source)), None)
        if name is None:
            raise SystemExit(f"fwsizes.py: no part has {source}")
        parts[name] += min(size, follower[0] - address)
    return parts


def measure(elf=ELF):
    types = Types(elf)
    where = memories()
    tables = []
    for line in run("nm", "-S", elf).splitlines():
        words = line.split()
        if len(words) == 4 and where["data"][0] <= int(words[0], 16) < where["stack"][0]:
            tables.append((words[3], int(words[1], 16), None))
    tables.sort(key=lambda row: -row[1])
    rows = []
    for name, size, array in tables:
        # The firmware's state is a struct of tables.
        rows += types.members(name, name) if types.structs.get(name, {}).get("byte_size") == size else [(name, size, array)]
    result = {"image": {"bytes": used(elf, where["image"]), "room": where["image"][1]},
              "data": {"bytes": used(elf, where["data"]), "room": where["data"][1], "tables": rows},
              "stack": where["stack"][1], "code": code(elf, where["image"]), "card": [], "each": []}
    result["code"]["between them"] = result["image"]["bytes"] - sum(result["code"].values())
    for name in IN_CARD:
        result["card"].append({"name": name, "bytes": types.structs[name]["byte_size"],
                               "tables": types.members(name, name)})
    result["each"] = [(name, types.structs[name]["byte_size"], what) for name, what in OF_EACH]
    return result


def many(array):
    return f"{array[0]} of {array[1]}" if array else ""


def text(result, elf):
    image, data = result["image"], result["data"]
    lines = [f"{elf}, bytes:",
             f"  RAM, image: {image['bytes']} of {image['room']}, {image['room'] - image['bytes']} free"]
    lines += [f"    {size:7} {name}" for name, size in sorted(result["code"].items(), key=lambda row: -row[1])]
    lines.append(f"  RAM, data: {data['bytes']} of {data['room']}, {data['room'] - data['bytes']} free; behind it "
                 f"{result['stack']} of stack")
    lines += [f"    {size:7} {name:24} {many(array)}".rstrip() for name, size, array in data["tables"]]
    for struct in result["card"]:
        lines.append(f"  card memory, if there is flash: struct {struct['name']}, {struct['bytes']}")
        lines += [f"    {size:7} {name:24} {many(array)}".rstrip() for name, size, array in struct["tables"]]
    lines.append("  card memory, for each")
    lines += [f"    {size:7} {what}" for _, size, what in result["each"]]
    return "\n".join(lines)


def table(result):
    """For the README: nothing that another compiler's code would change."""
    rows = ["| memory | table | bytes | |", "|---|---|---|---|"]
    rows += [f"| RAM | `{name}` | {size} | {many(array)} |" for name, size, array in result["data"]["tables"]]
    rows.append(f"| RAM | all of the {result['data']['room']} for data | {result['data']['bytes']} | "
                f"{result['data']['room'] - result['data']['bytes']} free |")
    for struct in result["card"]:
        rows += [f"| card | `{name}` | {size} | {many(array)} |" for name, size, array in struct["tables"]]
        rows.append(f"| card | all of `struct {struct['name']}` | {struct['bytes']} | |")
    rows += [f"| card | `struct {name}` | {size} | each {what} |" for name, size, what in result["each"]]
    return "\n".join([BEGIN, *rows, END])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", type=pathlib.Path)
    parser.add_argument("--write", type=pathlib.Path)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("elf", nargs="?", type=pathlib.Path, default=ELF)
    options = parser.parse_args()
    result = measure(options.elf)
    readme = options.check or options.write
    if not readme:
        print(json.dumps(result, indent=1) if options.json else text(result, options.elf))
        return 0
    old = readme.read_text()
    new = re.sub(re.escape(BEGIN) + ".*?" + re.escape(END), lambda _: table(result), old, count=1, flags=re.S)
    if options.write:
        if new != old:
            readme.write_text(new)
        return 0
    good = new == old and BEGIN in old
    print(f"{'ok' if good else 'not ok'} {readme} tells of each table what it takes")
    for line in sorted(set(new.splitlines()) - set(old.splitlines())):
        print(f"# is: {line}")
    if not good:
        print(f"# renew it: tools/fwsizes.py --write {readme}")
    return not good


if __name__ == "__main__":
    sys.exit(main())
