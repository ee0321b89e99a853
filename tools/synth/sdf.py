# SPDX-License-Identifier: Apache-2.0
"""The longest path of a design that nextpnr has placed and not routed.

nextpnr reports paths once all is routed. Before, it says the clock alone, but its SDF has what
that rests on: each cell's delay and, for each wire, what nextpnr expects of the routing.
"""

import collections
import re

CLOCKS = ("CLK", "CLKA", "CLKB", "WCK")

# Both start with the cell's name, which has no blanks.
INTERCONNECT = re.compile(r"\(INTERCONNECT (\S+)/(\w+) (\S+)/(\w+) \(\d+:\d+:(-?\d+)\)")
IOPATH = re.compile(r"\(IOPATH (\w+) (\w+) \(-?\d+:-?\d+:(-?\d+)\)")
SETUP = re.compile(r"\(SETUPHOLD \(\w+ (\w+)\) \(\w+ \w+\) \(-?\d+:-?\d+:(-?\d+)\)")


def read(lines):
    """Arcs {pin: [(pin, ps, whether it is a wire)]}, clock to output {pin: ps}, setup {pin: ps}; a pin is (cell, port)."""
    arcs, starts, ends = collections.defaultdict(list), {}, {}
    cell = None
    for line in lines:
        line = line.replace("\\", "")
        if wire := INTERCONNECT.search(line):
            arcs[wire[1], wire[2]].append(((wire[3], wire[4]), int(wire[5]), True))
        elif path := IOPATH.search(line):
            source, sink, delay = (cell, path[1]), (cell, path[2]), int(path[3])
            if path[1] in CLOCKS:
                starts[sink] = max(starts.get(sink, 0), delay)
            else:
                arcs[source].append((sink, delay, False))
        elif check := SETUP.search(line):
            ends[cell, check[1]] = max(ends.get((cell, check[1]), 0), int(check[2]))
        elif "(INSTANCE " in line:
            cell = line.split("(INSTANCE ")[1].rstrip().rstrip(")")
    return arcs, starts, ends


def longest(lines):
    """From a register to a register: {"mhz", "logic_ns", "routing_ns", "cells": names, the registers among them}."""
    arcs, starts, ends = read(lines)
    # Only what a register leads to.
    indegree, todo, reached = collections.Counter(), list(starts), set(starts)
    while todo:
        for sink, _, _ in arcs[todo.pop()]:
            indegree[sink] += 1
            if sink not in reached:
                reached.add(sink)
                todo.append(sink)
    arrival = {pin: (delay, None) for pin, delay in starts.items()}
    ready = [pin for pin in starts if not indegree[pin]]
    while ready:
        pin = ready.pop()
        for sink, delay, _ in arcs[pin]:
            if sink not in arrival or arrival[pin][0] + delay > arrival[sink][0]:
                arrival[sink] = (arrival[pin][0] + delay, pin)
            indegree[sink] -= 1
            if not indegree[sink]:
                ready.append(sink)
    total, last = max((arrival[pin][0] + setup, pin) for pin, setup in ends.items() if pin in arrival)
    pins = [last]
    while arrival[pins[-1]][1]:
        pins.append(arrival[pins[-1]][1])
    pins.reverse()
    wires = sum(delay for pin, after in zip(pins, pins[1:]) for sink, delay, wire in arcs[pin] if sink == after and wire)
    return {"mhz": 1e6 / total, "logic_ns": (total - wires) / 1000, "routing_ns": wires / 1000, "cells": [pin[0] for pin in pins]}
