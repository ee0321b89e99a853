# SPDX-License-Identifier: Apache-2.0
#
# Durable pools of pam_card: their pages are there when power was away, when the module was
# unloaded, and when the card was taken from its driver; and not when they were destroyed.
#
# vm: '--card=--dram=4MiB --flash=40MiB' --card=--dram=4MiB --timeout=280
# vm: --file=tests/vm/tap.sh --file=tests/vm/card.sh

. /run/vm/tap.sh
. /run/vm/card.sh

load_card() {
	modprobe pam_card timeout_ms=20000 || return
	card=$(card_dir 0)
	[ -n "$card" ]
}

load_card || exit 1
backend=/sys/class/pam/pam0
equal "a card with flash has durable pools, the other none" \
	"$(cat $backend/durable) $(cat /sys/class/pam/pam1/durable)" "1 0"
equal "and says how much flash" "$(cat /sys/class/pam/pam1/flash_bytes)" 0
equal "none is there to begin with" "$(cat "$card/pam_card/durable_pools")" ""

# --- someone who does what the cases in the kernel ask for
pipes=/tmp/helper
mkdir $pipes && mkfifo $pipes/ask $pipes/answer

power_cycle() {
	epoch=$(card_count boot_epoch)
	host control 0 power-cycle >/dev/null || return
	for i in $(seq 200); do
		[ "$(card_count boot_epoch)" = "$epoch" ] || ! card_state_is live || return 0
		sleep 0.1
	done
	return 1
}

rebind() { # the driver lets go of the card under a pool in use, and takes it again
	[ "$(ls $backend/pools)" = contract-durable ] || return
	[ -z "$(cat "$card/pam_card/durable_pools")" ] || return
	basename "$card" >/sys/bus/pci/drivers/pam_card/unbind || return
	basename "$card" >/sys/bus/pci/drivers/pam_card/bind || return
	grep -qx contract-durable "$card/pam_card/durable_pools"
}

restart() { # the pool that nobody uses must be seen before the module goes, and when it is back
	grep -qx contract-durable "$card/pam_card/durable_pools" || return
	rmmod pam_card && load_card || return
	grep -qx contract-durable "$card/pam_card/durable_pools"
}

help() { # until the cases are through, which is when the kernel closes the pipe
	while read -r word <$pipes/ask; do
		case $word in
		power-cycle) power_cycle ;;
		rebind) rebind ;;
		restart) restart ;;
		*) false ;;
		esac && echo ok >$pipes/answer || echo failed >$pipes/answer
	done
}
help &
helper=$!

contract_on() { # BACKEND PARAMETER...
	modprobe pam_contract seed="${PAMCARD_SEED:-1}" backend="$@"
	grep -E '^(ok|not ok|#)' $contract/results
	! grep -qE '^(not ok|Bail)' $contract/results || tap_failed=1
}

contract_on pam0 helper=$pipes fill_limit_mb=64 only=durable,power-cycle
! grep -q SKIP $contract/results && ok "no case was skipped" || not_ok "cases were skipped"
equal "no pool is left on the card" "$(sed -n 's/^pools //p' /sys/kernel/debug/pam_card/pam0/space)" 0
equal "nor in use" "$(ls $backend/pools)" ""
rmmod pam_contract
contract_on pam1 only=durable-refused
check "the reason is told" sh -c "dmesg | grep -q 'this card has no durable pools'"
rmmod pam_contract
kill $helper 2>/dev/null
check "it unloads" rmmod pam_card
finish
