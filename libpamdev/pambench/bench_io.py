#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""make bench-io: pambench on a card in the process and on one behind a socket, the
same pages for all, in one table with what it ran on. All figures also go to
build/bench/io.json."""

import contextlib
import json
import os
import pathlib
import platform
import re
import signal
import subprocess
import sys
import tempfile
import time

PAGE = 4096
PAGES = 4096
OUT = pathlib.Path("build/bench")
# name, pambench options
RUNS = [
    ("synchronous", ["--depth=0"]),
    ("depth 16, batches of 1", ["--depth=16", "--batch=1"]),
    ("depth 32, batches of 8", ["--depth=32", "--batch=8"]),
    ("depth 32, 64 KiB pages", ["--depth=32", "--batch=8", "--order=4", f"--count={PAGES // 16}"]),
    ("depth 32, buffers copied", ["--depth=32", "--batch=8", "--unaligned"]),
]


def mixed_pages():
    """A file of PAGES pages, an equal part of each corpus, spread over all of it."""
    sources = sorted(pathlib.Path("build/corpus").glob("*.pages")) or [pathlib.Path("tests/data/memory.pages")]
    mix = OUT / "mix.pages"
    with open(mix, "wb") as out:
        for source in sources:
            data = source.read_bytes()
            have = len(data) // PAGE
            for i in range(PAGES // len(sources)):
                at = i * have // (PAGES // len(sources)) * PAGE
                out.write(data[at:at + PAGE])
    return mix, [source.stem for source in sources]


@contextlib.contextmanager
def pamsim():
    """Yields the URI of a card on a socket."""
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/card"
        process = subprocess.Popen(["build/pamsim", f"--socket-path={path}", "--dram=1GiB"], stderr=subprocess.DEVNULL)
        try:
            for _ in range(500):
                if os.path.exists(path) or process.poll() is not None:
                    break
                time.sleep(0.02)
            yield f"vfio-user:{path}"
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


def measure(uri, options, pages):
    command = ["build/pambench", "-d", uri, f"--pages={pages}", f"--count={PAGES}", "--rounds=5", "-o", "json", *options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)
    if done.returncode:
        sys.exit(f"bench-io: {' '.join(command)}: {done.stderr.strip()}")
    return json.loads(done.stdout)


def environment(corpora):
    cpu = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())
    header = pathlib.Path("/usr/include/lz4.h").read_text()
    version = re.findall(r"#define LZ4_VERSION_(?:MAJOR|MINOR|RELEASE)\s+(\d+)", header)
    return {
        "cpu": cpu[1] if cpu else "unknown",
        "cores": os.cpu_count(),
        "kernel": platform.release(),
        "liblz4": ".".join(version),
        "load_average": os.getloadavg()[0],
        "pages": corpora,
    }


def ns(value):
    return f"{value / 1000:.1f} us" if value < 1e6 else f"{value / 1e6:.1f} ms"


def line(name, figures):
    put, get = figures["put"], figures["get"]
    print(f"{name:26} {put['pages_per_second']:9.0f} {ns(put['p50_ns']):>9} {ns(put['p99_ns']):>9} "
          f"{figures['put_percent_of_lz4']:5.0f} % {get['pages_per_second']:10.0f} {ns(get['p50_ns']):>9} "
          f"{ns(get['p99_ns']):>9} {figures['get_percent_of_lz4']:5.0f} %", flush=True)


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    pages, corpora = mixed_pages()
    result = {"environment": environment(corpora), "runs": []}
    e = result["environment"]
    print(f"{e['cpu']}, {e['cores']} cores, Linux {e['kernel']}, liblz4 {e['liblz4']}, load {e['load_average']:.1f}")
    print(f"{PAGES} pages of memory of {', '.join(corpora)}, visited at random; percent of bare liblz4's speed\n")
    print(f"{'':26} {'put/s':>9} {'p50':>9} {'p99':>9} {'lz4':>7} {'get/s':>10} {'p50':>9} {'p99':>9} {'lz4':>7}")
    lz4 = None
    with pamsim() as socket:
        for kind, uri in (("model:", "model:dram=1G"), ("vfio-user:", socket)):
            print(kind)
            for name, options in RUNS:
                figures = measure(uri, options, pages)
                result["runs"].append({"transport": kind, "run": name, **figures})
                line(f"  {name}", figures)
                lz4 = lz4 or figures
    print(f"bare liblz4: compresses {lz4['lz4_compress']['pages_per_second']:.0f} pages/s, "
          f"expands {lz4['lz4_decompress']['pages_per_second']:.0f} pages/s, ratio {lz4['lz4_ratio']:.2f}")
    print("percent for model: are of processor time, for vfio-user: of time")
    (OUT / "io.json").write_text(json.dumps(result, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
