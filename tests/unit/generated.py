#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Nothing generated from spec/card.toml is stale."""

import subprocess
import sys

done = subprocess.run([sys.executable, "tools/ifgen/ifgen.py", "--check"], capture_output=True, text=True)
print("ok generated files are fresh" if done.returncode == 0 else f"not ok {done.stderr.strip()}")
sys.exit(done.returncode)
