#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Images of the firmware for the card's boot flash: makes, signs and shows them.

usage: fwimage.py key                     the public key, as C wants it
       fwimage.py make CODE.bin OUT [REVISION [SECURITY [STATE]]]
       fwimage.py show IMAGE

The key that signs is the file named by PAMCARD_FW_KEY (32 bytes, the seed). Without it that
is the DEVELOPMENT key below, which everybody knows: no card that is to be trusted may take
it. The loader in ROM has the public key of the one that was in use when it was made.

The form of an image is in firmware/image.h. Signatures are Monocypher's
EdDSA (build/tools/monocypher.so).
"""

import ctypes
import os
import pathlib
import struct
import sys

TOP = pathlib.Path(__file__).resolve().parents[1]
LIBRARY = TOP / "build/tools/monocypher.so"
DEVELOPMENT_SEED = b"PAM card DEVELOPMENT key: public"

MAGIC, FORMAT, TARGET = 0x464D4150, 1, 1
HEADER = struct.Struct("<64sIIIHHI16sII20x")
BASE, MOST = 0x10000000, 0x10000


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def seed():
    path = os.environ.get("PAMCARD_FW_KEY")
    if not path:
        return DEVELOPMENT_SEED
    found = pathlib.Path(path).read_bytes()
    if len(found) != 32:
        sys.exit(f"fwimage.py: {path}: a key has 32 bytes, not {len(found)}")
    return found


def key_pair():
    """(secret key, public key)"""
    secret, public = ctypes.create_string_buffer(64), ctypes.create_string_buffer(32)
    ctypes.CDLL(LIBRARY).crypto_eddsa_key_pair(secret, public, ctypes.create_string_buffer(seed(), 32))
    return secret, public.raw


def sign(message):
    signature = ctypes.create_string_buffer(64)
    ctypes.CDLL(LIBRARY).crypto_eddsa_sign(signature, key_pair()[0], message, ctypes.c_size_t(len(message)))
    return signature.raw


def make(code, revision, form=FORMAT, target=TARGET, entry=BASE + HEADER.size, security=0, state=0):
    """The image of code, which has room for the header at its start."""
    code = code + bytes(-len(code) % 4)
    if len(code) <= HEADER.size or len(code) > MOST:
        raise ValueError(f"an image has more than {HEADER.size} and up to {MOST} bytes, not {len(code)}")
    rest = HEADER.pack(bytes(64), 0, MAGIC, len(code), form, target, entry, revision.encode()[:16], security, state)[68:] + code[HEADER.size:]
    signed = struct.pack("<I", crc32c(rest)) + rest
    return sign(signed) + signed


def show(image):
    signature, crc, magic, size, form, target, entry, revision, security, state = HEADER.unpack_from(image)
    good = magic == MAGIC and size == len(image)
    print(f"revision {revision.rstrip(bytes(1)).decode()}, {size} bytes, format {form}, target {target}, entry {entry:#x}, security {security}, state {state:#x}")
    print(f"length {'good' if good else 'bad'}, CRC {'good' if good and crc32c(image[68:]) == crc else 'bad'}, "
          f"signature {'good' if ctypes.CDLL(LIBRARY).crypto_eddsa_check(signature, key_pair()[1], image[64:], ctypes.c_size_t(len(image) - 64)) == 0 else 'bad'}"
          f" by the {'key of PAMCARD_FW_KEY' if os.environ.get('PAMCARD_FW_KEY') else 'DEVELOPMENT key'}")


def main(arguments):
    if arguments == ["key"]:
        public = key_pair()[1]
        print(f"/* {'The key of PAMCARD_FW_KEY' if os.environ.get('PAMCARD_FW_KEY') else 'The DEVELOPMENT key, which everybody has'} */")
        print(", ".join(f"0x{byte:02x}" for byte in public))
    elif arguments[:1] == ["make"] and 3 <= len(arguments) <= 6:
        code = pathlib.Path(arguments[1]).read_bytes()
        security, state = ([int(number, 0) for number in arguments[4:]] + [0, 0])[:2]
        pathlib.Path(arguments[2]).write_bytes(make(code, arguments[3] if len(arguments) > 3 else "", security=security, state=state))
    elif arguments[:1] == ["show"] and len(arguments) == 2:
        show(pathlib.Path(arguments[1]).read_bytes())
    else:
        sys.exit(__doc__.strip())


if __name__ == "__main__":
    main(sys.argv[1:])
