# SPDX-License-Identifier: Apache-2.0
#
# Swapping to a card while things are done to it: resets of all kinds under load,
# swapoff when everything still fits into memory and when it does not, unloading of
# modules in use, large folios. Every byte is verified.
#
# vm: --ram=256 --card=--dram=512MiB --timeout=280 --file=build/tests/vm/hog
# vm: --file=tests/vm/tap.sh --file=tests/vm/swap.sh --file=tests/vm/hog.sh

. /run/vm/tap.sh
. /run/vm/swap.sh
. /run/vm/hog.sh

modprobe pam_card timeout_ms=$((5000 * slow)) && modprobe pam_swap || exit 1
backend=$(ls /sys/class/pam)
pci=$(echo /sys/bus/pci/drivers/pam_card/0000:*)
thp=/sys/kernel/mm/transparent_hugepage

swap_to() { mkswap /dev/pamswap0 >/dev/null && swapon /dev/pamswap0; }
# counted NAME COUNTER MINIMUM
counted() {
	tap_count=$(count pamswap0 "$2")
	[ "$tap_count" -ge "$3" ] && ok "$1 ($tap_count)" || not_ok "$1: $2 is $tap_count, below $3"
}
swapoff_lacks_memory() {
	LC_ALL=C swapoff /dev/pamswap0 2>&1 | grep -q 'Cannot allocate memory'
}

check "a device on the card" device pamswap0 backend=$backend size=300M power=1
check "is swapped to" swap_to

# --- resets under load
hogs_limit $(mib 48)M
hog_start load $(mib 80) 2
within "memory is full" 90 hog_said load filled
for way in controller function; do
	case $way in
	controller) reset=$pci/pam_card/reset ;;
	function) echo flr >$pci/reset_method; reset=$pci/reset ;;
	esac
	before=$(count pamswap0 gets)
	check "$way reset under load" sh -c "echo 1 >$reset"
	sleep 1
	check "$way reset again" sh -c "echo 1 >$reset"
	within "the card works on" 30 eval '[ "$(count pamswap0 gets)" -gt $((before + 100)) ]'
done
refused "pam_card cannot be unloaded under swap" rmmod pam_card
refused "nor can pam_swap" rmmod pam_swap
refused "nor the device be switched off" setting pamswap0 power 0
equal "all data is right after the resets" "$(hog_ends load 120)" 0
counted "pages went out" puts $(amount 10000)
counted "pages came in" gets $(amount 10000)

# --- swapoff
hogs_limit max
# More than the machine has, which takes too long on a slow card; how swapoff fails for want
# of memory is the kernel's affair.
if [ $part = 1 ]; then
	hog_start big 280 0
	within "swap holds more than memory could take back" 120 hog_said big filled
	hog_signal big STOP
	# By default the kernel tries, and gives up by having its OOM killer end swapoff.
	host allow 'oom-killer|Out of memory: Killed process [0-9]* .swapoff|swapoff: page allocation failure'
	refused "swapoff fails for want of memory" swapoff /dev/pamswap0
	# With strict accounting it sees beforehand.
	echo 2 >/proc/sys/vm/overcommit_memory
	check "swapoff is refused for want of memory" swapoff_lacks_memory
	echo 0 >/proc/sys/vm/overcommit_memory
	hog_signal big CONT
	check "the program lives" hog_lives big
	sleep 3
	hog_signal big TERM
	equal "and its data is right" "$(hog_ends big 60)" 0
fi

hog_start small $(mib 64) 0
within "a smaller program is running" 60 hog_said small filled
# While it sleeps: awake, it might take its pages back as fast as they go out.
hog_signal small STOP
# The kernel gives up soon when a card is slow.
swaps_out() { hogs_swap_out $(mib 48)M; [ "$(count pamswap0 slots_card)" -ge $(amount 4000) ]; }
within "it is swapped out" 30 swaps_out
hog_signal small CONT
check "swapoff brings everything back" swapoff /dev/pamswap0
# The first page is mkswap's.
equal "nothing is left on the card" "$(count pamswap0 slots_card)" 1
sleep 1
hog_signal small TERM
equal "its data is right" "$(hog_ends small 60)" 0

# --- modules come and go
check "switched off and removed" undevice pamswap0
check "all modules are unloaded" modprobe -r pam_swap pam_card
check "and loaded again" eval "modprobe pam_card timeout_ms=$((5000 * slow)) && modprobe pam_swap"
backend=$(ls /sys/class/pam)

# --- large folios, waiting in place
check "a synchronous device" device pamswap0 backend=$backend size=200M synchronous=1 power=1
check "is swapped to" swap_to
echo never >$thp/hugepages-2048kB/enabled
hogs_limit max
for size in 16 32 64; do
	echo always >$thp/hugepages-${size}kB/enabled
	# Memory or the device may be in pieces by now: then once more.
	for try in 1 2 3; do
		echo 1 >/proc/sys/vm/compact_memory
		hog_start folios $(mib 24) 15
		within "$size KiB folios: filled" 60 hog_said folios filled
		hog_signal folios STOP
		hogs_swap_out $(mib 20)M
		hog_signal folios CONT
		equal "$size KiB folios: data is right" "$(hog_ends folios 90)" 0
		out=$(cat $thp/hugepages-${size}kB/stats/swpout)
		[ "$out" -gt $(amount 100) ] && break
	done
	[ "$out" -gt $(amount 100) ] && ok "$size KiB folios went out whole ($out)" || not_ok "$size KiB folios: only $out went out whole"
	echo never >$thp/hugepages-${size}kB/enabled
done
equal "no error was counted" "$(count pamswap0 read_errors) $(count pamswap0 write_errors)" "0 0"
check "swapoff" swapoff /dev/pamswap0
check "removed" undevice pamswap0
finish
