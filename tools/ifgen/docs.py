# SPDX-License-Identifier: Apache-2.0
"""Emits the reference of the card interface: docs/interface.md.

What a table cannot say (how a command lives, what a push is, what a reset keeps)
is prose, written by hand in docs/interface-intro.md and put in front.
"""

import pathlib

from spec import TYPE_BYTES, field_bytes, reset_value

INTRO = pathlib.Path(__file__).resolve().parents[2] / "docs/interface-intro.md"

HEAD = """\
<!-- SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 -->
<!--
GENERATED from spec/card.toml and docs/interface-intro.md by tools/ifgen; do not
edit. "make generate" renews it and "make test" fails when it is stale.
-->
"""

# Entries whose bytes are also drawn, eight to the line.
DRAWN = ("sqe", "cqe", "admin_sqe")
CELL = 9


def cell(text):
    """Text as it may stand in a table."""
    return text.replace("|", "\\|").replace("\n", " ")


def table(heads, rows):
    """Lines of a table."""
    out = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    return out + ["| " + " | ".join(cell(str(c)) for c in row) + " |" for row in rows] + [""]


def bits(field):
    """Where a bit field is, as 15:8 or 3."""
    high = field["lsb"] + field["bits"] - 1
    return f"{high}:{field['lsb']}" if field["bits"] > 1 else str(high)


def anchor(kind, name):
    """What a link to an entry's heading is called."""
    return f"{kind}-{name}".replace("_", "-").lower()


def heading(kind, name, level=3):
    """A heading that links can name, whatever renders it."""
    return [f'<a id="{anchor(kind, name)}"></a>', "#" * level + f" {name}", ""]


def link(kind, name):
    return f"[{name}](#{anchor(kind, name)})"


def note(item):
    """A field's text, with what its attributes add."""
    extra = ""
    if "enum" in item:
        extra += f" One of {link('enum', item['enum'])}."
    if "flags" in item:
        extra += f" Bits: {link('flags', item['flags'])}."
    if item.get("must_be_zero"):
        extra += " Checked to be zero."
    return item["doc"] + extra


def number(value):
    """A value as people read it: counts and sizes in decimal too."""
    if value <= 9:
        return str(value)
    return f"{value} ({value:#x})" if value < 1 << 20 else f"{value:#x}"


def emit_constants(spec):
    out = ["## Constants", ""]
    rows = [(f"`{c['name']}`", number(c["value"]), c["doc"]) for c in spec["const"]]
    return out + table(("name", "value", "meaning"), rows)


def emit_access(register):
    """What decides about a register's value beyond its text."""
    if register.get("constant"):
        return [f"Always {reset_value(register):#x}.", ""]
    if "locked_by" in register:
        return [f"Writes are ignored while `{register['locked_by']}` is 1.", ""]
    return []


def emit_registers(spec):
    out = ["## Registers", "", "Byte offsets in the register BAR. Access them at their own width, or a 64-bit one as two",
           "32-bit halves. `ro`: writes are ignored.", ""]
    rows = [(f"{r['offset']:#05x}", link("reg", r["name"]), r["width"], r["access"], f"{reset_value(r):#x}")
            for r in spec["register"]]
    out += table(("offset", "register", "bits", "access", "at power-on"), rows)
    for register in spec["register"]:
        out += heading("reg", register["name"]) + [register["doc"], "", *emit_access(register)]
        if register.get("fields"):
            rows = [(bits(f), f"`{f['name']}`", f"{f.get('reset', 0):#x}", note(f)) for f in register["fields"]]
            out += table(("bits", "field", "at power-on", "meaning"), rows)
    return out


def emit_doorbells(spec):
    out = ["## Doorbells", "", "Byte offsets in a queue pair's page of the doorbell BAR; the page of queue pair *n* begins at",
           "*n* × `DB_STRIDE`. They are written, never read: a read returns zeros.", ""]
    for doorbell in spec["doorbell"]:
        size = doorbell["width"] // 8
        count = doorbell.get("count", 1)
        where = f"{doorbell['offset']:#05x}"
        if count > 1:
            where += f" to {doorbell['offset'] + size * count - 1:#05x}, {count} of {size} bytes"
        out += heading("db", doorbell["name"]) + [f"Offset {where}. {doorbell['doc']}", ""]
        if doorbell.get("fields"):
            rows = [(bits(f), f"`{f['name']}`", note(f)) for f in doorbell["fields"]]
            out += table(("bits", "field", "meaning"), rows)
    return out


def emit_enum(enum):
    out = heading("enum", enum["name"]) + [enum["doc"], ""]
    heads = ["value", "name"]
    texts = any("text" in item for item in enum["items"])
    if texts:
        heads.append("said as")
    rows = []
    for item in enum["items"]:
        row = [f"{item['value']:#04x}", f"`{item['name']}`"]
        if texts:
            row.append(item.get("text", ""))
        extra = f" See {link('struct', item['struct'])}." if "struct" in item else ""
        rows.append(row + [item["doc"] + extra])
    return out + table((*heads, "meaning"), rows)


def emit_flags(flags):
    rows = [(item["bit"], f"`{item['name']}`", item["doc"]) for item in flags["items"]]
    return heading("flags", flags["name"]) + [flags["doc"], ""] + table(("bit", "name", "meaning"), rows)


def pieces(field):
    """A field as (first byte, bytes, name), each within one line of a drawing."""
    step = TYPE_BYTES.get(field["type"], 8)
    count = field_bytes(field) // step
    name = field["name"]
    for number in range(count):
        label = f"{name}[{number}]" if "count" in field else name
        yield field["offset"] + number * step, step, label


def drawing(struct):
    """The bytes of an entry, as they lie in memory, eight to the line."""
    rows = {}
    for field in struct["fields"]:
        for start, size, name in pieces(field):
            rows.setdefault(start // 8, []).append((start % 8, size, name))
    rule = "     +" + ("-" * (CELL - 1) + "+") * 8
    out = ["```text", "     " + "".join(f"{number:^{CELL}}" for number in range(8)).rstrip(), rule]
    for row in sorted(rows):
        line = f"{row * 8:#04x} |"
        for _, size, name in rows[row]:
            width = size * CELL - 1
            line += f"{name[:width]:^{width}}|"
        out += [line, rule]
    return out + ["```", ""]


def field_rows(fields, base=0):
    for field in fields:
        start = base + field["offset"]
        end = start + field_bytes(field) - 1
        where = f"{start:#04x}" if start == end else f"{start:#04x}–{end:#04x}"
        kind = field["type"] + (f"[{field['count']}]" if "count" in field else "")
        yield where, f"`{field['name']}`", kind, note(field)


def emit_struct(struct):
    out = heading("struct", struct["name"]) + [f"{struct['doc']} {struct['size']} bytes.", ""]
    if struct["name"] in DRAWN:
        out += drawing(struct)
    heads = ("bytes", "field", "type", "meaning")
    out += table(heads, field_rows(struct["fields"]))
    for field in struct["fields"]:
        for variant in field.get("union", []):
            out += [f"`{field['name']}.{variant['name']}`, bytes of the entry:", ""]
            out += table(heads, field_rows(variant["fields"], field["offset"]))
    return out


def emit(spec):
    """Returns the reference's text."""
    info = spec["interface"]
    intro = INTRO.read_text()
    # The intro's own licence line is in HEAD already.
    intro = "\n".join(line for line in intro.splitlines() if "SPDX-License-Identifier" not in line).strip()
    out = [HEAD, f"# {info['title'][0].upper()}{info['title'][1:]}, version {info['major']}.{info['minor']}", "", intro, ""]
    out += emit_constants(spec) + emit_registers(spec) + emit_doorbells(spec)
    out += ["## Opcodes, statuses and other numbers", ""]
    for enum in spec["enum"]:
        out += emit_enum(enum)
    out += ["## Flags", ""]
    for flags in spec["flags"]:
        out += emit_flags(flags)
    out += ["## Entries, data and log pages", "", "Little-endian, without padding; array elements follow each other.", ""]
    for struct in spec["struct"]:
        out += emit_struct(struct)
    return "\n".join(out).rstrip() + "\n"
