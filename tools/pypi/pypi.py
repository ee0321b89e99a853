#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the tree takes from the package index, kept in the cache folder, never in the tree.

usage: pypi.py [--source] REQUIREMENTS

Prints the folder that has the packages of a file of requirements: versions and contents
are fixed there (--hash), dependencies are not followed. Wheels are installed; with --source
sources are unpacked, each in a folder of its own (NAME-VERSION).
"""

import hashlib
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile

UNREACHABLE = re.compile(r"NewConnectionError|ConnectTimeout|ReadTimeout|ProxyError|name resolution|"
                         r"Network is unreachable|Connection refused|No route to host", re.I)


class Offline(Exception):
    """The package index cannot be reached."""


def fetch(wanted, folder, source):
    """Puts the packages into a folder."""
    common = ["--quiet", "--no-deps", "--require-hashes", "--retries=2", f"--requirement={wanted}"]
    if source:
        names = re.findall(r"^([\w.-]+)==", wanted.read_text(), re.M)
        how = ["download", *(f"--no-binary={name}" for name in names), f"--dest={folder}"]
    else:
        how = ["install", "--only-binary=:all:", "--root-user-action=ignore", f"--target={folder}"]
    done = subprocess.run([sys.executable, "-m", "pip", *how, *common], capture_output=True, text=True, timeout=300, check=False)
    if done.returncode != 0:
        said = done.stderr.strip()
        if UNREACHABLE.search(said):
            raise Offline("the package index cannot be reached")
        raise RuntimeError(said or "pip failed")
    if source:
        for path in folder.glob("*.tar.gz"):
            with tarfile.open(path) as archive:
                archive.extractall(folder, filter="data")
            path.unlink()


def packages(wanted, name="pypi", source=False):
    """Returns the folder that has the packages of a file of requirements."""
    key = hashlib.sha256(wanted.read_bytes() + sys.version.encode()).hexdigest()[:12]
    cache = pathlib.Path(os.environ.get("PAMCARD_CACHE") or pathlib.Path.home() / ".cache/pamcard")
    folder = cache / f"{name}-{key}"
    if folder.is_dir():
        return folder
    cache.mkdir(parents=True, exist_ok=True)
    aside = pathlib.Path(tempfile.mkdtemp(prefix=f".{name}-", dir=cache))
    try:
        fetch(wanted, aside, source)
        aside.chmod(0o755)
        try:
            aside.rename(folder)
        except OSError:
            # Another run was quicker.
            if not folder.is_dir():
                raise
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return folder


def main(arguments):
    source = arguments[:1] == ["--source"]
    if len(arguments) != 1 + source:
        sys.exit(__doc__.strip())
    wanted = pathlib.Path(arguments[-1])
    try:
        print(packages(wanted, wanted.parent.name, source))
    except (Offline, RuntimeError, OSError) as why:
        sys.exit(f"pypi.py: {wanted}: {why}")


if __name__ == "__main__":
    main(sys.argv[1:])
