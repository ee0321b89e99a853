# SPDX-License-Identifier: Apache-2.0
#
# The contract's cases on pam_card, through the kernel's API: with the usual
# settings, with pushes and CRCs, and on one small shared queue pair that is full
# most of the time.
#
# vm: --card=--dram=12MiB --cpus=3 --timeout=280
# vm: --file=tests/vm/tap.sh --file=tests/vm/card.sh

. /run/vm/tap.sh
. /run/vm/card.sh

# The card in RTL takes minutes to fill, which is done with WORK=all only; the contract's cases fill
# a smaller one elsewhere ("contract-rtl-all" in suite.list).
fill=
[ $part = 1 ] || fill=fill_limit_mb=1

contract_on_card() { # WHICH-CASES MODULE-PARAMETER...
	which=$1
	shift
	modprobe pam_card "$@" || not_ok "the module loads with: $*"
	card=$(card_dir 0)
	modprobe pam_contract seed="${PAMCARD_SEED:-1}" backend=pam0 $fill $which
	grep -E '^(ok|not ok|#)' $contract/results
	! grep -qE '^(not ok|Bail)' $contract/results || tap_failed=1
	equal "commands and completions match with: $*" "$(card_count commands)" "$(card_count completions)"
	equal "no timeout, no reset with: $*" "$(card_count timeouts) $(card_count resets)" "0 0"
	rmmod pam_contract
	check "it unloads with: $*" rmmod pam_card
}

refused "a timeout that makes no sense is refused" modprobe pam_card timeout_ms=1
refused "a depth that makes no sense is refused" modprobe pam_card queue_depth=7
refused "push must be one of three" modprobe pam_card push=maybe
refused "the owner must be a UUID" modprobe pam_card owner=me
refused "coalescing needs a time" modprobe pam_card coalesce_count=4

contract_on_card "" push=auto
contract_on_card only=threads push=on crc=1
contract_on_card only=batch push=off queues=1 queue_depth=16
contract_on_card only=threads queues=1 queue_depth=16 coalesce_count=8 coalesce_usec=50
finish
