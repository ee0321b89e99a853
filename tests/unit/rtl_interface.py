#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The generated RTL is read by both tools without a complaint, means the same bytes
as the C header, and its register block does what it promises."""

import pathlib
import subprocess
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "tools/ifgen"))
import rtl  # noqa: E402
import spec as spec_module  # noqa: E402

PACKAGE, REGISTERS = "rtl/pcie/pamc_pkg.sv", "rtl/pcie/pamc_regs.sv"
PROOF = "tests/unit/pamc_regs_proof.sv"


def tool(*command):
    """Runs a tool; returns what it said if it failed, else None."""
    done = subprocess.run(command, capture_output=True, text=True, cwd=TOP, timeout=60, check=False)
    return None if done.returncode == 0 else (done.stdout + done.stderr).strip()


def yosys(script):
    return tool("yosys", "-q", "-p", script)


def equations(name, fields, base):
    """Where the fields of a structure must be, by their byte offsets."""
    for field in fields:
        low = 8 * field["offset"]
        member = f"e_{name}.{rtl.word_of(field['name'])}"
        yield f"{member} == raw[{low + 8 * spec_module.field_bytes(field) - 1}:{low}]"
        if "count" in field:
            unit = 8 * spec_module.TYPE_BYTES[field["type"]]
            yield f"{member}[1] == raw[{low + 2 * unit - 1}:{low + unit}]"
    yield f"$bits(e_{name}) == {8 * base}"


def layout_module(spec):
    """A module whose output is 1 when every field is where the C header has it."""
    out = ["module layout (input logic [511:0] raw, output logic ok);"]
    terms = []
    for struct in [s for s in spec["struct"] if s["size"] <= rtl.LARGEST]:
        parts = [(struct["name"], struct["fields"], struct["size"])]
        for field in struct["fields"]:
            parts += [(f"{struct['name']}_{v['name']}", v["fields"], field["size"]) for v in field.get("union", [])]
        for name, fields, size in parts:
            out.append(f"  pamc_pkg::{name}_t e_{name};\n  assign e_{name} = raw[{8 * size - 1}:0];")
            terms += equations(name, fields, size)
    for register in [r for r in spec["register"] if "fields" in r]:
        name = register["name"].lower()
        out.append(f"  pamc_pkg::{name}_t r_{name};\n  assign r_{name} = raw[{register['width'] - 1}:0];")
        terms += [f"r_{name}.{rtl.word_of(f['name'].lower())} == raw[{f['lsb'] + f['bits'] - 1}:{f['lsb']}]" for f in register["fields"]]
    return "\n".join([*out, "  assign ok = " + " &&\n    ".join(f"({t})" for t in terms) + ";", "endmodule", ""]), len(terms)


def check_layout(folder):
    text, count = layout_module(spec_module.load(TOP / "spec/card.toml"))
    path = pathlib.Path(folder) / "layout.sv"
    path.write_text(text)
    said = yosys(f"read_verilog -sv {PACKAGE} {path}; prep -flatten -top layout; sat -verify -prove ok 1")
    return f"fields of the RTL's entries and registers are where the header has them ({count})", said


def check_proof(folder):
    model = f"{folder}/regs.smt2"
    said = yosys(f"read_verilog -sv -formal {PACKAGE} {REGISTERS} {PROOF}; prep -flatten -top pamc_regs_proof; "
                 f"async2sync; dffunmap; write_smt2 -wires {model}")
    for mode in ((), ("-i",)):
        said = said or tool("yosys-smtbmc", "-s", "z3", "-t", "6", *mode, model)
    return "the register block keeps its promises (k-induction)", said


def main():
    cases = [
        ("Verilator reads package and registers without a warning",
         tool("verilator", "--lint-only", "-Wall", "--top-module", "pamc_regs", PACKAGE, REGISTERS)),
        ("Yosys reads and elaborates them",
         yosys(f"read_verilog -sv {PACKAGE} {REGISTERS}; hierarchy -check -top pamc_regs; proc; check -assert")),
    ]
    with tempfile.TemporaryDirectory() as folder:
        cases += [check_layout(folder), check_proof(folder)]
    for what, said in cases:
        print(f"{'not ok' if said else 'ok'} {what}")
        for line in (said or "").splitlines()[-30:]:
            print(f"# {line}")
    return int(any(said for _, said in cases))


if __name__ == "__main__":
    sys.exit(main())
