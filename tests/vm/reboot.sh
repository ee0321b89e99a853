# SPDX-License-Identifier: Apache-2.0
#
# What becomes of pools on a card when the host crashes and starts again, and the card
# does not: durable ones are there for who opens them; others are destroyed, or with
# adopt=1 given to who creates them again. The machine is reset twice, without a word to the
# card, and runs this script from its beginning each time; the disk says which time it is.
#
# vm: '--card=--dram=8MiB --flash=40MiB' --disk=1 --timeout=280
# vm: --file=tests/vm/tap.sh --file=tests/vm/card.sh

. /run/vm/tap.sh
. /run/vm/card.sh

modprobe pam_contract || exit 1
said() { # WORDS: of the driver, in this kernel's log
	dmesg | grep -q "pam_card .*$1"
}

keep() { # make|check durable|persistent
	echo "pam0 $*" 2>/dev/null >/sys/kernel/debug/pam_contract/keep
}

# Pools, and the pages of all of them, as the card counts them.
held() {
	sed -n 's/^\(pools\|pages\) //p' /sys/kernel/debug/pam_card/pam0/space | tr '\n' ' '
}

crash() { # the next time begins
	[ $tap_failed = 0 ] || finish
	echo $((time + 1)) | dd of=/dev/vdb bs=512 conv=sync,fsync 2>/dev/null
	host qmp '{"execute":"set-action","arguments":{"reboot":"reset"}}' >/dev/null
	echo b >/proc/sysrq-trigger
	sleep 60
	not_ok "the machine is reset"
	finish
}

time=$(head -n 1 /dev/vdb | tr -d '\0')
case $time in
"")
	time=1
	modprobe pam_card timeout_ms=$((5000 * slow * slow)) || exit 1
	equal "a new card holds nothing" "$(held)" "0 0 "
	check "a durable pool" keep make durable
	check "and one that is only persistent" keep make persistent
	equal "the card holds both" "$(held)" "128 2 "
	crash
	;;
2)
	modprobe pam_card timeout_ms=$((5000 * slow * slow)) || exit 1
	card=$(card_dir 0)
	ok "the host started again"
	equal "the durable pool is found" "$(card_count durable_pools)" contract-kept
	check "and announced" said "1 durable pools are there to be opened"
	check "the other was destroyed, and that is told" said 'destroying pool [0-9]* "contract-left" that was left behind with 64 pages'
	equal "the card holds the durable one only" "$(held)" "64 1 "
	refused "who creates the other again finds it empty" keep check persistent
	check "the durable one's pages are right" keep check durable
	equal "the card holds nothing" "$(held)" "0 0 "
	check "a durable pool once more" keep make durable
	check "and a persistent one" keep make persistent
	crash
	;;
3)
	modprobe pam_card adopt=1 timeout_ms=$((5000 * slow * slow)) || exit 1
	card=$(card_dir 0)
	ok "the host started again, and adopts"
	equal "both pools are there" "$(held)" "128 2 "
	refused "none was destroyed" said "destroying pool"
	equal "of the two, the durable one is for who opens it" "$(card_count durable_pools)" contract-kept
	check "who creates the other again has all its pages" keep check persistent
	check "and that is told" said 'adopting pool [0-9]* "contract-left" with 64 pages'
	equal "it is destroyed by who adopted it" "$(held)" "64 1 "
	refused "created after that, it is empty" keep check persistent
	check "the durable one's pages are right" keep check durable
	equal "the card holds nothing" "$(held)" "0 0 "
	equal "no reset, no timeout was needed" "$(card_count timeouts) $(card_count resets)" "0 0"
	check "modules are unloaded" modprobe -r pam_contract pam_card
	finish
	;;
*)
	not_ok "the disk says when it is: '$time'"
	finish
	;;
esac
