# SPDX-License-Identifier: Apache-2.0
# vm: --no-card --timeout=300 --file=tests/vm/tap.sh
#
# The contract's cases on pam_ram, through the kernel's API, with a size that is
# soon filled; then everything must unload.
. /run/vm/tap.sh

contract() { # BACKEND [PARAMETER...]
	modprobe pam_contract backend="$@" seed="${PAMCARD_SEED:-1}"
	grep -E '^(ok|not ok|#)' /sys/kernel/debug/pam_contract/results
	! grep -qE '^not ok|^Bail' /sys/kernel/debug/pam_contract/results || tap_failed=1
	rmmod pam_contract
}

modprobe pam_ram limit_mb=8
contract ram faults=/sys/module/pam_ram/parameters
equal "no pool is left" "$(ls /sys/class/pam/ram/pools)" ""
check "pam_ram unloads" rmmod pam_ram
check "pam unloads" rmmod pam
finish
