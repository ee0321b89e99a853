#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""House rules a machine can check: licences, formatting, lengths of files."""

import pathlib
import re
import subprocess
import sys

BOTH = "GPL-2.0-only OR Apache-2.0"
# Shared between the kernel and the rest.
SHARED = {"spec/card.toml", "include/pamc_if.h", "docs/interface.md"}
GENERATED = {"include/pamc_if.h", "include/pamc_mailbox.h", "include/pamc_mcu.h"}
SHARED_FOLDERS = ("tests/contract/cases",)
NO_HEADER = ("LICENSES/", "tests/data/")
NO_HEADER_ENDS = (".bin", ".pages", ".png")
MAX_LINES = 700
FORMATTED = (".c", ".h", ".cc", ".cpp")
# No comments in JSON; an "SPDX" key would not be in its schema.
NO_HEADER_JSON = ".json"


def tracked():
    """Files git knows, as strings."""
    out = subprocess.run(["git", "-c", "safe.directory=*", "ls-files"], capture_output=True, text=True, check=True)
    return [name for name in out.stdout.splitlines() if pathlib.Path(name).is_file()]


def wanted_licence(name):
    if name in SHARED or name.startswith(SHARED_FOLDERS):
        return BOTH
    return "GPL-2.0-only" if name.startswith("driver/") else "Apache-2.0"


def licence_errors(names):
    for name in names:
        if name.startswith(NO_HEADER) or name.endswith(NO_HEADER_ENDS + (NO_HEADER_JSON,)):
            continue
        head = "\n".join(pathlib.Path(name).read_text(errors="replace").splitlines()[:6])
        match = re.search(r"SPDX-License-Identifier: ([\w.() -]*?[\w.)])\s*(?:\*/|-->|$)", head, re.M)
        if not match:
            yield f"{name}: no SPDX header in the first lines"
        elif match[1] not in (wanted_licence(name), BOTH):
            yield f"{name}: licence {match[1]}, want {wanted_licence(name)}"


def length_errors(names):
    for name in names:
        if name.endswith((".c", ".h", ".sv", ".py", ".sh", ".cpp")) and name not in GENERATED:
            lines = len(pathlib.Path(name).read_text(errors="replace").splitlines())
            if lines > MAX_LINES:
                yield f"{name}: {lines} lines, at most {MAX_LINES}"


def format_errors(names):
    names = [n for n in names if n.endswith(FORMATTED) and not n.startswith("driver/") and n not in GENERATED]
    if not names:
        return
    done = subprocess.run(["clang-format", "--dry-run", "-Werror", *names], capture_output=True, text=True, check=False)
    bad = sorted(set(re.findall(r"^([^:\s]+):\d+:\d+: error", done.stderr, re.M)))
    for name in bad:
        yield f"{name}: run clang-format -i on it"


def main():
    names = tracked()
    failed = 0
    for what, errors in (("licences", licence_errors), ("lengths of files", length_errors), ("formatting", format_errors)):
        found = list(errors(names))
        print(f"{'not ok' if found else 'ok'} {what}")
        for error in found:
            print(f"# {error}")
        failed += bool(found)
    return failed


if __name__ == "__main__":
    sys.exit(main())
