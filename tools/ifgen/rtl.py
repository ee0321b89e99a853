# SPDX-License-Identifier: Apache-2.0
"""Emits the interface for the hardware: a package, and the block of registers.

Only what both Verilator and Yosys' own front end read is used: no package import,
no unions, no assignment patterns. A structure's first member is its most
significant, so fields are written last to first, and byte n of an entry is bits
8n+7:8n of its type. A name that is a keyword
of the language, or of the C++ that Verilator makes, gets an underscore.
"""

import textwrap

from spec import TYPE_BYTES, field_bytes, reset_value

# Structures that hardware takes apart; larger ones are data that firmware writes.
LARGEST = 64
ADDRESS_BITS = 13
KEYWORDS = {"function", "sequence", "event", "type", "property", "process", "priority", "unique", "config", "cell", "table",
            "checker", "context", "expect", "global", "local", "pure", "static", "tagged", "this", "wire", "reg", "signed", "small",
            "large", "medium", "real", "time", "string", "packed", "input", "output", "release", "force", "wait", "with", "new", "vector"}

HEAD = """\
// SPDX-License-Identifier: Apache-2.0
//
// {what}
//
// GENERATED from spec/card.toml by tools/ifgen; do not edit. "make generate"
// renews it and "make test" fails when it is stale. docs/interface.md is the
// same in prose.
"""

# Registers are few and small: one access at a time, answered in the next cycle.
PORTS = """\
module pamc_regs (
  input  logic clk_i,
  input  logic rst_ni,

  // Access by the host, 32 bits at a time; both in one cycle is not allowed.
  // Offsets that are no register read as zero and ignore writes.
  input  logic                write_i,
  input  logic                read_i,
  input  logic [{top}:2]         addr_i,    // byte offset
  input  logic [31:0]         wdata_i,
  input  logic [3:0]          wstrb_i,   // which bytes to write
  output logic                rvalid_o,  // one cycle after read_i
  output logic [31:0]         rdata_o,

  // The card's side.
  input  pamc_pkg::regs_in_t  hw_i,      // what the host may only read
  output pamc_pkg::regs_out_t hw_o       // what the host wrote
);
"""


def comment(text, indent="  "):
    width = 98 - len(indent) - 3
    return [f"{indent}// {line}" for line in textwrap.wrap(text, width)]


def literal(value, bits):
    return f"{bits}'h{value:x}"


def range_of(bits):
    """Declaration of a packed range; one bit has none."""
    return f" [{bits - 1}:0]" if bits > 1 else ""


def word_of(name):
    """A name that is no keyword."""
    return name + "_" if name in KEYWORDS else name


def member(name, bits):
    return f"    logic{range_of(bits)} {word_of(name)};"


def stored_mask(register):
    """Bits of a writable register that are kept: all, or those of its fields."""
    if "fields" not in register:
        return (1 << register["width"]) - 1
    return sum(((1 << f["bits"]) - 1) << f["lsb"] for f in register["fields"])


def constant(register):
    return register.get("constant", False)


def lock(spec, register):
    """The bit that locks a register, as it is called here, or None."""
    if "locked_by" not in register:
        return None
    owner, name = register["locked_by"].split(".")
    fields = next(r["fields"] for r in spec["register"] if r["name"] == owner)
    return f"{owner.lower()}_q[{next(f['lsb'] for f in fields if f['name'] == name)}]"


def emit_constants(spec):
    out = []
    for const in spec["const"]:
        out += comment(const["doc"])
        out.append(f"  localparam logic [31:0] {const['name']} = {literal(const['value'], 32)};")
    info = spec["interface"]
    out += ["  // Version of the interface.", f"  localparam logic [15:0] VERSION_MAJOR = {literal(info['major'], 16)};",
            f"  localparam logic [15:0] VERSION_MINOR = {literal(info['minor'], 16)};", ""]
    out.append("  // Registers: byte offsets in BAR_REGS, and values after power-on.")
    for register in spec["register"]:
        out.append(f"  localparam logic [{ADDRESS_BITS - 1}:0] REG_{register['name']} = {literal(register['offset'], ADDRESS_BITS)};")
        width = register["width"]
        out.append(f"  localparam logic [{width - 1}:0] REG_{register['name']}_RESET = {literal(reset_value(register), width)};")
    out += ["", "  // Doorbells: byte offsets in a queue pair's page of BAR_DB."]
    for doorbell in spec["doorbell"]:
        out.append(f"  localparam logic [11:0] DB_{doorbell['name']} = {literal(doorbell['offset'], 12)};")
    return out + [""]


def emit_enum(enum):
    out = comment(enum["doc"]) + ["  typedef enum logic [7:0] {"]
    lines = []
    for item in enum["items"]:
        lines.append(comment(item["doc"], "    ") + [f"    {enum['name'].upper()}_{item['name']} = {literal(item['value'], 8)}"])
    for line in lines[:-1]:
        line[-1] += ","
    return out + [text for line in lines for text in line] + [f"  }} {enum['name']}_e;", ""]


def emit_flags(flags):
    out = comment(f"Bit numbers: {flags['doc']}")
    for item in flags["items"]:
        out += comment(item["doc"])
        out.append(f"  localparam logic [31:0] {flags['name'].upper()}_{item['name']} = {literal(item['bit'], 32)};")
    return out + [""]


def bit_members(width, fields):
    """Members of a register's or doorbell's type, most significant first."""
    out, below = [], 0
    for field in sorted(fields, key=lambda f: f["lsb"]):
        if field["lsb"] > below:
            out.append([member(f"rsvd{below}", field["lsb"] - below)])
        out.append(comment(field["doc"], "    ") + [member(field["name"].lower(), field["bits"])])
        below = field["lsb"] + field["bits"]
    if below < width:
        out.append([member(f"rsvd{below}", width - below)])
    return [text for line in reversed(out) for text in line]


def emit_bits(kind, entry):
    out = comment(entry["doc"]) + ["  typedef struct packed {"]
    return out + bit_members(entry["width"], entry["fields"]) + [f"  }} {kind}{entry['name'].lower()}_t;", ""]


def emit_struct(name, doc, fields, size):
    """A structure of `size` bytes; what its fields leave at the end is filled."""
    out = []
    for field in fields:
        bits = 8 * field_bytes(field)
        if "count" in field:
            unit = 8 * TYPE_BYTES[field["type"]]
            line = f"    logic [{field['count'] - 1}:0][{unit - 1}:0] {word_of(field['name'])};"
        else:
            line = member(field["name"], bits)
        out.append(comment(field["doc"], "    ") + [line])
    end = fields[-1]["offset"] + field_bytes(fields[-1])
    if end < size:
        out.append([member("unused", 8 * (size - end))])
    body = [text for line in reversed(out) for text in line]
    return [*comment(doc), "  typedef struct packed {", *body, f"  }} {name}_t;", ""]


def emit_structs(spec):
    out = []
    for struct in spec["struct"]:
        if struct["size"] > LARGEST:
            continue
        for field in struct["fields"]:
            for variant in field.get("union", []):
                doc = f"{struct['name']}.{field['name']} as {variant['name']}."
                out += emit_struct(f"{struct['name']}_{variant['name']}", doc, variant["fields"], field["size"])
        out += emit_struct(struct["name"], struct["doc"], struct["fields"], struct["size"])
    return out


def emit_sides(spec):
    """The types of pamc_regs' ports to the card."""
    inputs = [member(r["name"].lower(), r["width"]) for r in spec["register"] if r["access"] == "ro" and not constant(r)]
    outputs = []
    for register in spec["register"]:
        if register["access"] == "rw":
            outputs.append(member(f"{register['name'].lower()}_we", 1))
            outputs.append(member(register["name"].lower(), register["width"]))
    return ["  // pamc_regs: what the card tells the host.", "  typedef struct packed {", *inputs, "  } regs_in_t;", "",
            "  // pamc_regs: what the host told the card; _we: in the cycle before, in whole or in part.",
            "  typedef struct packed {", *outputs, "  } regs_out_t;", ""]


def emit_package(spec):
    """Returns rtl/pcie/pamc_pkg.sv."""
    out = [HEAD.format(what="The card interface: constants, opcodes, statuses, entries.")]
    # Nobody uses all of it.
    out += ["/* verilator lint_off UNUSEDPARAM */", "package pamc_pkg;", ""] + emit_constants(spec)
    for enum in spec["enum"]:
        if enum.get("rtl", True):
            out += emit_enum(enum)
    for flags in spec["flags"]:
        out += emit_flags(flags)
    for kind, entries in (("", spec["register"]), ("db_", spec["doorbell"])):
        for entry in entries:
            if "fields" in entry:
                out += emit_bits(kind, entry)
    out += emit_structs(spec) + emit_sides(spec)
    return "\n".join(out).rstrip() + "\n\nendpackage\n/* verilator lint_on UNUSEDPARAM */\n"


def source(register):
    """What a read of the register gives."""
    name = register["name"].lower()
    if constant(register):
        return f"pamc_pkg::REG_{register['name']}_RESET"
    return f"{name}_q" if register["access"] == "rw" else f"hw_i.{name}"


def writes(register):
    """The register's 32-bit words: (number, name of its write enable, bits of it that are kept)."""
    for number in range(register["width"] // 32):
        kept = (stored_mask(register) >> (32 * number)) & 0xFFFFFFFF
        yield number, f"{register['name'].lower()}_w{number}", kept


def emit_storage(spec, register):
    """A writable register: what holds it, and when it is written."""
    name = register["name"].lower()
    out = comment(register["doc"]) + [f"  logic {name}_we_q;"]
    gate = f" && !{lock(spec, register)}" if lock(spec, register) else ""
    for number, enable, _ in writes(register):
        word = (register["offset"] >> 2) + number
        out += [f"  logic {enable};", f"  assign {enable} = write_i && addr_i == {literal(word, ADDRESS_BITS - 2)}{gate};"]
    return out + [f"  assign hw_o.{name} = {name}_q;", f"  assign hw_o.{name}_we = {name}_we_q;", ""]


def emit_writes(registers):
    """The one block that changes the writable registers: by bytes, only the bits they have."""
    out = ["  always_ff @(posedge clk_i or negedge rst_ni) begin", "    if (!rst_ni) begin"]
    for register in registers:
        name = register["name"].lower()
        out += [f"      {name}_q <= pamc_pkg::REG_{register['name']}_RESET;", f"      {name}_we_q <= 1'b0;"]
    out.append("    end else begin")
    for register in registers:
        name = register["name"].lower()
        enables = [enable for _, enable, _ in writes(register)]
        out.append(f"      {name}_we_q <= {' || '.join(enables)};")
        for number, enable, kept in writes(register):
            part = f"{name}_q[{32 * number + 31}:{32 * number}]"
            value = f"({part} & ~strobes) | (wdata_i & strobes)"
            if kept != 0xFFFFFFFF:
                value = f"({value}) & {literal(kept, 32)}"
            out.append(f"      if ({enable}) {part} <= {value};")
    return out + ["    end", "  end", ""]


def emit_reads(spec):
    out = ["  logic [31:0] rdata_d;", "", "  always_comb begin", "    rdata_d = 32'h0;", "    case (addr_i)"]
    for register in spec["register"]:
        for half in range(0, register["width"] // 8, 4):
            at = register["offset"] + half
            value = source(register)
            if register["width"] > 32:
                value += f"[{8 * half + 31}:{8 * half}]"
            out.append(f"      {literal(at >> 2, ADDRESS_BITS - 2)}: rdata_d = {value};  // {register['name']}")
    return out + ["      default: rdata_d = 32'h0;", "    endcase", "  end", "",
                  "  always_ff @(posedge clk_i or negedge rst_ni) begin", "    if (!rst_ni) begin",
                  "      rvalid_o <= 1'b0;", "      rdata_o  <= 32'h0;", "    end else begin",
                  "      rvalid_o <= read_i;", "      if (read_i) rdata_o <= rdata_d;", "    end", "  end", ""]


def emit_registers(spec):
    """Returns rtl/pcie/pamc_regs.sv."""
    out = [HEAD.format(what="The registers that the host sees in BAR_REGS.")]
    out += [PORTS.format(top=ADDRESS_BITS - 1), "  // Which bits are written.", "  logic [31:0] strobes;",
            "  assign strobes = {{8{wstrb_i[3]}}, {8{wstrb_i[2]}}, {8{wstrb_i[1]}}, {8{wstrb_i[0]}}};", ""]
    writable = [r for r in spec["register"] if r["access"] == "rw"]
    # All of them first, as one may lock another.
    out += [f"  logic [{r['width'] - 1}:0] {r['name'].lower()}_q;" for r in writable] + [""]
    for register in writable:
        out += emit_storage(spec, register)
    out += emit_writes(writable)
    out += emit_reads(spec)
    return "\n".join(out).rstrip() + "\n\nendmodule\n"
