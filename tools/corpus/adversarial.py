#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes pages that are hard on a page codec, the same ones for the same seed.

usage: adversarial.py [--seed N] FOLDER

Real memory seldom reaches the corners of a compressor or its format: short and odd
offsets, lengths at which a length field grows, pages at the threshold of being worth
it, hashes that all collide. FOLDER/adversarial.pages gets the pages, and
FOLDER/adversarial.names one name a line in the same order.
"""

import argparse
import pathlib
import random

PAGE = 4096
# Longest LZ4 block that is kept as such: codec_pkg::Lz4MostBytes.
MOST = PAGE - 64


def run_of(text, offset, length):
    """Appends a match: length bytes from so far back, which may overlap what it makes."""
    for _ in range(length):
        text.append(text[-offset])


def incompressible(rng):
    for number in range(4):
        yield f"random-{number}", rng.randbytes(PAGE)
    # Every byte different from its neighbours, from a small alphabet: no 4 bytes twice for long.
    yield "random-4-bits", bytes(rng.randrange(16) for _ in range(PAGE))
    yield "random-7-bits", bytes(rng.randrange(128) for _ in range(PAGE))


def periods(rng):
    """Runs of every period 1 ... 40, from the start of the page and behind some literals."""
    for period in range(1, 41):
        unit = rng.randbytes(period)
        yield f"period-{period}", (unit * PAGE)[:PAGE]
        head = rng.randbytes(rng.randrange(1, 60))
        yield f"period-{period}-later", (head + unit * PAGE)[:PAGE]


def offsets(rng):
    """Matches of one offset 1 ... 15 (then of all, and some long ones), random lengths and literals between."""
    for near in [*range(1, 16), 0, 16, 17, 31, 32, 33, 63, 64, 65]:
        text = bytearray(rng.randbytes(80))
        while len(text) < PAGE:
            run_of(text, near or rng.randrange(1, 16), rng.randrange(4, 60))
            text += rng.randbytes(rng.randrange(0, 9))
        yield f"offset-{near or 'any'}", bytes(text[:PAGE])


def longest_offsets(rng):
    """Matches as far back as a page allows."""
    head = rng.randbytes(2040)
    yield "offset-2040", (head + head + rng.randbytes(PAGE))[:PAGE]
    for length in (4, 5, 8, 30):
        middle = rng.randbytes(PAGE - 2 * length - 12)
        yield f"first-{length}-bytes-again-at-end", head[:length] + middle + head[:length] + rng.randbytes(12)


def lengths(rng):
    """Literals and matches of exactly the lengths at which LZ4's length fields grow."""
    corners = [14, 15, 16, 268, 269, 270, 271, 523, 524, 525, 526]
    for literals in sorted({0, 1, 4, 5, 8, 17, *corners}):
        text = bytearray(rng.randbytes(16))
        while len(text) < PAGE:
            text += rng.randbytes(literals)
            run_of(text, 16, 5)
        yield f"literals-{literals}", bytes(text[:PAGE])
    for match in sorted({4, 5, 7, 8, 9, 17, *(corner + 4 for corner in corners)}):
        text = bytearray(rng.randbytes(24))
        while len(text) < PAGE:
            run_of(text, rng.choice([1, 3, 8, 24]), match)
            text += rng.randbytes(3)
        yield f"match-{match}", bytes(text[:PAGE])


def near_duplicates(rng):
    """A record again and again, with few bytes changed each time."""
    for stride in (8, 12, 16, 20, 24, 28, 32, 40, 48, 56, 64, 72, 88, 96, 100, 128, 192, 256, 500, 512, 1024, 2048):
        for changed in (1, 2, 4):
            record = bytearray(rng.randbytes(stride))
            text = bytearray()
            while len(text) < PAGE:
                text += record
                for _ in range(changed):
                    record[rng.randrange(stride)] = rng.randrange(256)
            yield f"records-of-{stride}-{changed}-changed", bytes(text[:PAGE])
    # The change is always at the same place: a counter.
    for stride in (8, 16, 24, 32, 64):
        record = rng.randbytes(stride - 4)
        yield f"counter-in-{stride}", b"".join(record + n.to_bytes(4, "little") for n in range(PAGE // stride + 1))[:PAGE]


def card_hash(text):
    """lz4_card_hash() of sim/model/lz4_card.h: CRC-16/CCITT of 4 bytes, initial value 0."""
    state = 0
    for byte in text:
        state ^= byte << 8
        for _ in range(8):
            state = (state << 1 ^ (0x1021 if state & 0x8000 else 0)) & 0xffff
    return state


def kernel(function, bits):
    """Basis of the 4-byte strings that a hash, linear over GF(2), takes to 0 in its lowest bits."""
    mask = (1 << bits) - 1
    rows, basis = {}, []
    for position in range(32):
        value, combination = function((1 << position).to_bytes(4, "little")) & mask, 1 << position
        while value and value.bit_length() in rows:
            pivot, with_it = rows[value.bit_length()]
            value, combination = value ^ pivot, combination ^ with_it
        if value:
            rows[value.bit_length()] = value, combination
        else:
            basis.append(combination)
    return basis


def collisions(rng):
    """Distinct 4-byte strings that want the same set of the compressor's table: 10 bits
    of the hash alike (bank and set), 14 (and tag), all 16; some of them return."""
    for bits in (5, 10, 14, 16):
        basis = kernel(card_hash, bits)
        start = rng.getrandbits(32)
        strings = []
        for number in range(1, PAGE // 4 + 1):
            value = start
            for place, vector in enumerate(basis):
                if number >> place & 1:
                    value ^= vector
            strings.append(value.to_bytes(4, "little"))
        assert len(set(strings)) == PAGE // 4 and len({card_hash(string) & ((1 << bits) - 1) for string in strings}) == 1
        rng.shuffle(strings)
        yield f"hash-{bits}-bits-alike", b"".join(strings)
        # Each comes again after so many others, so it must still be in the set to be found.
        for ways in (1, 3, 4, 5, 8):
            group = [strings[at:at + ways] for at in range(0, len(strings), ways)]
            yield f"hash-{bits}-bits-alike-again-after-{ways}", b"".join(string for some in group for string in some + some)[:PAGE]
        # With a byte of its own between: positions of all alignments.
        yield f"hash-{bits}-bits-alike-apart", b"".join(string + rng.randbytes(1) for string in strings)[:PAGE]


def thresholds(rng):
    """Pages that LZ4 makes about as long as the threshold for keeping them raw."""
    # Random bytes cost one each and one per 255; a match of n saves about n - 3.
    for saved in range(88, 108):
        text = rng.randbytes(PAGE - saved)
        yield f"saves-{saved}-by-one-match", text + text[100:100 + saved - 12] + rng.randbytes(12)
    for count in range(10, 50, 3):
        text = bytearray()
        while len(text) < PAGE:
            text += rng.randbytes((PAGE - 8 * count) // (count + 1))
            if len(text) > 8:
                at = rng.randrange(0, len(text) - 8)
                text += text[at:at + 8]
        yield f"{count}-matches-of-8", bytes(text[:PAGE - 12]) + rng.randbytes(12)


def changed_bytes(rng):
    """All zero, or all words alike, but for one byte."""
    places = (0, 1, 3, 4, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 255, 256, 2047, 2048, 4079, 4080, 4083, 4084, 4085, 4087, 4088, 4090, 4091, 4092, 4095)
    word = rng.randbytes(8)
    for place in places:
        for name, base in (("zeros", bytes(PAGE)), ("words", word * (PAGE // 8))):
            text = bytearray(base)
            text[place] ^= 1 << rng.randrange(8)
            yield f"{name}-but-byte-{place}", bytes(text)


def ends(rng):
    """Pages whose last bytes are a copy of earlier ones: the format wants literals there."""
    for length in (1, 4, 5, 6, 8, 11, 12, 13, 14, 15, 16, 17, 20, 24, 32, 100, 1000):
        text = rng.randbytes(PAGE - length)
        yield f"copy-of-{length}-to-the-end", text + text[200:200 + length]
        text = bytearray(rng.randbytes(PAGE - length))
        run_of(text, rng.randrange(1, 9), length)
        yield f"run-of-{length}-to-the-end", bytes(text)


def words(rng):
    """8-byte words all alike: the card keeps one of them."""
    for name, word in (("zero", bytes(8)), ("ones", b"\xff" * 8), ("byte", b"\x5a" * 8), ("any", rng.randbytes(8)),
                       ("small", (7).to_bytes(8, "little"))):
        yield f"words-{name}", word * (PAGE // 8)


def sparse(rng):
    """Zeroes with a few bytes, words or pointers here and there."""
    for count in (2, 8, 32, 128, 400):
        text = bytearray(PAGE)
        for _ in range(count):
            text[rng.randrange(PAGE)] = rng.randrange(1, 256)
        yield f"sparse-{count}-bytes", bytes(text)
        text = bytearray(PAGE)
        for _ in range(count):
            at = 8 * rng.randrange(PAGE // 8)
            text[at:at + 8] = (0x7f12_3450_0000 + 16 * rng.randrange(1 << 16)).to_bytes(8, "little")
        yield f"sparse-{count}-pointers", bytes(text)


KINDS = (incompressible, periods, offsets, longest_offsets, lengths, near_duplicates, collisions, thresholds, changed_bytes, ends,
         words, sparse)


def pages(seed):
    """Yields (name, page); a kind's pages do not depend on the other kinds."""
    for kind in KINDS:
        for name, page in kind(random.Random(f"{seed} {kind.__name__}")):
            if len(page) != PAGE:
                raise AssertionError(f"{name} has {len(page)} bytes")
            yield name, page


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("folder", type=pathlib.Path)
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    made = list(pages(arguments.seed))
    names = [name for name, _ in made]
    assert len(set(names)) == len(names)
    (arguments.folder / "adversarial.names").write_text("".join(f"{name}\n" for name in names))
    (arguments.folder / "adversarial.pages").write_bytes(b"".join(page for _, page in made))
    print(f"{len(made)} adversarial pages")


if __name__ == "__main__":
    main()
