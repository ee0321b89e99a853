# SPDX-License-Identifier: Apache-2.0
#
# The card in RTL under a real kernel and driver: the contract's batches, by ring, push and
# interrupts, resets of the controller and of the function with pages inside, and a block
# device on it. CASES in the environment are other parameters for pam_contract, such as
# only=page; empty: all cases that do not fill the card.
#
# vm: --card="--card=rtl --dram=16MiB" --cpus=2 --timeout=560
# vm: --file=tests/vm/tap.sh --file=tests/vm/card.sh --file=tests/vm/swap.sh

. /run/vm/tap.sh
. /run/vm/card.sh
. /run/vm/swap.sh

modprobe pam_card push=auto crc=1 || not_ok "the module loads"
card=$(card_dir 0)
pci=$(echo /sys/bus/pci/drivers/pam_card/0000:*)
modprobe pam_contract seed="${PAMCARD_SEED:-1}" backend=pam0 fill_limit_mb=1 ${CASES-only=batch}
grep -E '^(ok|not ok|#)' $contract/results
! grep -qE '^(not ok|Bail)' $contract/results || tap_failed=1
equal "commands and completions match" "$(card_count commands)" "$(card_count completions)"
equal "no timeout, no reset" "$(card_count timeouts) $(card_count resets)" "0 0"
rmmod pam_contract

modprobe pam_swap
check "a device on the card" device pamswap0 backend=pam0 size=4M power=1
dd if=/dev/urandom of=/tmp/random bs=4k count=256 2>/dev/null
{ cat /tmp/random; yes "pages that compress" | head -c 1048576; } >/tmp/data
check "2 MiB are written" dd if=/tmp/data of=/dev/pamswap0 bs=64k oflag=direct
for way in controller function; do
	case $way in
	controller) reset=$pci/pam_card/reset ;;
	function) echo flr >$pci/reset_method; reset=$pci/reset ;;
	esac
	check "$way reset" sh -c "echo 1 >$reset"
	within "the card is back" 60 card_state_is live
	equal "all pages are as they were" "$(dd if=/dev/pamswap0 bs=64k count=32 iflag=direct 2>/dev/null | md5sum)" \
		"$(md5sum </tmp/data)"
done
