# SPDX-License-Identifier: Apache-2.0
"""The card interface in Python, from its one source: constants, registers, enums and
structures of spec/card.toml by their names there."""

import pathlib
import struct

import spec as spec_module

TOP = pathlib.Path(__file__).resolve().parents[2]
SPEC = spec_module.load(TOP / "spec/card.toml")
FORMAT = {"u8": "B", "u16": "H", "u32": "I", "u64": "Q"}

CONST = {const["name"]: const["value"] for const in SPEC["const"]}
REGISTER = {register["name"]: (register["offset"], register["width"] // 8) for register in SPEC["register"]}
DOORBELL = {doorbell["name"]: doorbell["offset"] for doorbell in SPEC["doorbell"]}
ENUM = {enum["name"]: {item["name"]: item["value"] for item in enum["items"]} for enum in SPEC["enum"]}
FLAG = {flags["name"]: {item["name"]: 1 << item["bit"] for item in flags["items"]} for flags in SPEC["flags"]}
STRUCT = {entry["name"]: entry for entry in SPEC["struct"]}


def field_mask(register, field):
    """A register's field as a mask."""
    fields = next(entry["fields"] for entry in SPEC["register"] + SPEC["doorbell"] if entry["name"] == register)
    found = next(entry for entry in fields if entry["name"] == field)
    return ((1 << found["bits"]) - 1) << found["lsb"]


def offset(name, field):
    """Where a structure has a field."""
    return next(entry["offset"] for entry in STRUCT[name]["fields"] if entry["name"] == field)


def pack(name, **values):
    """A structure's bytes; what is not given is zero. A union is {variant: {field: ...}}."""
    data = bytearray(STRUCT[name]["size"])
    _place(data, STRUCT[name]["fields"], 0, values)
    return data


def _place(data, fields, base, values):
    known = {field["name"]: field for field in fields}
    for key, value in values.items():
        field = known[key]
        at = base + field["offset"]
        if "union" in field:
            (variant, inner), = value.items()
            _place(data, next(part["fields"] for part in field["union"] if part["name"] == variant), at, inner)
        else:
            value = list(value) if "count" in field else [value]
            struct.pack_into(f"<{len(value)}{FORMAT[field['type']]}", data, at, *value)


def unpack(name, data):
    """A structure's plain fields by name."""
    made = {}
    for field in STRUCT[name]["fields"]:
        if field.get("type") in FORMAT:
            value = struct.unpack_from(f"<{field.get('count', 1)}{FORMAT[field['type']]}", data, field["offset"])
            made[field["name"]] = value if "count" in field else value[0]
    return made


def _crc_table():
    table = []
    for value in range(256):
        for _ in range(8):
            value = value >> 1 ^ (0x82f63b78 if value & 1 else 0)
        table.append(value)
    return table


_TABLE = _crc_table()


def crc32c(data):
    value = 0xffffffff
    for byte in data:
        value = value >> 8 ^ _TABLE[(value ^ byte) & 0xff]
    return value ^ 0xffffffff
