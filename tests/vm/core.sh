# SPDX-License-Identifier: Apache-2.0
# vm: --no-card --ram=384 --timeout=120 --file=tests/vm/tap.sh
#
# The PAM core's own tests, in a module that is its backend and its frontend.
. /run/vm/tap.sh

modprobe pam_selftest
dmesg | sed -n 's/^.*pam_selftest: \(ok\|not ok\|#\|1\.\.\)/\1/p' >/tmp/core.tap
cat /tmp/core.tap
grep -q '^not ok' /tmp/core.tap && tap_failed=1
check "all tests ran" grep -q '^1\.\.' /tmp/core.tap
check "pam_selftest unloads" rmmod pam_selftest
check "pam unloads" rmmod pam
finish
