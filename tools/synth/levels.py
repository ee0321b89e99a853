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
    """A flat netlist, as write_json gives it."""

    def __init__(self, module):
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

    def arcs(self, name, cell):
        """Yields (kind, input bit or None, output bit or None, delay, levels): None is a register inside."""
        kind, pins, way = cell["type"], cell["connections"], cell["port_directions"]
        ins = [(port, bit) for port, bits in pins.items() if way.get(port) == "input" for bit in bits if isinstance(bit, int)]
        outs = [(port, bit) for port, bits in pins.items() if way.get(port) == "output" for bit in bits if isinstance(bit, int)]
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
            # LUT RAM is read as a LUT is, and written at the clock.
            for port, bit in ins:
                if port in clocks:
                    continue
                if RAM_ADDRESS.match(port):
                    yield from ((bit, out, LEVEL, 1) for _, out in outs)
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


def longest(module, count=5):
    """The longest paths, one for each register they end in: [{ns, levels, from, to, through}]."""
    net = Netlist(module)
    forward = collections.defaultdict(list)
    indegree = collections.Counter()
    ends = []
    # Arrival of a bit: (ns, levels, bit before it).
    arrival = {}
    for port in net.ports.values():
        if port["direction"] == "input":
            for bit in port["bits"]:
                if isinstance(bit, int):
                    arrival[bit] = (CLOCK_TO_OUT, 0, None)
        else:
            ends += [(bit, SETUP) for bit in port["bits"] if isinstance(bit, int)]
    target = {}
    for name, cell in net.cells.items():
        for source, sink, delay, levels in net.arcs(name, cell):
            if source is None:
                arrival[sink] = max(arrival.get(sink, (0, 0, None)), (delay, levels, None), key=lambda a: a[0])
            elif sink is None:
                ends.append((source, delay))
                q = cell["connections"].get("Q") or cell["connections"].get("DOUTADOUT")
                target.setdefault(source, net.name(q[0]) if q else name)
            else:
                forward[source].append((sink, delay, levels))
                indegree[sink] += 1
    # In topological order; what a loop holds back is told.
    ready = [bit for bit in set(arrival) | set(forward) if not indegree[bit]]
    seen = 0
    while ready:
        bit = ready.pop()
        seen += 1
        at = arrival.get(bit, (0.0, 0, None))
        for sink, delay, levels in forward[bit]:
            new = (at[0] + net.wire(bit) + delay, at[1] + levels, bit)
            if sink not in arrival or new[0] > arrival[sink][0]:
                arrival[sink] = new
            indegree[sink] -= 1
            if not indegree[sink]:
                ready.append(sink)
    loops = sum(1 for bit in indegree if indegree[bit] > 0)
    worst = {}
    for bit, delay in ends:
        if bit in arrival:
            total = arrival[bit][0] + net.wire(bit) + delay
            word = re.sub(r"\[\d+\]$", "", target.get(bit, net.name(bit)))
            if word not in worst or total > worst[word][0]:
                worst[word] = (total, bit)
    paths = []
    for word, (total, bit) in sorted(worst.items(), key=lambda item: -item[1][0])[:count]:
        through, at = [], bit
        while at is not None:
            through.append(net.name(at))
            at = arrival[at][2]
        named = [name for name in reversed(through) if not name.startswith("$") and "$" not in name]
        paths.append({"ns": round(total, 2), "levels": arrival[bit][1], "from": named[0] if named else through[-1], "to": word,
                      "through": named[1:-1]})
    depth = collections.Counter(arrival[bit][1] for bit, _ in ends if bit in arrival)
    return {"paths": paths, "loops": loops, "ends_by_levels": dict(sorted(depth.items()))}
