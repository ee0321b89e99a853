#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Takes some pages of each program for the tree's tests, none of which tells of this machine.

usage: extract.py [--pages N] CORPUS FOLDER

The first N pages (a random choice, as collect.py's order is) of each CORPUS/<program>.pages
become FOLDER/<program>.pages. Programs are sampled without the caller's environment;
still, a page that mentions this tree, a home folder, this host or this user is left out.
"""

import argparse
import os
import pathlib
import pwd
import re
import socket

PAGE = 4096
TOP = pathlib.Path(__file__).resolve().parents[2]


def words():
    """What no page may hold, as bytes."""
    user = pwd.getpwuid(os.getuid())
    cache = os.environ.get("PAMCARD_CACHE", "~/.cache/pamcard")
    found = {str(TOP), user.pw_dir, os.path.expanduser(cache), "/home/", "/root", "PAMCARD", "pamcard", "SUDO_USER", "SSH_CLIENT"}
    # Shorter names are in any page by chance.
    found |= {name for name in (socket.gethostname(), user.pw_name, user.pw_gecos) if len(name) >= 5}
    return {word.encode() for word in found if len(word) >= 5}


def forbidden():
    """The words as an expression; also in UTF-16, as some runtimes keep strings."""
    forms = (form for word in sorted(words()) for form in (word, word.decode().encode("utf-16-le")))
    return re.compile(b"|".join(re.escape(form) for form in forms))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pages", type=int, default=96, help="of each program (default 96)")
    parser.add_argument("corpus", type=pathlib.Path)
    parser.add_argument("folder", type=pathlib.Path)
    arguments = parser.parse_args()
    telling = forbidden()
    for path in sorted(arguments.corpus.glob("*.pages")):
        data = path.read_bytes()
        pages = [data[at:at + PAGE] for at in range(0, len(data), PAGE)]
        clean = [page for page in pages if not telling.search(page)]
        (arguments.folder / path.name).write_bytes(b"".join(clean[:arguments.pages]))
        print(f"  {path.stem:10} {min(len(clean), arguments.pages)} pages; {len(pages) - len(clean)} of {len(pages)} left out")


if __name__ == "__main__":
    main()
