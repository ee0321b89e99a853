#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A program that needs more memory than the machine has, and notices a wrong byte.

usage: workload.py MIB [SEED]

It keeps documents in memory: the sources of the Python library on this disk,
revision after revision, each revision with another identifier renamed throughout,
until MIB mebibytes of text are in; an SQLite catalogue says what there is. Then it
goes through all of it in random order and compares every document with what the
file on disk and the renaming say it must be, and asks the catalogue questions
whose answers it knows. Progress goes to stderr, the result as one JSON line to
stdout. Exit status: 0 verified, 1 data was wrong.
"""

import json
import pathlib
import random
import sqlite3
import sys
import sysconfig
import time

# What revision n renames: identifiers that Python sources are full of.
RENAMES = ("self", "name", "value", "result", "args", "line", "path", "data", "string", "index",
           "file", "type", "key", "func", "code", "size", "text", "item", "node", "other")


def say(text):
    print(text, file=sys.stderr, flush=True)


def sources():
    """Returns the library's source files, in an order that is the same every time."""
    home = pathlib.Path(sysconfig.get_path("stdlib"))
    return sorted(p for p in home.rglob("*.py") if p.stat().st_size > 0)


def revision(text, number):
    """Returns revision `number` of a document: from the first on, one identifier is renamed."""
    if number == 0:
        return text
    old = RENAMES[(number - 1) % len(RENAMES)].encode()
    return text.replace(old, b"%s_%d" % (old, number))


def build(library, catalogue, paths, wanted):
    """Fills library[number][path] and the catalogue; returns the bytes of text in it."""
    catalogue.execute("CREATE TABLE document (path TEXT, revision INTEGER, bytes INTEGER, lines INTEGER)")
    stored = shown = 0
    while stored < wanted:
        library.append({})
        number = len(library) - 1
        for path in paths:
            text = revision(path.read_bytes(), number)
            library[number][path] = text
            catalogue.execute("INSERT INTO document VALUES (?, ?, ?, ?)", (str(path), number, len(text), text.count(b"\n")))
            stored += len(text)
            if stored >> 26 > shown:
                shown = stored >> 26
                say(f"built {stored >> 20} MiB")
            if stored >= wanted:
                break
    catalogue.execute("CREATE INDEX by_path ON document (path)")
    return stored


def verify(library, catalogue, paths, stored, seed):
    """Compares everything with what it must be; returns the list of what is wrong."""
    wrong = []
    order = list(paths)
    random.Random(seed).shuffle(order)
    for count, path in enumerate(order):
        original = path.read_bytes()
        lines = 0
        for number, revisions in enumerate(library):
            if path in revisions:
                if revisions[path] != revision(original, number):
                    wrong.append(f"{path} revision {number} is not what was stored")
                lines += revisions[path].count(b"\n")
        if catalogue.execute("SELECT sum(lines) FROM document WHERE path = ?", (str(path),)).fetchone()[0] != lines:
            wrong.append(f"{path}: the catalogue has another number of lines")
        if count and count % (len(order) // 4) == 0:
            say(f"checked {100 * count // len(order)} %")
    if catalogue.execute("SELECT sum(bytes) FROM document").fetchone()[0] != stored:
        wrong.append("the catalogue has another number of bytes")
    if catalogue.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
        wrong.append("the catalogue is damaged")
    return wrong


def main(mib, seed=1):
    # The machine may kill this program for want of memory, and nothing else.
    pathlib.Path("/proc/self/oom_score_adj").write_text("900")
    paths = sources()
    start = time.monotonic()
    library = []
    catalogue = sqlite3.connect(":memory:")
    stored = build(library, catalogue, paths, int(mib) << 20)
    documents = sum(map(len, library))
    built = time.monotonic()
    say(f"{documents} documents, {stored >> 20} MiB, checking all of them")
    wrong = verify(library, catalogue, paths, stored, int(seed))
    end = time.monotonic()
    for line in wrong[:10]:
        say(line)
    print(json.dumps({"verified": not wrong, "wrong": len(wrong), "documents": documents, "bytes": stored,
                      "build_seconds": round(built - start, 2), "check_seconds": round(end - built, 2)}))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
