#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""tools/fwimage.py: an image is what image.h says, its signature good for it and nothing else."""

import contextlib
import io
import os
import pathlib
import re
import struct
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "tools"))
import fwimage  # noqa: E402

CODE = bytes(128) + bytes(range(256)) * 3 + b"odd"
failed = 0


def check(what, good):
    global failed
    print(f"{'ok' if good else 'not ok'} {what}")
    failed += not good


def shown(image):
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        fwimage.show(image)
    return out.getvalue()


def constant(name):
    return int(re.search(rf"#define {name}\s+(0x[0-9a-f]+|\d+)u", (TOP / "firmware/image.h").read_text())[1], 0)


def refused(code):
    try:
        fwimage.make(code, "")
    except ValueError:
        return True
    return False


check("CRC32C of the check string", fwimage.crc32c(b"123456789") == 0xE3069283)
check("numbers are image.h's", (fwimage.MAGIC, fwimage.FORMAT, fwimage.TARGET, fwimage.MOST)
      == tuple(constant(f"IMAGE_{name}") for name in ("MAGIC", "FORMAT", "TARGET", "MOST")))

image = fwimage.make(CODE, "1.2", security=7, state=0xfeedface)
_, crc, magic, size, form, target, entry, revision, security, state = struct.unpack_from("<64sIIIHHI16sII", image)
check("header", (security, state) == (7, 0xfeedface) and (magic, size, form, target, entry, revision.rstrip(bytes(1)))
      == (fwimage.MAGIC, len(image), 1, 1, 0x10000080, b"1.2") and size % 4 == 0)
check("code is behind it", image[128:128 + 771] == CODE[128:])
check("a good image is shown as one", "length good, CRC good, signature good by the DEVELOPMENT key" in shown(image))
for at in (0, 63, 64, 70, 75, 100, 130, len(image) - 1):
    other = bytearray(image)
    other[at] ^= 0x10
    check(f"a bit of byte {at} is noticed", "signature bad" in shown(bytes(other)))
check("too short, too long", refused(bytes(128)) and refused(bytes(fwimage.MOST + 1)) and not refused(bytes(fwimage.MOST)))

development = fwimage.key_pair()[1]
with tempfile.TemporaryDirectory() as folder:
    path = pathlib.Path(folder) / "key"
    path.write_bytes(bytes(range(32)))
    os.environ["PAMCARD_FW_KEY"] = str(path)
    check("another key is another one", fwimage.key_pair()[1] != development and "signature bad by the key of PAMCARD_FW_KEY" in shown(image))
    check("and signs", "signature good" in shown(fwimage.make(CODE, "")))
sys.exit(failed != 0)
