#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Which SystemVerilog files a module needs, in the order tools must read them.

usage: sources.py [--packages | --others] [--formal] [TOP]

A file holds one module or package and has its name, so names are enough: what a
file mentions, it needs. Without TOP: everything in rtl/ but the proofs; --formal
finds proofs, too. --packages: only the packages; --others: only what comes from the
package index (tools/pypi), which is looked for only if something needs it. A file that nobody asks for is not
read, so that one that is being written troubles only those who use it.
"""

import functools
import pathlib
import re
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "tools/pypi"))
import pypi  # noqa: E402

COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.S)
WORD = re.compile(r"[A-Za-z_]\w*")
# Where check.svh is.
INCLUDES = ["rtl/lib"]
# Modules that are no part of the tree: file in a package of the index, and the folder whose
# requirements.txt says which.
OTHERS = {"picorv32": ("rtl/mcu", "pythondata_cpu_picorv32/verilog/picorv32.v")}


def folders(formal=False):
    """Where modules are looked for, relative to the top of the tree."""
    found = sorted({path.parent for path in (TOP / "rtl").glob("*/*.sv")})
    if formal:
        found += sorted({path.parent for path in (TOP / "rtl").glob("*/formal/*.sv")})
        found.append(TOP / "tests/unit")
    return [str(folder.relative_to(TOP)) for folder in found]


def files(formal=False):
    """{name: path relative to the top} of all modules and packages."""
    return {path.stem: str(path.relative_to(TOP))
            for folder in folders(formal) for path in sorted((TOP / folder).glob("*.sv"))}


def is_package(name):
    return name.endswith("_pkg")


@functools.cache
def other(name):
    """The file of a module that is no part of the tree."""
    folder, path = OTHERS[name]
    return str(pypi.packages(TOP / folder / "requirements.txt", pathlib.Path(folder).name) / path)


def closure(tops, formal=False):
    """Files that the modules need, packages first, each after what it mentions."""
    known = files(formal)
    order, seen, others = [], set(), []

    def visit(name):
        if name in seen:
            return
        seen.add(name)
        text = COMMENT.sub(" ", (TOP / known[name]).read_text())
        words = set(WORD.findall(text))
        for word in sorted(words & known.keys() - {name}):
            visit(word)
        others.extend(sorted(words & OTHERS.keys()))
        order.append(name)

    for top in tops:
        if top not in known:
            sys.exit(f"sources.py: no module {top} in rtl/")
        visit(top)
    return [known[name] for name in sorted(order, key=lambda name: not is_package(name))] + [other(name) for name in others]


def main(arguments):
    formal = "--formal" in arguments
    tops = [argument for argument in arguments if not argument.startswith("--")]
    # What all of rtl/ needs is no reason to ask the index.
    names = closure(tops, formal) if tops else sorted(files(formal).values(), key=lambda path: not is_package(pathlib.Path(path).stem))
    if "--others" in arguments:
        names = [name for name in names if pathlib.Path(name).is_absolute()]
    if "--packages" in arguments:
        names = [name for name in names if is_package(pathlib.Path(name).stem)]
    print(" ".join(names))


if __name__ == "__main__":
    main(sys.argv[1:])
