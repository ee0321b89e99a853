#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# vm: --no-card --ram=512 --timeout=900
#
# The part of bench-capacity that runs in the guest: the kernel's zram through
# the same phases. capacity.py hands in the program and the pages.
set -eu
modprobe lz4
modprobe zram num_devices=1
/run/vm/capacity --target=zram --output-format=json "$@" /run/vm/*.pages
uname -r
