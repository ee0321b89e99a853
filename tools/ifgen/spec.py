# SPDX-License-Identifier: Apache-2.0
"""Reads spec/card.toml and refuses what the back ends could not express.

The back ends (c_header.py, rtl.py, docs.py) walk the checked description and
never look at the TOML themselves.
"""

import tomllib

TYPE_BYTES = {"u8": 1, "u16": 2, "u32": 4, "u64": 8}


class SpecError(Exception):
    """The description contradicts itself; the message names the place."""


def field_bytes(field):
    """Size in bytes of a structure's field."""
    if field["type"] == "union":
        return field["size"]
    return TYPE_BYTES[field["type"]] * field.get("count", 1)


def need(where, entry, *keys):
    """The entry has all these keys."""
    for key in keys:
        if key not in entry or entry[key] == "":
            raise SpecError(f"{where}: no {key}")


def check_field(where, field, end):
    """One field of a structure, which must begin where the one before ended."""
    need(where, field, "type", "offset", "doc")
    if field["type"] == "union":
        need(where, field, "size", "union")
    elif field["type"] not in TYPE_BYTES:
        raise SpecError(f"{where}: unknown type {field['type']!r}")
    if field["offset"] != end:
        raise SpecError(f"{where}: offset {field['offset']:#x}, but the field before ends at {end:#x}")
    unit = 8 if field["type"] == "union" else TYPE_BYTES[field["type"]]
    if field["offset"] % unit:
        raise SpecError(f"{where}: offset {field['offset']:#x} is not a multiple of {unit}")


def check_fields(where, fields, size):
    """Fields lie in rising order, aligned, without overlap or hole, within size."""
    end = 0
    check_unique(where, fields, "name")
    for field in fields:
        here = f"{where}.{field['name']}"
        check_field(here, field, end)
        end += field_bytes(field)
        for variant in field.get("union", []):
            check_fields(f"{here}.{variant['name']}", variant["fields"], None)
            last = variant["fields"][-1]
            if last["offset"] + field_bytes(last) > field["size"]:
                raise SpecError(f"{here}.{variant['name']}: larger than the union")
    if size is not None and end != size:
        raise SpecError(f"{where}: fields end at {end:#x}, size says {size:#x}")


def check_bits(where, entry):
    """Bit fields of a register do not overlap and stay in its width."""
    used = 0
    check_unique(where, entry.get("fields", []), "name")
    for field in entry.get("fields", []):
        need(f"{where}.{field['name']}", field, "lsb", "bits", "doc")
        mask = ((1 << field["bits"]) - 1) << field["lsb"]
        if mask >> entry["width"]:
            raise SpecError(f"{where}.{field['name']}: beyond {entry['width']} bits")
        if used & mask:
            raise SpecError(f"{where}.{field['name']}: overlaps another field")
        if field.get("reset", 0) >> field["bits"]:
            raise SpecError(f"{where}.{field['name']}: reset value does not fit")
        used |= mask


def check_unique(where, items, key):
    """No two items share a value of key, and all have one."""
    seen = {}
    for item in items:
        need(f"{where} {item.get('name', '?')}", item, "name", key)
        if item[key] in seen:
            raise SpecError(f"{where}: {item['name']} and {seen[item[key]]} share {key} {item[key]!r}")
        seen[item[key]] = item["name"]


def check_items(where, entry, key):
    """The names and numbers of an enumeration or of flags."""
    check_unique(where, entry["items"], "name")
    check_unique(where, entry["items"], key)
    for item in entry["items"]:
        need(f"{where}.{item['name']}", item, "doc")


def check_registers(registers, limit):
    """Registers lie in rising order, aligned, below limit."""
    end = 0
    bits = {f"{r['name']}.{f['name']}": f["bits"] for r in registers for f in r.get("fields", [])}
    for register in registers:
        where = f"register {register['name']}"
        need(where, register, "offset", "width", "access")
        if register["width"] not in (32, 64):
            raise SpecError(f"{where}: width {register['width']}, must be 32 or 64")
        if register["offset"] < end or register["offset"] % (register["width"] // 8):
            raise SpecError(f"{where}: overlaps or is not aligned")
        if register["access"] not in ("ro", "rw"):
            raise SpecError(f"{where}: access {register['access']!r}")
        if register.get("constant") and register["access"] != "ro":
            raise SpecError(f"{where}: constant, but not read-only")
        if bits.get(register.get("locked_by"), 1) != 1 or register.get("locked_by", "") not in ("", *bits):
            raise SpecError(f"{where}: locked_by names no single bit: {register['locked_by']!r}")
        end = register["offset"] + register["width"] // 8
        check_bits(where, register)
    if end > limit:
        raise SpecError("registers reach into the MSI-X table")


def reset_value(register):
    """Value of a register after power-on."""
    if "reset" in register:
        return register["reset"]
    return sum(f.get("reset", 0) << f["lsb"] for f in register.get("fields", []))


def check(spec):
    """Raises SpecError for what the back ends could not express."""
    for kind in ("const", "register", "doorbell", "enum", "flags", "struct"):
        if not spec.get(kind):
            raise SpecError(f"no {kind} at all")
        check_unique(kind, spec[kind], "name")
        for entry in spec[kind]:
            need(f"{kind} {entry['name']}", entry, "doc")
    const = {c["name"]: c["value"] for c in spec["const"]}
    check_registers(spec["register"], const["MSIX_TABLE"])
    end = 0
    for doorbell in spec["doorbell"]:
        where = f"doorbell {doorbell['name']}"
        need(where, doorbell, "offset", "width")
        check_bits(where, doorbell)
        if doorbell["offset"] < end:
            raise SpecError(f"{where}: overlaps the one before")
        end = doorbell["offset"] + doorbell.get("count", 1) * doorbell["width"] // 8
        if end > const["DB_STRIDE"]:
            raise SpecError(f"{where}: beyond DB_STRIDE")
    for enum in spec["enum"]:
        check_items(f"enum {enum['name']}", enum, "value")
    for flags in spec["flags"]:
        check_items(f"flags {flags['name']}", flags, "bit")
    for struct in spec["struct"]:
        need(f"struct {struct['name']}", struct, "size")
        check_fields(f"struct {struct['name']}", struct["fields"], struct["size"])


def load(path):
    """Returns the checked description as a dict; raises SpecError."""
    with open(path, "rb") as file:
        try:
            spec = tomllib.load(file)
        except tomllib.TOMLDecodeError as error:
            raise SpecError(str(error)) from None
    check(spec)
    return spec
