#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The interface generator refuses bad descriptions, and notices good changes.

Each case damages a copy of spec/card.toml and looks whether the complaint names
the place; then small legal changes must change the outputs they concern, or a stale
output could not be told from a fresh one.
"""

import copy
import pathlib
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "tools/ifgen"))
import ifgen  # noqa: E402
import spec as spec_module  # noqa: E402

GOOD = spec_module.load(TOP / "spec/card.toml")


def named(items, name):
    return next(item for item in items if item["name"] == name)


def register(spec, name):
    return named(spec["register"], name)


def struct(spec, name):
    return named(spec["struct"], name)


def change(item, **keys):
    """Sets keys of an entry, or deletes those that are None."""
    for key, value in keys.items():
        if value is None:
            del item[key]
        else:
            item[key] = value


def swap_fields(fields):
    fields[1], fields[2] = fields[2], fields[1]


# What is done to the description, and what the complaint must name.
BAD = (
    ("a register without doc", lambda s: change(register(s, "CAP"), doc=None), "register CAP"),
    ("an empty doc", lambda s: change(register(s, "CAP"), doc=""), "register CAP"),
    ("a register without offset", lambda s: change(register(s, "CAP"), offset=None), "register CAP"),
    ("registers that overlap", lambda s: change(register(s, "STATUS"), offset=0x10), "register STATUS"),
    ("a register that is not aligned", lambda s: change(register(s, "BOOT_EPOCH"), offset=0x1C), "register BOOT_EPOCH"),
    ("a register of odd width", lambda s: change(register(s, "CTRL"), width=16), "register CTRL"),
    ("an unknown access", lambda s: change(register(s, "CTRL"), access="wo"), "register CTRL"),
    ("a constant that can be written", lambda s: change(register(s, "SCRATCH"), constant=True), "register SCRATCH"),
    ("a lock that is no bit", lambda s: change(register(s, "ASQ_BASE"), locked_by="CTRL.NOTHING"), "register ASQ_BASE"),
    ("a lock of several bits", lambda s: change(register(s, "ASQ_BASE"), locked_by="STATUS.CAUSE"), "register ASQ_BASE"),
    ("registers that reach the MSI-X table", lambda s: change(s["register"][-1], offset=0x2000), "MSI-X"),
    ("two registers of one name", lambda s: change(register(s, "CTRL"), name="CAP"), "CAP"),
    ("bit fields that overlap", lambda s: change(register(s, "CTRL")["fields"][1], lsb=0), "CTRL.SHUTDOWN"),
    ("a bit field beyond its register", lambda s: change(register(s, "CTRL")["fields"][1], lsb=32), "CTRL.SHUTDOWN"),
    ("a reset value that does not fit", lambda s: change(register(s, "CTRL")["fields"][0], reset=2), "CTRL.EN"),
    ("a bit field without doc", lambda s: change(register(s, "CTRL")["fields"][0], doc=None), "CTRL.EN"),
    ("two bit fields of one name", lambda s: change(register(s, "CTRL")["fields"][0], name="SHUTDOWN"), "SHUTDOWN"),
    ("doorbells that overlap", lambda s: change(named(s["doorbell"], "CQ_HEAD"), offset=0), "CQ_HEAD"),
    ("a doorbell beyond its page", lambda s: change(named(s["doorbell"], "PUSH"), count=33), "PUSH"),
    ("two opcodes of one value", lambda s: change(named(s["enum"], "op")["items"][1], value=0), "enum op"),
    ("two opcodes of one name", lambda s: change(named(s["enum"], "op")["items"][1], name="NOP"), "enum op"),
    ("an opcode without doc", lambda s: change(named(s["enum"], "op")["items"][1], doc=None), "op.PUT"),
    ("two flags of one bit", lambda s: change(named(s["flags"], "sqe")["items"][1], bit=0), "flags sqe"),
    ("fields that overlap", lambda s: change(struct(s, "sqe")["fields"][2], offset=1), "sqe.cid"),
    ("a hole between fields", lambda s: struct(s, "sqe")["fields"].pop(3), "sqe.object"),
    ("fields out of order", lambda s: swap_fields(struct(s, "sqe")["fields"]), "sqe.cid"),
    ("a structure that is too small", lambda s: change(struct(s, "sqe"), size=60), "struct sqe"),
    ("a structure that is too large", lambda s: change(struct(s, "sqe"), size=72), "struct sqe"),
    ("a structure without size", lambda s: change(struct(s, "sqe"), size=None), "struct sqe"),
    ("a field that is not aligned", lambda s: change(struct(s, "cqe")["fields"][3], type="u32"), "cqe"),
    ("an unknown type", lambda s: change(struct(s, "cqe")["fields"][0], type="u24"), "cqe.result"),
    ("a field without doc", lambda s: change(struct(s, "cqe")["fields"][0], doc=None), "cqe.result"),
    ("two fields of one name", lambda s: change(struct(s, "cqe")["fields"][0], name="info"), "info"),
    ("a variant larger than its union", lambda s: change(named(struct(s, "admin_sqe")["fields"], "p")["union"][0]["fields"][-1], count=3),
     "admin_sqe.p.qp_create"),
    ("no registers at all", lambda s: s["register"].clear(), "register"),
)

HEADER, DOCS = "include/pamc_if.h", "docs/interface.md"
PACKAGE, REGISTERS = "rtl/pcie/pamc_pkg.sv", "rtl/pcie/pamc_regs.sv"
ALL = (HEADER, DOCS, PACKAGE, REGISTERS)

# What is done to the description, and which outputs must differ.
CHANGES = (
    ("a constant's value", lambda s: change(named(s["const"], "MAX_QP"), value=32), (HEADER, DOCS, PACKAGE)),
    ("a register's reset value", lambda s: change(register(s, "SCRATCH"), reset=1), (HEADER, DOCS, PACKAGE)),
    ("a register's offset", lambda s: change(register(s, "BAD_DOORBELL"), offset=0x40), ALL),
    ("a register's access", lambda s: change(register(s, "SCRATCH"), access="ro"), ALL),
    ("a register's lock", lambda s: change(register(s, "ASQ_BASE"), locked_by=None), (DOCS, REGISTERS)),
    ("a bit field's place", lambda s: change(register(s, "CTRL")["fields"][1], lsb=4), ALL),
    ("an opcode", lambda s: change(named(s["enum"], "op")["items"][6], value=7), (HEADER, DOCS, PACKAGE)),
    ("a flag", lambda s: change(named(s["flags"], "sqe")["items"][2], bit=3), (HEADER, DOCS, PACKAGE)),
    ("a field's name", lambda s: change(struct(s, "cqe")["fields"][0], name="answer"), (HEADER, DOCS, PACKAGE)),
    ("a text", lambda s: change(struct(s, "cqe")["fields"][0], doc="Other."), (HEADER, DOCS, PACKAGE)),
    ("a log page's field", lambda s: change(struct(s, "log_counters")["fields"][0], name="stores"), (HEADER, DOCS)),
)


def refusal(spec):
    """What the generator says to a description, or None if it takes it."""
    try:
        spec_module.check(spec)
    except spec_module.SpecError as error:
        return str(error)
    return None


def bad_cases():
    for what, damage, place in BAD:
        spec = copy.deepcopy(GOOD)
        damage(spec)
        said = refusal(spec)
        if said is None:
            yield f"not ok refuses {what}: it was taken"
        elif place not in said:
            yield f"not ok refuses {what}: the message does not name {place}: {said}"
        else:
            yield f"ok refuses {what}"


def change_cases():
    fresh = {name: emit(GOOD) for name, emit in ifgen.OUTPUTS.items()}
    for what, edit, concerned in CHANGES:
        spec = copy.deepcopy(GOOD)
        edit(spec)
        said = refusal(spec)
        if said:
            yield f"not ok takes a change of {what}: {said}"
            continue
        same = [name for name in concerned if ifgen.OUTPUTS[name](spec) == fresh[name]]
        yield f"not ok a change of {what} shows in the outputs: not in {', '.join(same)}" if same else f"ok a change of {what} shows"
    unknown = sorted(set(ifgen.OUTPUTS) - set(ALL))
    yield f"not ok every output has a case here: {', '.join(unknown)}" if unknown else "ok every output has a case here"


def syntax_case():
    with tempfile.NamedTemporaryFile("w", suffix=".toml") as file:
        file.write("[interface\n")
        file.flush()
        try:
            spec_module.load(file.name)
        except spec_module.SpecError:
            return "ok refuses what is no TOML"
    return "not ok refuses what is no TOML"


def main():
    lines = [*bad_cases(), *change_cases(), syntax_case()]
    print("\n".join(lines))
    return int(any(line.startswith("not") for line in lines))


if __name__ == "__main__":
    sys.exit(main())
