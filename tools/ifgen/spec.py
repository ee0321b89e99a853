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


def check_fields(where, fields, size):
    """Fields lie in rising order, aligned, without overlap or hole, within size."""
    end = 0
    for field in fields:
        here = f"{where}.{field['name']}"
        if field["type"] != "union" and field["type"] not in TYPE_BYTES:
            raise SpecError(f"{here}: unknown type {field['type']!r}")
        if field["offset"] != end:
            raise SpecError(f"{here}: offset {field['offset']:#x}, but the field before ends at {end:#x}")
        unit = 8 if field["type"] == "union" else TYPE_BYTES[field["type"]]
        if field["offset"] % unit:
            raise SpecError(f"{here}: offset {field['offset']:#x} is not a multiple of {unit}")
        if not field.get("doc"):
            raise SpecError(f"{here}: no doc")
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
    for field in entry.get("fields", []):
        mask = ((1 << field["bits"]) - 1) << field["lsb"]
        if mask >> entry["width"]:
            raise SpecError(f"{where}.{field['name']}: beyond {entry['width']} bits")
        if used & mask:
            raise SpecError(f"{where}.{field['name']}: overlaps another field")
        if field.get("reset", 0) >> field["bits"]:
            raise SpecError(f"{where}.{field['name']}: reset value does not fit")
        used |= mask


def check_unique(where, items, key):
    """No two items share a value of key."""
    seen = {}
    for item in items:
        if item[key] in seen:
            raise SpecError(f"{where}: {item['name']} and {seen[item[key]]} share {key} {item[key]!r}")
        seen[item[key]] = item["name"]


def reset_value(register):
    """Value of a register after power-on."""
    if "reset" in register:
        return register["reset"]
    return sum(f.get("reset", 0) << f["lsb"] for f in register.get("fields", []))


def load(path):
    """Returns the checked description as a dict; raises SpecError."""
    with open(path, "rb") as file:
        spec = tomllib.load(file)
    const = {c["name"]: c["value"] for c in spec["const"]}
    for kind in ("const", "register", "doorbell", "enum", "flags", "struct"):
        check_unique(kind, spec[kind], "name")
        for entry in spec[kind]:
            if not entry.get("doc"):
                raise SpecError(f"{kind} {entry['name']}: no doc")
    end = 0
    for register in spec["register"]:
        if register["offset"] < end or register["offset"] % (register["width"] // 8):
            raise SpecError(f"register {register['name']}: overlaps or is not aligned")
        if register["access"] not in ("ro", "rw"):
            raise SpecError(f"register {register['name']}: access {register['access']!r}")
        end = register["offset"] + register["width"] // 8
        check_bits(f"register {register['name']}", register)
    if end > const["MSIX_TABLE"]:
        raise SpecError("registers reach into the MSI-X table")
    for doorbell in spec["doorbell"]:
        check_bits(f"doorbell {doorbell['name']}", doorbell)
        if doorbell["offset"] + doorbell.get("count", 1) * doorbell["width"] // 8 > const["DB_STRIDE"]:
            raise SpecError(f"doorbell {doorbell['name']}: beyond DB_STRIDE")
    for enum in spec["enum"]:
        check_unique(f"enum {enum['name']}", enum["items"], "value")
        check_unique(f"enum {enum['name']}", enum["items"], "name")
    for flags in spec["flags"]:
        check_unique(f"flags {flags['name']}", flags["items"], "bit")
    for struct in spec["struct"]:
        check_fields(f"struct {struct['name']}", struct["fields"], struct["size"])
    return spec
