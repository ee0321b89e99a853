# SPDX-License-Identifier: Apache-2.0
"""Finds the kernels that can be booted. Patch versions move with the
distribution, so a kernel is named by what its version starts with."""

import glob
import os
import re

from . import Problem

BOOT = "/boot/vmlinuz-"


def version(release):
    """Returns a release's numbers for comparison: "6.12.107+deb13" is (6, 12, 107)."""
    return tuple(int(n) for n in re.match(r"[\d.]*\d", release)[0].split("."))


def releases():
    """Returns the installed kernels that have their modules too, oldest first."""
    found = [path[len(BOOT):] for path in glob.glob(BOOT + "[0-9]*")]
    found = [r for r in found if os.path.exists(f"/lib/modules/{r}/modules.dep")]
    return sorted(found, key=version)


def find(wanted):
    """Returns the newest release that `wanted` names.

    `wanted` is "newest", "oldest" or the start of a version: "6.12", "7", "7.x".
    """
    have = releases()
    if not have:
        raise Problem("no kernel with modules found (/boot/vmlinuz-*, /lib/modules/*); "
                      "run this through make or tools/toolbox/enter.sh")
    if wanted == "newest":
        return have[-1]
    if wanted == "oldest":
        return have[0]
    prefix = wanted.removesuffix(".x")
    if not re.fullmatch(r"[\d.]*\d", prefix):
        raise Problem(f"kernel '{wanted}' is not a version; say newest, 6.12 or 7.x")
    numbers = version(prefix)
    match = [r for r in have if version(r)[:len(numbers)] == numbers]
    if not match:
        raise Problem(f"no kernel {wanted} here; there is: {', '.join(have)}")
    return match[-1]
