# SPDX-License-Identifier: Apache-2.0
"""Emits the address map of the management core (spec/mcu.toml) for RTL and C."""

import textwrap
import tomllib

from spec import SpecError

NOTE = 'GENERATED from spec/mcu.toml by tools/ifgen; do not edit. "make generate" renews it.'


def load(path):
    """Returns {"area": [...], "word": [...]}, checked; raises SpecError."""
    spec = tomllib.loads(path.read_text())
    seen = set()
    for area in spec["area"]:
        number = area["base"] >> 28
        if area["base"] != number << 28 or number in seen or area["bytes"] % 4 or area["bytes"] > 1 << 28:
            raise SpecError(f"area {area['name']}: not alone in its sixteenth of the addresses")
        seen.add(number)
    end = 0
    for word in spec["word"]:
        if word["offset"] % 4 or word["offset"] < end:
            raise SpecError(f"register {word['name']}: not aligned or out of order")
        end = word["offset"] + 4 * word.get("count", 1)
    if end > next(area["bytes"] for area in spec["area"] if area["name"] == "REGS"):
        raise SpecError("there are more registers than their area has room for")
    return spec


def emit_package(spec):
    out = ["// SPDX-License-Identifier: Apache-2.0", "//", "// What the management core reaches: areas, byte offsets of its registers.", "//"]
    out += [f"// {line}" for line in textwrap.wrap(NOTE, 90)]
    out += ["", "/* verilator lint_off UNUSEDPARAM */", "package mcu_pkg;"]
    for area in spec["area"]:
        out += [""] + [f"  // {line}" for line in textwrap.wrap(area["doc"], 92)]
        out.append(f"  localparam logic [3:0]  {area['name']}_AREA = 4'h{area['base'] >> 28:x};")
        out.append(f"  localparam int unsigned {area['name']}_BYTES = 32'h{area['bytes']:x};")
    bits = (next(area["bytes"] for area in spec["area"] if area["name"] == "REGS") - 1).bit_length()
    out += ["", f"  localparam int unsigned RegBits = {bits};"]
    for word in spec["word"]:
        out += [""] + [f"  // {line}" for line in textwrap.wrap(word["doc"], 92)]
        out.append(f"  localparam logic [RegBits-1:0] {word['name']} = {bits}'h{word['offset']:x};")
    return "\n".join(out + ["", "endpackage", ""])


def emit_header(spec):
    out = ["/* SPDX-License-Identifier: Apache-2.0 */", "/*", " * What the management core reaches: areas, and its registers by address.", " *"]
    out += [f" * {line}" for line in textwrap.wrap(NOTE, 76)] + [" */", "#ifndef PAMC_MCU_H", "#define PAMC_MCU_H"]

    def comment(text):
        lines = textwrap.wrap(text, 76)
        return ["", f"/* {lines[0]} */"] if len(lines) == 1 else ["", "/*"] + [f" * {line}" for line in lines] + [" */"]

    for area in spec["area"]:
        out += comment(area["doc"])
        out += [f"#define MCU_{area['name']} 0x{area['base']:08x}u", f"#define MCU_{area['name']}_BYTES 0x{area['bytes']:x}u"]
    base = next(area["base"] for area in spec["area"] if area["name"] == "REGS")
    for word in spec["word"]:
        out += comment(word["doc"])
        out.append(f"#define MCU_{word['name']} 0x{base + word['offset']:08x}u")
        if word.get("count", 1) > 1:
            out.append(f"#define MCU_{word['name']}_WORDS {word['count']}u")
    return "\n".join(out + ["", "#endif /* PAMC_MCU_H */", ""])
