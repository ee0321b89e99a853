# SPDX-License-Identifier: Apache-2.0
"""Emits the C header that kernel, library, firmware and model share."""

import textwrap

from spec import reset_value

HEAD = """\
/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * The card interface: registers, doorbells, queue entries, log pages.
 *
 * GENERATED from spec/card.toml by tools/ifgen; do not edit. "make generate"
 * renews it and "make test" fails when it is stale. docs/interface.md is the
 * same in prose.
 *
 * All multi-byte values are little-endian. Fields are declared as __leNN: in
 * the kernel sparse checks their use; elsewhere they are plain integers and
 * the host must be little-endian.
 */
#ifndef PAMC_IF_H
#define PAMC_IF_H

#ifdef __KERNEL__
#include <linux/types.h>
#include <linux/build_bug.h>
#define PAMC_ASSERT_SIZE(type, size) static_assert(sizeof(type) == (size))
typedef __le16 pamc_le16;
typedef __le32 pamc_le32;
typedef __le64 pamc_le64;
#else
#include <stdint.h>
#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "pamc_if.h: only little-endian hosts are supported outside the kernel"
#endif
#ifdef __cplusplus
#define PAMC_ASSERT_SIZE(type, size) static_assert(sizeof(type) == (size), #type)
#else
#define PAMC_ASSERT_SIZE(type, size) _Static_assert(sizeof(type) == (size), #type)
#endif
typedef uint16_t pamc_le16;
typedef uint32_t pamc_le32;
typedef uint64_t pamc_le64;
#endif
"""

def comment(text, indent=""):
    """A C comment, wrapped to the house's 80 columns."""
    one = f"{indent}/* {text} */"
    if len(one.expandtabs(8)) <= 80:
        return [one]
    width = 80 - len(indent.expandtabs(8)) - 3
    return [f"{indent}/*"] + [f"{indent} * {line}" for line in textwrap.wrap(text, width)] + [f"{indent} */"]


def define(name, value):
    tabs = max(1, (40 - len(f"#define {name}") + 7) // 8)
    return f"#define {name}" + "\t" * tabs + value


def number(value, width=32):
    if width == 64 or value > 0xFFFFFFFF:
        return f"{value:#x}ull"
    return f"{value:#x}u" if value > 9 else f"{value}u"


def emit_bits(out, prefix, entry):
    """Shift and mask of each bit field; PAMC_GET/PAMC_PREP use them."""
    for field in entry.get("fields", []):
        name = f"{prefix}_{field['name']}"
        mask = ((1 << field["bits"]) - 1) << field["lsb"]
        out += comment(field["doc"])
        out.append(define(f"{name}_SHIFT", str(field["lsb"])))
        out.append(define(f"{name}_MASK", number(mask, entry["width"])))


def emit_table(out, doc, name, rows):
    """An X-macro: those who print names of things need no list of their own."""
    out += ["", *comment(doc), f"#define {name}(X) \\"]
    out.append(" \\\n".join("\t" + row for row in rows))


def emit_field(out, field, indent):
    out += comment(field["doc"], indent)
    kind = "uint8_t" if field["type"] == "u8" else "pamc_le" + field["type"][1:]
    count = f"[{field['count']}]" if "count" in field else ""
    out.append(f"{indent}{kind} {field['name']}{count};")


def emit_constants(out, up, spec):
    for const in spec["const"]:
        out += comment(const["doc"])
        out.append(define(f"{up}_{const['name']}", number(const["value"])))
    out.append(define(f"{up}_VERSION_MAJOR", number(spec["interface"]["major"])))
    out.append(define(f"{up}_VERSION_MINOR", number(spec["interface"]["minor"])))


def emit_registers(out, up, spec):
    out += ["", f"/* Field access: {up}_GET({up}_CAP_QPS, cap), {up}_PREP({up}_CTRL_EN, 1). */"]
    out.append(f"#define {up}_GET(field, value) (((value) & field##_MASK) >> field##_SHIFT)")
    out.append(f"#define {up}_PREP(field, value) ((((field##_MASK) * 0) + (value)) << field##_SHIFT & field##_MASK)")
    out += ["", f"/* Registers: byte offsets in {up}_BAR_REGS. */"]
    for register in spec["register"]:
        name = f"{up}_REG_{register['name']}"
        out.append("")
        out += comment(f"{register['doc']} [{register['width']} bits, {register['access']}]")
        out.append(define(name, f"{register['offset']:#x}u"))
        out.append(define(f"{name}_RESET", number(reset_value(register), register["width"])))
        emit_bits(out, f"{up}_{register['name']}", register)
    out += ["", f"/* Doorbells: byte offsets in a queue pair's page of {up}_BAR_DB. */"]
    for doorbell in spec["doorbell"]:
        out.append("")
        out += comment(doorbell["doc"])
        out.append(define(f"{up}_DB_{doorbell['name']}", f"{doorbell['offset']:#x}u"))
        emit_bits(out, f"{up}_DB_{doorbell['name']}", doorbell)


def emit_enums(out, pre, spec):
    up = pre.upper()
    for enum in spec["enum"]:
        out.append("")
        out += comment(enum["doc"])
        out.append(f"enum {pre}_{enum['name']} {{")
        for item in enum["items"]:
            out += comment(item["doc"], "\t")
            out.append(f"\t{up}_{enum['name'].upper()}_{item['name']} = {item['value']:#x},")
        out.append("};")
    for name, what in (("status", "statuses"), ("fw_fault", "faults of firmware images")):
        enum = next((e for e in spec["enum"] if e["name"] == name), {"items": []})
        rows = [f"X({i['name']}, {i['value']:#04x}, \"{i['text']}\")" for i in enum["items"]]
        if rows:
            emit_table(out, f"X-macro over the {what}: X(name, value, text for people).", f"{up}_{name.upper()}_TABLE", rows)
    for name, what in (("op", "I/O opcodes"), ("admin", "admin opcodes")):
        enum = next(e for e in spec["enum"] if e["name"] == name)
        rows = [f"X({i['name']}, {i['value']:#04x})" for i in enum["items"]]
        emit_table(out, f"X-macro over the {what}: X(name, value).", f"{up}_{name.upper()}_TABLE", rows)


def emit_flags(out, up, spec):
    for flags in spec["flags"]:
        group = f"{up}_{flags['name'].upper()}"
        out.append("")
        out += comment(flags["doc"])
        for item in flags["items"]:
            out += comment(item["doc"])
            out.append(define(f"{group}_{item['name']}", f"(1u << {item['bit']})"))
        every = " | ".join(f"{group}_{item['name']}" for item in flags["items"])
        out.append(f"#define {group}_ALL_FLAGS \\\n\t({every})")


def emit_union(out, field):
    out += comment(field["doc"], "\t")
    out.append("\tunion {")
    out.append(f"\t\tuint8_t bytes[{field['size']}];")
    for variant in field["union"]:
        out.append("\t\tstruct {")
        for inner in variant["fields"]:
            emit_field(out, inner, "\t\t\t")
        out.append(f"\t\t}} {variant['name']};")
    out.append(f"\t}} {field['name']};")


def emit_structs(out, pre, spec):
    up = pre.upper()
    for struct in spec["struct"]:
        out.append("")
        out += comment(struct["doc"])
        out.append(f"struct {pre}_{struct['name']} {{")
        for field in struct["fields"]:
            if field["type"] == "union":
                emit_union(out, field)
            else:
                emit_field(out, field, "\t")
        out.append("};")
        out.append(f"{up}_ASSERT_SIZE(struct {pre}_{struct['name']}, {struct['size']});")
        if struct["name"] in ("log_counters", "log_capacity"):
            rows = [f"X({f['name']})" for f in struct["fields"] if not f["name"].startswith("rsvd")]
            emit_table(out, "X-macro over its fields, all 64 bits: X(name).", f"{up}_{struct['name'].upper()}_TABLE", rows)


def emit(spec):
    """Returns the header's text."""
    pre = spec["interface"]["prefix"]
    up = pre.upper()
    out = [HEAD]
    emit_constants(out, up, spec)
    emit_registers(out, up, spec)
    emit_enums(out, pre, spec)
    emit_flags(out, up, spec)
    emit_structs(out, pre, spec)
    return "\n".join([*out, "", f"#endif /* {up}_IF_H */", ""])
