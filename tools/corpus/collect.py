#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Samples memory pages of live programs, as benchmarks and tests need them.

usage: collect.py [--pages N] FOLDER

Compression of made-up data says nothing about memory. So this starts a few
programs, lets each build a heap of its ordinary kind (its input is what every
toolbox has: the sources of Python, Perl and C++ libraries), stops it, and takes
N of its resident anonymous pages at random; same-filled ones are left out, as
no codec is needed for them. Nothing is read but the memory of programs started
here, with nothing of the caller's environment. Each program becomes FOLDER/<program>.pages: N raw 4 KiB pages.
"""

import argparse
import os
import pathlib
import random
import re
import select
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time

PAGE = 4096
HERE = pathlib.Path(__file__).resolve().parent
# Long enough on a busy machine; nothing here takes more than some seconds.
TIMEOUT = 120
# Fixed, so that the same heap gives the same sample.
SEED = 20
# No trace of who runs this is to be in the pages.
CLEAN = {"cwd": "/", "env": {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}}

SQL = """
CREATE TABLE orders(id INTEGER PRIMARY KEY, customer TEXT, item TEXT, price REAL, placed TEXT, note TEXT);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 150000)
INSERT INTO orders SELECT i, 'customer-' || (i * 7919 % 9973), lower(hex(randomblob(6))),
  abs(random() % 100000) / 100.0, datetime(1700000000 + i * 37, 'unixepoch'),
  CASE i % 5 WHEN 0 THEN 'deliver to the back door' WHEN 1 THEN 'gift' ELSE NULL END FROM n;
CREATE INDEX by_customer ON orders(customer, placed);
CREATE INDEX by_item ON orders(item);
SELECT 'ready';
"""


def compiler():
    """A C++ compiler at work on the standard library: taken as soon as its heap is large."""
    cc1plus, multiarch = (subprocess.run(["gcc", option], capture_output=True, text=True, check=True).stdout.strip()
                          for option in ("-print-prog-name=cc1plus", "-print-multiarch"))
    source = "#include <bits/stdc++.h>\nint main() { std::map<std::string, std::regex> m; std::cout << m.size(); " \
             "std::vector<std::pair<int, std::string>> v; std::stable_sort(v.begin(), v.end()); " \
             "return std::regex_match(\"a\", std::regex(\"a+\")); }\n"
    child = subprocess.Popen([cc1plus, "-quiet", "-imultiarch", multiarch, "-D_GNU_SOURCE", "-O2", "-", "-o", "/dev/null"],
                             stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, **CLEAN)
    child.stdin.write(source.encode())
    child.stdin.close()
    deadline = time.monotonic() + TIMEOUT
    while resident(child.pid) < 130 << 20:
        if child.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError("the compiler ended before its heap was large")
        time.sleep(0.01)
    return child


def waiting(command, text):
    """A program that does what it reads, prints a line when its heap is built, and then waits."""
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, **CLEAN)
    child.stdin.write(text.encode())
    child.stdin.flush()
    if command[0] != "sqlite3":
        child.stdin.close()
    ready, _, _ = select.select([child.stdout], [], [], TIMEOUT)
    if not ready or not child.stdout.readline():
        child.kill()
        child.wait()
        raise RuntimeError(f"{command[0]} did not get ready")
    return child


def java():
    """A Java program, compiled first, so that the compiler's heap is not the one that is sampled."""
    folder = tempfile.mkdtemp()
    try:
        subprocess.run(["javac", "-d", folder, HERE / "Heap.java"], check=True, timeout=TIMEOUT, env=CLEAN["env"])
        return waiting(["java", "-Xmx256m", "-XX:+UseG1GC", "-XX:-UsePerfData", "-cp", folder, "Heap"], "")
    finally:
        # It has loaded all it needs.
        shutil.rmtree(folder)


PROGRAMS = {
    "compiler": compiler,
    "python": lambda: waiting(["python3", "-I", "-"], (HERE / "heap.py").read_text()),
    "perl": lambda: waiting(["perl", "-"], (HERE / "heap.pl").read_text()),
    "sqlite": lambda: waiting(["sqlite3", "-batch", ":memory:"], SQL),
    "node": lambda: waiting(["node", "-"], (HERE / "heap.js").read_text()),
    "java": java,
}


def resident(pid):
    """Bytes of anonymous memory in RAM."""
    try:
        status = pathlib.Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    match = re.search(r"^RssAnon:\s+(\d+) kB", status, re.M)
    return int(match[1]) << 10 if match else 0


def anonymous_pages(pid):
    """Addresses of resident pages that belong to no file."""
    pages = []
    with open(f"/proc/{pid}/pagemap", "rb", buffering=0) as pagemap:
        for line in pathlib.Path(f"/proc/{pid}/maps").read_text().splitlines():
            fields = line.split(None, 5)
            name = fields[5] if len(fields) > 5 else ""
            if "r" not in fields[1] or (name and not name.startswith(("[heap]", "[anon"))):
                continue
            start, end = (int(part, 16) for part in fields[0].split("-"))
            entries = os.pread(pagemap.fileno(), (end - start) // PAGE * 8, start // PAGE * 8)
            for number, (entry,) in enumerate(struct.iter_unpack("<Q", entries)):
                # Bit 63: in RAM; bit 61: of a file or shared.
                if entry >> 63 & 1 and not entry >> 61 & 1:
                    pages.append(start + number * PAGE)
    return pages


def same_filled(page):
    return page == page[:8] * (PAGE // 8)


def sample(pid, wanted):
    """At most wanted pages of a stopped process, in random order."""
    addresses = anonymous_pages(pid)
    random.Random(SEED).shuffle(addresses)
    pages = []
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        for address in addresses:
            page = os.pread(memory.fileno(), PAGE, address)
            if len(page) == PAGE and not same_filled(page):
                pages.append(page)
            if len(pages) == wanted:
                break
    return pages, len(addresses)


def collect(name, start, wanted, folder):
    child = start()
    try:
        os.kill(child.pid, signal.SIGSTOP)
        pages, among = sample(child.pid, wanted)
    finally:
        child.kill()
        child.wait()
    # In place at once: an interrupted run leaves no half file behind.
    part = folder / f"{name}.part"
    part.write_bytes(b"".join(pages))
    part.rename(folder / f"{name}.pages")
    print(f"  {name:10} {len(pages)} pages of {among}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pages", type=int, default=4096, help="of each program (default 4096)")
    parser.add_argument("folder", type=pathlib.Path)
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    print("sampling memory pages of live programs")
    for name, start in PROGRAMS.items():
        try:
            collect(name, start, arguments.pages, arguments.folder)
        except (OSError, RuntimeError, subprocess.SubprocessError) as error:
            sys.exit(f"collect.py: {name}: {error}")


if __name__ == "__main__":
    main()
