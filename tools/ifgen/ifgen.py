#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Generates everything that is derived from spec/: card.toml, mailbox.toml, mcu.toml.

usage: ifgen.py [--check]

Without an option, writes the generated files. With --check, writes nothing and
exits 1 naming each file that differs from what would be written.
"""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import c_header  # noqa: E402
import docs  # noqa: E402
import mailbox  # noqa: E402
import mcu  # noqa: E402
import rtl  # noqa: E402
import spec as spec_module  # noqa: E402

TOP = pathlib.Path(__file__).resolve().parents[2]
OUTPUTS = {
    "include/pamc_if.h": c_header.emit,
    "docs/interface.md": docs.emit,
    "rtl/pcie/pamc_pkg.sv": rtl.emit_package,
    "rtl/pcie/pamc_regs.sv": rtl.emit_registers,
}
MAILBOX_OUTPUTS = {
    "include/pamc_mailbox.h": mailbox.emit_header,
    "rtl/mcu/mailbox_pkg.sv": mailbox.emit_package,
}
MCU_OUTPUTS = {
    "include/pamc_mcu.h": mcu.emit_header,
    "rtl/mcu/mcu_pkg.sv": mcu.emit_package,
}


def main(arguments):
    check = arguments == ["--check"]
    if arguments and not check:
        sys.exit(__doc__.strip())
    try:
        spec = spec_module.load(TOP / "spec/card.toml")
        mailbox_spec = mailbox.load(TOP / "spec/mailbox.toml")
        mcu_spec = mcu.load(TOP / "spec/mcu.toml")
    except spec_module.SpecError as error:
        sys.exit(f"spec: {error}")
    texts = {name: emit(of) for outputs, of in ((OUTPUTS, spec), (MAILBOX_OUTPUTS, mailbox_spec), (MCU_OUTPUTS, mcu_spec)) for name, emit in outputs.items()}
    stale = []
    for name, text in texts.items():
        path = TOP / name
        if path.exists() and path.read_text() == text:
            continue
        if check:
            stale.append(name)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
            print(f"generated {name}")
    if stale:
        sys.exit("stale, run 'make generate': " + ", ".join(stale))


if __name__ == "__main__":
    main(sys.argv[1:])
