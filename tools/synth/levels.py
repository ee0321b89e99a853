# SPDX-License-Identifier: Apache-2.0
"""Longest paths of a flat UltraScale+ netlist of Yosys, by levels of logic.

No open tool places and routes UltraScale+, so this is no timing analysis: it counts
what a signal passes from register to register and gives each kind of thing a delay
that includes a typical wire. The constants are the model; README.md tells where they
come from and how they were checked against a published design.
"""

import collections
import re

# ns, speed grade -2. A level is a LUT and the wire that leads to it.
LEVEL = 0.45
CLOCK_TO_OUT = 0.10
SETUP = 0.05
# In the same slice as the LUT before it, without a wire.
MUXF = 0.12
CARRY_IN, CARRY_STEP, CARRY_OUT = 0.15, 0.03, 0.10
# Block RAM without its output register, and into one; a shift register's output.
BRAM_OUT, BRAM_SETUP = 1.10, 0.40
SRL_OUT = 0.45
# A wire into a register that no LUT of its own slice drives.
WIRE = 0.35
# Each doubling of a net's loads beyond so many.
FANOUT_FREE, FANOUT_STEP = 16, 0.05

FLOPS = re.compile(r"^FD[RCSP]E")
CARRY = ("CARRY4", "CARRY8")
RAM_ADDRESS = re.compile(r"^(ADDR[A-H]|A\d*|DPRA\d*|RADR\d*|WADR\d*)$")


class Netlist:
    """A flat netlist, as write_json gives it; models: interfaces of the blocks in it that are netlists of their own."""

    def __init__(self, module, models=None):
        self.models = models or {}
        # Registers inside blocks that a bit comes from, goes to.
        self.origins, self.targets = {}, {}
        self.cells = module["cells"]
        self.names = {}
        for name, net in module["netnames"].items():
            # The shortest name is the one of the source, if there is one.
            for place, bit in enumerate(net["bits"]):
                shown = f"{name}[{place}]" if len(net["bits"]) > 1 else name
                rank = (bool(net.get("hide_name")), name.startswith("$"), len(shown))
                if bit not in self.names or rank < self.names[bit][0]:
                    self.names[bit] = (rank, shown)
        self.ports = module["ports"]
        self.fanout = collections.Counter(bit for cell in self.cells.values() for port, bits in cell["connections"].items()
                                          if cell["port_directions"].get(port) == "input" for bit in bits if isinstance(bit, int))

    def name(self, bit):
        return self.names.get(bit, (None, f"net {bit}"))[1]

    def wire(self, bit):
        """What a net of many loads costs more."""
        loads = self.fanout[bit]
        return FANOUT_STEP * max(0, (loads - 1).bit_length() - FANOUT_FREE.bit_length() + 1) if loads > FANOUT_FREE else 0.0

    def block_arcs(self, name, cell, model):
        # A port that nothing is connected to may be missing.
        pins = {port: cell["connections"].get(port) or ["x"] * len(bits) for way in ("in", "out") for port, bits in model[way].items()}
        for port, ends in model["in"].items():
            for bit, end in zip(pins[port], ends, strict=True):
                if end and isinstance(bit, int):
                    if bit not in self.targets or end[0] > self.targets[bit][0]:
                        self.targets[bit] = (end[0], f"{name}.{end[2]}")
                    yield bit, None, end[0], end[1]
        for port, starts in model["out"].items():
            for bit, start in zip(pins[port], starts, strict=True):
                if start and isinstance(bit, int):
                    self.origins[bit] = f"{name}.{start[2]}"
                    yield None, bit, start[0], start[1]
        for source, source_bit, sink, sink_bit, delay, levels in model["through"]:
            bit, out = pins[source][source_bit], pins[sink][sink_bit]
            if isinstance(bit, int) and isinstance(out, int):
                yield bit, out, delay, levels

    def arcs(self, name, cell):
        """Yields (kind, input bit or None, output bit or None, delay, levels): None is a register inside."""
        kind, pins, way = cell["type"], cell["connections"], cell["port_directions"]
        ins = [(port, bit) for port, bits in pins.items() if way.get(port) == "input" for bit in bits if isinstance(bit, int)]
        outs = [(port, bit) for port, bits in pins.items() if way.get(port) == "output" for bit in bits if isinstance(bit, int)]
        if kind in self.models:
            yield from self.block_arcs(name, cell, self.models[kind])
            return
        clocks = ("C", "CLK", "WCLK", "CLKARDCLK", "CLKBWRCLK")
        if FLOPS.match(kind):
            yield from ((None, bit, CLOCK_TO_OUT, 0) for _, bit in outs)
            # D may be driven by a LUT of the slice; control pins are never.
            yield from ((bit, None, SETUP if port == "D" else SETUP + WIRE, 0) for port, bit in ins if port not in clocks)
        elif kind.startswith(("RAMB", "URAM", "DSP")):
            yield from ((None, bit, BRAM_OUT, 0) for _, bit in outs)
            yield from ((bit, None, BRAM_SETUP + WIRE, 0) for port, bit in ins if port not in clocks)
        elif kind.startswith("SRL"):
            yield from ((None, bit, SRL_OUT, 0) for _, bit in outs)
            yield from ((bit, None, SETUP + WIRE, 0) for port, bit in ins if port not in clocks)
        elif kind.startswith("RAM"):
            # LUT RAM is read as a LUT is, and written at the clock. One of several ports, each
            # with its letter, has outputs of its own; the last one's address is that to write to.
            for port, bit in ins:
                if port in clocks:
                    continue
                if RAM_ADDRESS.match(port):
                    letter = port[4:5] if "M" in kind[3:] and port.startswith("ADDR") else ""
                    yield from ((bit, out, LEVEL, 1) for where, out in outs if where[2:3].startswith(letter))
                yield bit, None, SETUP + WIRE, 0
            yield from ((None, out, LEVEL, 1) for _, out in outs)
        elif kind in CARRY:
            for port, bit in ins:
                first = CARRY_STEP if port == "CI" else CARRY_IN
                yield from ((bit, out, first + (CARRY_OUT if where == "O" else 0), 0) for where, out in outs)
        elif kind.startswith("MUXF"):
            # The select comes by a wire.
            yield from ((bit, out, MUXF + (WIRE if port == "S" else 0), 0) for port, bit in ins for _, out in outs)
        elif kind in ("INV", "BUFG", "BUF", "IBUF", "OBUF"):
            # An inverter becomes part of what follows.
            yield from ((bit, out, 0.0, 0) for _, bit in ins for _, out in outs)
        elif kind.startswith("LUT"):
            yield from ((bit, out, LEVEL, 1) for _, bit in ins for _, out in outs)
        elif not kind.startswith("$"):
            raise ValueError(f"{name}: unknown cell {kind}")


class Timing:
    """What follows what in a netlist, in an order in which it can be added up."""

    def __init__(self, module, models=None):
        self.net = Netlist(module, models)
        self.ports = module["ports"]
        # {bit: [(bit behind it, ns, levels)]}
        self.forward = collections.defaultdict(list)
        # Registers: {bit: (ns, levels)} and [(bit, ns, levels, name)].
        self.starts, self.ends = {}, []
        indegree = collections.Counter()
        for name, cell in self.net.cells.items():
            register = cell["connections"].get("Q") or cell["connections"].get("DOUTADOUT")
            register = self.net.name(register[0]) if register else name
            for source, sink, delay, levels in self.net.arcs(name, cell):
                if source is None:
                    self.starts[sink] = max(self.starts.get(sink, (0, 0)), (delay, levels))
                elif sink is None:
                    self.ends.append((source, delay, levels, self.net.targets[source][1] if cell["type"] in self.net.models else register))
                else:
                    self.forward[source].append((sink, delay, levels))
                    indegree[sink] += 1
        self.order = []
        ready = [bit for bit in self.starts.keys() | self.forward.keys() | set(self.port_bits("input")) if not indegree[bit]]
        while ready:
            bit = ready.pop()
            self.order.append(bit)
            for sink, _, _ in self.forward[bit]:
                indegree[sink] -= 1
                if not indegree[sink]:
                    ready.append(sink)
        # What a loop holds back is told.
        self.loops = sum(1 for bit in indegree if indegree[bit] > 0)

    def port_bits(self, direction):
        return [bit for port in self.ports.values() if port["direction"] == direction for bit in port["bits"] if isinstance(bit, int)]

    def arrivals(self, starts):
        """{bit: (ns, levels, bit in front of it or None)}"""
        arrival = {bit: (*start, None) for bit, start in starts.items()}
        for bit in self.order:
            if bit not in arrival:
                continue
            at, loaded = arrival[bit], self.net.wire(bit)
            for sink, delay, levels in self.forward[bit]:
                if sink not in arrival or at[0] + loaded + delay > arrival[sink][0]:
                    arrival[sink] = (at[0] + loaded + delay, at[1] + levels, bit)
        return arrival

    def trace(self, arrival, bit):
        """Names of what a signal passes, its register first."""
        through, at = [], bit
        while at is not None:
            through.append(self.net.name(at))
            first, at = at, arrival[at][2]
        named = [name for name in reversed(through) if "$" not in name]
        if first in self.net.origins:
            named.insert(0, self.net.origins[first])
        return named or through[-1:]


def plain(name):
    return re.sub(r"\[\d+\]$", "", name)


def longest(module, count=5, models=None):
    """The longest paths, one for each register they end in: [{ns, levels, from, to, through}].

    models: {cell type: interface()} of blocks that the netlist has as cells. What is only inside
    of them is not looked at.
    """
    timing = Timing(module, models)
    net = timing.net
    arrival = timing.arrivals({**dict.fromkeys(timing.port_bits("input"), (CLOCK_TO_OUT, 0)), **timing.starts})
    ends = [*timing.ends, *((bit, SETUP, 0, net.name(bit)) for bit in timing.port_bits("output"))]
    worst = {}
    depth = collections.Counter()
    for bit, delay, levels, name in ends:
        if bit in arrival:
            total, word = arrival[bit][0] + net.wire(bit) + delay, plain(name)
            depth[arrival[bit][1] + levels] += 1
            if word not in worst or total > worst[word][0]:
                worst[word] = (total, arrival[bit][1] + levels, bit)
    paths = []
    for word, (total, levels, bit) in sorted(worst.items(), key=lambda item: -item[1][0])[:count]:
        named = timing.trace(arrival, bit)
        paths.append({"ns": round(total, 2), "levels": levels, "from": named[0], "to": word, "through": named[1:-1]})
    return {"paths": paths, "loops": timing.loops, "ends_by_levels": dict(sorted(depth.items()))}


def interface(module, models=None):
    """What a block is to those around it, bit by bit.

    {"out": {port: [(ns, levels, register) or None]}, "in": the same, to a register,
     "through": [(input port, bit, output port, bit, ns, levels)]}
    """
    timing = Timing(module, models)
    net = timing.net
    arrival = timing.arrivals(timing.starts)
    # The same backwards: {bit: (ns, levels, register)}.
    rest = {}

    def later(bit, delay, levels, name):
        if bit not in rest or delay > rest[bit][0]:
            rest[bit] = (delay, levels, name)

    for bit, delay, levels, name in timing.ends:
        later(bit, delay + net.wire(bit), levels, plain(name))
    for bit in reversed(timing.order):
        for sink, delay, levels in timing.forward[bit]:
            if sink in rest:
                later(bit, rest[sink][0] + delay + net.wire(bit), rest[sink][1] + levels, rest[sink][2])
    made = {"in": {}, "out": {}, "through": []}
    outputs = collections.defaultdict(list)
    for name, port in module["ports"].items():
        if port["direction"] == "input":
            made["in"][name] = [rest.get(bit) for bit in port["bits"]]
        else:
            made["out"][name] = [(*arrival[bit][:2], plain(timing.trace(arrival, bit)[0])) if bit in arrival else None for bit in port["bits"]]
            for at, bit in enumerate(port["bits"]):
                outputs[bit].append((name, at))
    # Between inputs and outputs; there should be little.
    place = {bit: n for n, bit in enumerate(timing.order)}
    leads_out = {bit for bit in outputs if bit in place}
    for bit in reversed(timing.order):
        if any(sink in leads_out for sink, _, _ in timing.forward[bit]):
            leads_out.add(bit)
    for name, port in module["ports"].items():
        for at, first in enumerate(port["bits"]):
            if port["direction"] != "input" or first not in leads_out:
                continue
            cone, todo = {first}, [first]
            while todo:
                for sink, _, _ in timing.forward[todo.pop()]:
                    if sink in leads_out and sink not in cone:
                        cone.add(sink)
                        todo.append(sink)
            reached = {first: (0.0, 0)}
            for bit in sorted(cone, key=place.get):
                for sink, delay, levels in timing.forward[bit]:
                    total = reached[bit][0] + delay + net.wire(bit)
                    if sink in cone and (sink not in reached or total > reached[sink][0]):
                        reached[sink] = (total, reached[bit][1] + levels)
            made["through"] += [(name, at, *out, *reached[bit]) for bit in cone for out in outputs.get(bit, ())]
    return made
