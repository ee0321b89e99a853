#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""docs/contract.md and the contract cases say the same: every case is in the
table with its rules and text, every rule has a case, and no other rule is named."""

import pathlib
import re
import subprocess
import sys

PROGRAM = "build/san/tests/contract/pamdev"


def cases_of_program():
    """{name: (rules, text)} as the compiled cases have it."""
    out = subprocess.run([PROGRAM, "--list"], capture_output=True, text=True, check=True).stdout
    rows = (line.split("|") for line in out.splitlines())
    return {name: (rules.split(), text) for name, rules, text in rows}


def cases_of_document(text):
    rows = re.findall(r"^\| ([a-z0-9-]+) \| ([0-9, ]+) \| (.*) \|$", text, re.M)
    return {name: (rules.replace(",", " ").split(), what) for name, rules, what in rows}


def main():
    document = pathlib.Path("docs/contract.md").read_text()
    rules = set(re.findall(r"^(\d+)\. \*\*", document, re.M))
    program = cases_of_program()
    written = cases_of_document(document)
    tested = {rule for numbers, _ in program.values() for rule in numbers}
    checks = [
        ("every case is in the table, as it is", [n for n in program if written.get(n) != program[n]]),
        ("the table has no other cases", [n for n in written if n not in program]),
        ("every rule has a case", sorted(rules - tested, key=int)),
        ("cases name only rules there are", sorted(tested - rules, key=int)),
        ("there are rules and cases at all", [] if len(rules) >= 12 and len(program) > 30 else ["too few"]),
    ]
    for what, bad in checks:
        print(f"{'not ok' if bad else 'ok'} {what}")
        for item in bad:
            print(f"# {item}")
    return any(bad for _, bad in checks)


if __name__ == "__main__":
    sys.exit(main())
