# SPDX-License-Identifier: Apache-2.0
"""Virtual machines with simulated PAM cards: what sim/vm/run, the demo and the
swap benchmark share. The README beside this package says how to use it."""

import pathlib

TOP = pathlib.Path(__file__).resolve().parents[3]
BUILD = TOP / "build"
CACHE = BUILD / "vm"


class Problem(Exception):
    """Something the user can put right; its text says what and how."""
