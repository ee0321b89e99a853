#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes a folder of links to sources, for builds that write next to them.

usage: linktree.py FOLDER FILE...

FOLDER/<file> becomes a relative link to each file; links whose file is gone are
removed, what a build left there stays.
"""

import os
import pathlib
import sys


def main(folder, files):
    folder = pathlib.Path(folder)
    for file in files:
        link = folder / file
        target = os.path.relpath(file, link.parent)
        if link.is_symlink() and os.readlink(link) == target:
            continue
        link.parent.mkdir(parents=True, exist_ok=True)
        link.unlink(missing_ok=True)
        link.symlink_to(target)
    for path in folder.rglob("*"):
        if path.is_symlink() and not path.exists():
            path.unlink()


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__.split("\n\n")[1])
    main(sys.argv[1], sys.argv[2:])
