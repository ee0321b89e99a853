#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The pages that tests use: all there, small, telling nothing of anyone's machine; and
the adversarial ones are the same each time and as nasty as they say."""

import pathlib
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "tools/corpus"))
import adversarial  # noqa: E402
import collect  # noqa: E402
import extract  # noqa: E402

PAGE = 4096


def data_errors():
    files = sorted((TOP / "tests/data").glob("*.pages"))
    for name in sorted({*collect.PROGRAMS, "memory"} - {path.stem for path in files}):
        yield f"no pages of {name}"
    if sum(path.stat().st_size for path in files) > 4 << 20:
        yield "more than 4 MiB"
    for path in files:
        data = path.read_bytes()
        if len(data) % PAGE or len(data) < 96 * PAGE:
            yield f"{path.name}: {len(data)} bytes"
        if any(collect.same_filled(data[at:at + PAGE]) for at in range(0, len(data), PAGE)):
            yield f"{path.name}: a same-filled page"
        if extract.forbidden().search(data):
            yield f"{path.name}: tells of this machine"


def repeat_errors():
    first, again, other = (list(adversarial.pages(seed)) for seed in (1, 1, 2))
    if first != again:
        yield "a seed does not give the same pages"
    if [name for name, _ in first] != [name for name, _ in other]:
        yield "a seed changes which pages there are"
    if sum(mine == theirs for (_, mine), (_, theirs) in zip(first, other)) > len(first) // 4:
        yield "a seed changes little"


def hash_errors():
    # CRC-16/XMODEM's check value is over nine digits; this one is of its first four.
    if adversarial.card_hash(b"1234") != 0xd789:
        yield f"the hash of 1234 is {adversarial.card_hash(b'1234'):#x}"
    pages = dict(adversarial.pages(1))
    for bits in (10, 16):
        page = pages[f"hash-{bits}-bits-alike"]
        words = {page[at:at + 4] for at in range(0, PAGE, 4)}
        if len(words) != PAGE // 4 or len({adversarial.card_hash(word) & ((1 << bits) - 1) for word in words}) != 1:
            yield f"{bits} bits of the hash do not collide"


def main():
    failed = 0
    for what, errors in (("pages of tests/data", data_errors), ("adversarial pages are the same each time", repeat_errors),
                         ("hashes collide", hash_errors)):
        found = list(errors())
        print(f"{'not ok' if found else 'ok'} {what}")
        for error in found:
            print(f"# {error}")
        failed += bool(found)
    return failed


if __name__ == "__main__":
    sys.exit(main())
