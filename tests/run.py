#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the tests of tests/suite.list and counts their cases; those of layer "long" only
when they are asked for.

usage: run.py [--help | --list | NAME-OR-LAYER ...]

Every test runs in a process group of its own with a timeout; its whole output
goes to build/test/<name>.log, and is shown when it fails. PAMCARD_SEED is printed and
handed to every test. When it is not set it is drawn for the tests of layer "long",
which look for what nobody has seen yet; all others make the same choices each time,
so that one that fails does so because of a change.
The last line is "N passed, N failed", with ", N skipped" when there were any.
"""

import contextlib
import os
import pathlib
import re
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

TOP = pathlib.Path(__file__).resolve().parents[1]
LOGS = TOP / "build/test"
CASE = re.compile(r"^(ok|not ok)\b(.*)$")
# So many tests run side by side, as most use one core. Those that share out their work
# themselves, by name or layer, have all places.
PLACES = 2
WIDE = {"rtl-lint", "rtl-lint-each", "formal", "rtl-proofs-long"}
USUAL_SEED = 20261128


def load():
    """Returns [(layer, name, timeout, command)], layer by layer, otherwise in file order."""
    tests = []
    for number, line in enumerate((TOP / "tests/suite.list").read_text().splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        parts = [part.strip() for part in line.split("|", 3)]
        if len(parts) != 4 or not parts[2].isdigit():
            sys.exit(f"tests/suite.list:{number}: want 'layer | name | seconds | command'")
        tests.append((parts[0], parts[1], int(parts[2]), parts[3]))
    layers = list(dict.fromkeys(test[0] for test in tests))
    return sorted(tests, key=lambda test: layers.index(test[0]))


def wait(process, timeout):
    """Waits for a test; returns its exit status, None if it had to be ended, and the processor
    time of all it started, in seconds: that tells what a test costs, the machine's load aside."""
    late = threading.Event()

    def end():
        late.set()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)

    timer = threading.Timer(timeout, end)
    timer.start()
    _, status, used = os.wait4(process.pid, 0)
    timer.cancel()
    process.returncode = os.waitstatus_to_exitcode(status)
    return None if late.is_set() else process.returncode, used.ru_utime + used.ru_stime


def run(test):
    """Runs one test; returns (passed, failed, skipped, seconds, processor seconds, log path)."""
    _, name, timeout, command = test
    log = LOGS / f"{name}.log"
    start = time.monotonic()
    with open(log, "wb") as out:
        process = subprocess.Popen(command, shell=True, cwd=TOP, stdout=out, stderr=subprocess.STDOUT,
                                   stdin=subprocess.DEVNULL, start_new_session=True)
        code, used = wait(process, timeout)
        # Nothing a test started may outlive it.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        if code is None:
            out.write(f"\nnot ok {name} did not end within {timeout} s\n".encode())
    passed = failed = skipped = 0
    for line in log.read_text(errors="replace").splitlines():
        match = CASE.match(line)
        if not match:
            continue
        if match[1] == "not ok":
            failed += 1
        elif "# SKIP" in match[2]:
            skipped += 1
        else:
            passed += 1
    if failed == 0 and (code != 0 or passed + skipped == 0):
        # A crash between cases, or a test that tested nothing.
        failed = 1
    return passed, failed, skipped, time.monotonic() - start, used, log


def report(test, result):
    """Prints a test's line, and its log when it failed."""
    passed, failed, skipped, seconds, used, log = result
    word = "FAIL" if failed else "ok"
    extra = f", {skipped} skipped" if skipped else ""
    print(f"  {word:4} {test[0]:9} {test[1]:32} {passed} passed, {failed} failed{extra}  ({seconds:.1f} s, {used:.1f} s of processors)", flush=True)
    if failed:
        lines = log.read_text(errors="replace").splitlines()
        for line in lines[-60:]:
            print(f"       | {line}")
        print(f"       (all of it: {log.relative_to(TOP)})", flush=True)


def run_all(tests):
    """Yields (test, result), begun and told in the tests' order."""
    free = threading.Semaphore(PLACES)
    begun = []
    with ThreadPoolExecutor(PLACES) as pool:
        for test in tests:
            places = PLACES if {test[0], test[1]} & WIDE else 1
            for _ in range(places):
                free.acquire()
            while begun and begun[0][1].done():
                yield begun[0][0], begun.pop(0)[1].result()
            future = pool.submit(run, test)
            future.add_done_callback(lambda _, places=places: free.release(places))
            begun.append((test, future))
        for test, future in begun:
            yield test, future.result()


def main(arguments):
    if "--help" in arguments or "-h" in arguments:
        print(__doc__.strip())
        return 0
    tests = load()
    if arguments == ["--list"]:
        for test in tests:
            print(f"{test[0]:9} {test[1]}")
        return 0
    if arguments:
        unknown = [a for a in arguments if not any(a in test[:2] for test in tests)]
        if unknown:
            sys.exit(f"no such test or layer: {', '.join(unknown)} (run.py --list shows them)")
        tests = [test for test in tests if test[0] in arguments or test[1] in arguments]
    else:
        tests = [test for test in tests if test[0] != "long"]
    drawn = int.from_bytes(os.urandom(4), "little") if any(test[0] == "long" for test in tests) else USUAL_SEED
    seed = os.environ.setdefault("PAMCARD_SEED", str(drawn))
    LOGS.mkdir(parents=True, exist_ok=True)
    print(f"running {len(tests)} tests, PAMCARD_SEED={seed}", flush=True)
    totals = [0, 0, 0]
    broken = []
    for test, result in run_all(tests):
        report(test, result)
        if result[1]:
            broken.append(test[1])
        for place in range(3):
            totals[place] += result[place]
    if broken:
        print(f"failed: {', '.join(broken)} (PAMCARD_SEED={seed})")
    tail = f", {totals[2]} skipped" if totals[2] else ""
    print(f"{totals[0]} passed, {totals[1]} failed{tail}")
    return 1 if totals[1] or not totals[0] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
