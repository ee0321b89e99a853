# SPDX-License-Identifier: Apache-2.0
#
# Durable pools of pam_card: their pages are there when power was away, when the module was
# unloaded, and when the card was taken from its driver; and not when they were destroyed.
# And what an operator sees of the card's health and of its flash's wear.
#
# vm: '--card=--dram=4MiB --flash=40MiB' --card=--dram=4MiB --timeout=280
# vm: --file=tests/vm/tap.sh --file=tests/vm/card.sh

. /run/vm/tap.sh
. /run/vm/card.sh

load_card() {
	modprobe pam_card timeout_ms=$((20000 * slow)) || return
	card=$(card_dir 0)
	[ -n "$card" ]
}

load_card || exit 1
backend=/sys/class/pam/pam0
equal "a card with flash has durable pools, the other none" \
	"$(cat $backend/durable) $(cat /sys/class/pam/pam1/durable)" "1 0"
equal "and says how much flash" "$(cat /sys/class/pam/pam1/flash_bytes)" 0
equal "none is there to begin with" "$(cat "$card/pam_card/durable_pools")" ""

# --- health and wear, by the names of the interface's log pages
debug=/sys/kernel/debug/pam_card
figure() { # FILE NAME
	sed -n "s/^$2 //p" "$debug/$1"
}

names() { # FILE: of its lines, each of which is a name and a number
	sed -nE 's/^([a-z_]+) (0x)?[0-9a-f]+$/\1/p' "$debug/$1" | tr '\n' ' '
}

health_names="warnings temperature spare_percent used_percent power_on_s power_cycles unsafe_shutdowns "
health_names="${health_names}dram_corrected dram_uncorrected errors fw_restarts chip_corrected chip_uncorrected "
equal "health has a line of each figure" "$(names pam0/health)" "$health_names"
equal "and of a card without flash the same" "$(names pam1/health)" "$health_names"
equal "nothing else is in it" "$(wc -l <$debug/pam0/health)" 13
equal "a new card has nothing to warn of" \
	"$(figure pam0/health warnings) $(figure pam0/health spare_percent) $(figure pam0/health used_percent)" "0x0 100 0"
equal "wear has a line of each figure" "$(names pam0/wear)" "erase_min erase_mean erase_max host_bytes flash_bytes \
bad_factory bad_grown spare_blocks corrected_bits uncorrectable refreshed "
equal "a card without flash has none, and says so" \
	"$(cat $debug/pam1/wear 2>&1)" "cat: $debug/pam1/wear: Operation not supported"

if [ $slow = 1 ]; then
	check "the card gets hot" host control 0 temperature 90
	within "that is told, with what is wrong" 20 \
		sh -c "dmesg | grep -q 'event: health (2), warnings 0x1 (temperature), 363 K'"
	equal "and shown" "$(figure pam0/health warnings) $(figure pam0/health temperature)" "0x1 363"
	check "it is cool again" host control 0 temperature 40
	equal "and nothing is wrong" "$(figure pam0/health warnings) $(figure pam0/health temperature)" "0x0 313"
else
	ok "the card gets hot # SKIP the card in RTL has no sensor in simulation"
fi

check "pam_contract loads" modprobe pam_contract
before=$(figure pam0/wear host_bytes)
puts=$(figure pam0/counters puts)
check "64 pages are made durable" sh -c "echo pam0 make durable >/sys/kernel/debug/pam_contract/keep"
equal "and counted" $(($(figure pam0/counters puts) - puts)) 64
equal "beside what commands waited for" "$(names pam0/counters | grep -o 'get_codec_cycles\|host_write_cycles' | tr '\n' ' ')" "get_codec_cycles host_write_cycles "
grown=$(($(figure pam0/wear host_bytes) - before))
[ $grown -ge $((64 * 4096)) ] && ok "the sync wrote them to flash" || not_ok "only $grown bytes were written to flash"
[ "$(figure pam0/wear flash_bytes)" -ge "$(figure pam0/wear host_bytes)" ] && ok "flash took no less than that" ||
	not_ok "flash took less than what was written to it: $(cat $debug/pam0/wear)"
check "they are right, and destroyed" sh -c "echo pam0 check durable >/sys/kernel/debug/pam_contract/keep"
rmmod pam_contract

# --- someone who does what the cases in the kernel ask for
pipes=/tmp/helper
mkdir $pipes && mkfifo $pipes/ask $pipes/answer

power_cycle() {
	epoch=$(card_count boot_epoch)
	host control 0 power-cycle >/dev/null || return
	for i in $(seq $((200 * patience))); do
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

# The card in RTL has to be a small one (suite.list), and is not filled with durable pages again and again.
only=durable,power-cycle
[ $slow = 1 ] || only=power-cycle,durable-refused,durable-lost,durable-restart,durable-destroy
contract_on pam0 helper=$pipes fill_limit_mb=64 only=$only
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
