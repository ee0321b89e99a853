# SPDX-License-Identifier: Apache-2.0
"""Emits the mailbox of the management core (spec/mailbox.toml) for RTL and C."""

import textwrap
import tomllib

from spec import SpecError

NOTE = 'GENERATED from spec/mailbox.toml by tools/ifgen; do not edit. "make generate" renews it.'


def load(path):
    """Returns the checked list of words; raises SpecError."""
    words = tomllib.loads(path.read_text())["word"]
    end, names = 0, set()
    for word in words:
        if word["offset"] % 4 or word["offset"] < end or word["name"] in names:
            raise SpecError(f"mailbox word {word['name']}: not aligned, out of order or there twice")
        names.add(word["name"])
        end = word["offset"] + 4 * word.get("count", 1)
    if end > 1 << 13:
        raise SpecError("the mailbox is longer than 8 KiB")
    return words


def emit_package(words):
    out = ["// SPDX-License-Identifier: Apache-2.0", "//", "// The mailbox of the management core: byte offsets of its words.", "//"]
    out += [f"// {line}" for line in textwrap.wrap(NOTE, 90)]
    out += ["", "/* verilator lint_off UNUSEDPARAM */", "package mailbox_pkg;", "", "  localparam int unsigned AddrBits = 13;"]
    for word in words:
        out += [""] + [f"  // {line}" for line in textwrap.wrap(word["doc"], 92)]
        out.append(f"  localparam logic [AddrBits-1:0] {word['name']} = 13'h{word['offset']:x};")
    return "\n".join(out + ["", "endpackage", ""])


def emit_header(words):
    out = ["/* SPDX-License-Identifier: Apache-2.0 */", "/*", " * The mailbox of the management core: byte offsets of its 32-bit words.", " *"]
    out += [f" * {line}" for line in textwrap.wrap(NOTE, 76)] + [" */", "#ifndef PAMC_MAILBOX_H", "#define PAMC_MAILBOX_H"]
    for word in words:
        lines = textwrap.wrap(word["doc"], 76)
        if len(lines) == 1:
            out += ["", f"/* {lines[0]} */"]
        else:
            out += ["", "/*"] + [f" * {line}" for line in lines] + [" */"]
        out.append(f"#define MAILBOX_{word['name']} 0x{word['offset']:03x}u")
        if word.get("count", 1) > 1:
            out.append(f"#define MAILBOX_{word['name']}_WORDS {word['count']}u")
    return "\n".join(out + ["", "#endif /* PAMC_MAILBOX_H */", ""])
