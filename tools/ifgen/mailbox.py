# SPDX-License-Identifier: Apache-2.0
"""Emits the mailbox of the management core (spec/mailbox.toml) for RTL and C."""

import textwrap
import tomllib

from spec import SpecError

NOTE = 'GENERATED from spec/mailbox.toml by tools/ifgen; do not edit. "make generate" renews it.'
COUNTER_BITS = 9


def load(path):
    """Returns {"word": the checked list, "counter": {name: number}}; raises SpecError."""
    spec = tomllib.loads(path.read_text())
    words, counters = spec["word"], spec["counter"]
    end, names = 0, set()
    for word in words:
        if word["offset"] % 4 or word["offset"] < end or word["name"] in names:
            raise SpecError(f"mailbox word {word['name']}: not aligned, out of order or there twice")
        names.add(word["name"])
        end = word["offset"] + 4 * word.get("count", 1)
    if end > 1 << 13:
        raise SpecError("the mailbox is longer than 8 KiB")
    numbers = list(counters.values())
    if numbers != sorted(set(numbers)) or numbers[-1] >= 1 << COUNTER_BITS:
        raise SpecError("mailbox counters: out of order, there twice or too many")
    return spec


def emit_package(spec):
    out = ["// SPDX-License-Identifier: Apache-2.0", "//", "// The mailbox of the management core: byte offsets of its words.", "//"]
    out += [f"// {line}" for line in textwrap.wrap(NOTE, 90)]
    out += ["", "/* verilator lint_off UNUSEDPARAM */", "package mailbox_pkg;", "", "  localparam int unsigned AddrBits = 13;"]
    for word in spec["word"]:
        out += [""] + [f"  // {line}" for line in textwrap.wrap(word["doc"], 92)]
        out.append(f"  localparam logic [AddrBits-1:0] {word['name']} = 13'h{word['offset']:x};")
    out += ["", "  // Counters, for COUNTER_SELECT.", f"  localparam int unsigned CounterBits = {COUNTER_BITS};"]
    out += [f"  localparam logic [CounterBits-1:0] COUNTER_{name} = {COUNTER_BITS}'h{number:03x};" for name, number in spec["counter"].items()]
    return "\n".join(out + ["", "endpackage", ""])


def emit_header(spec):
    out = ["/* SPDX-License-Identifier: Apache-2.0 */", "/*", " * The mailbox of the management core: byte offsets of its 32-bit words.", " *"]
    out += [f" * {line}" for line in textwrap.wrap(NOTE, 76)] + [" */", "#ifndef PAMC_MAILBOX_H", "#define PAMC_MAILBOX_H"]
    for word in spec["word"]:
        lines = textwrap.wrap(word["doc"], 76)
        if len(lines) == 1:
            out += ["", f"/* {lines[0]} */"]
        else:
            out += ["", "/*"] + [f" * {line}" for line in lines] + [" */"]
        out.append(f"#define MAILBOX_{word['name']} 0x{word['offset']:03x}u")
        if word.get("count", 1) > 1:
            out.append(f"#define MAILBOX_{word['name']}_WORDS {word['count']}u")
    out += ["", "/* Counters, for COUNTER_SELECT. */"]
    out += [f"#define MAILBOX_COUNTER_{name} 0x{number:03x}u" for name, number in spec["counter"].items()]
    return "\n".join(out + ["", "#endif /* PAMC_MAILBOX_H */", ""])
