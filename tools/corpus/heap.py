# SPDX-License-Identifier: Apache-2.0
"""A Python heap of its ordinary kind, for collect.py: parsed sources, word counts, records.

Prints a line when it is built, then waits to be sampled.
"""

import ast
import collections
import json
import pathlib
import re
import sysconfig
import time


def build():
    sources = sorted(pathlib.Path(sysconfig.get_path("stdlib")).glob("*.py"))[:60]
    trees = []
    words = collections.Counter()
    places = collections.defaultdict(list)
    records = []
    for source in sources:
        text = source.read_text(errors="replace")
        trees.append(ast.parse(text))
        for number, line in enumerate(text.splitlines()):
            for word in re.findall(r"\w+", line):
                words[word] += 1
                places[word].append((source.name, number))
            records.append({"file": source.name, "line": number, "text": line, "length": len(line)})
    return trees, words, places, records, json.loads(json.dumps(records))


heap = build()
print("ready", flush=True)
while True:
    time.sleep(60)
