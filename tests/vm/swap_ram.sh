# SPDX-License-Identifier: Apache-2.0
#
# Swapping to compressed host memory, all data verified: asynchronous and synchronous;
# freed slots are flushed; two devices at once, one of them with a pool that takes
# little and a backing device; swapoff of each while it is in use.
#
# vm: --ram=320 --no-card --disk=256 --timeout=240 --file=build/tests/vm/hog
# vm: --file=tests/vm/tap.sh --file=tests/vm/swap.sh --file=tests/vm/hog.sh

. /run/vm/tap.sh
. /run/vm/swap.sh
. /run/vm/hog.sh

modprobe pam_ram overcommit=1 && modprobe pam_swap || exit 1

swap_to() { # DEVICE
	mkswap "/dev/$1" >/dev/null && swapon -p 10 "/dev/$1"
}
at_least() { # NAME GOT LEAST
	if [ "$2" -ge "$3" ]; then ok "$1 ($2)"; else not_ok "$1: $2, wanted at least $3"; fi
}
few_pages() { [ "$(count pamswap0 pages)" -lt 500 ]; }

hogs_limit 24M
for synchronous in 0 1; do
	mode="synchronous=$synchronous"
	check "$mode: a device" device pamswap0 backend=ram size=128M $mode power=1
	check "$mode: swap is on" swap_to pamswap0
	hog_start hog 48 1
	equal "$mode: 48 MiB in 24 are right" "$(hog_ends hog 90)" 0
	at_least "$mode: pages went out" "$(count pamswap0 puts)" 4000
	at_least "$mode: pages came in" "$(count pamswap0 gets)" 4000
	within "$mode: freed slots were flushed" 10 few_pages
	equal "$mode: no error" "$(count pamswap0 read_errors) $(count pamswap0 write_errors)" "0 0"
	for name in write_bios read_bios flushes_posted flushes_deferred; do
		echo "# $mode $name $(count pamswap0 $name)"
	done
	check "$mode: swapoff" swapoff /dev/pamswap0
	check "$mode: power off" setting pamswap0 power 0
done

# The first pool takes 2000 pages, the disk the rest.
check "a device with a backing device" device pamswap0 backing_dev=/dev/vdb size=0 synchronous=0 power=1
echo 2000 >/sys/class/pam/ram/pools/pamswap0/limit
check "a second device beside it" device pamswap1 backend=ram size=128M power=1
check "swap is on" swap_to pamswap0
check "on both with one priority" swap_to pamswap1
hog_start hog 48 0
within "the memory is filled" 60 hog_said hog "round 1"
at_least "the backing device took pages" "$(count pamswap0 backing_writes)" 500
at_least "and gave them back" "$(count pamswap0 backing_reads)" 500
at_least "the second device took pages" "$(count pamswap1 puts)" 500
hogs_limit max
check "swapoff of one while it is used" swapoff /dev/pamswap0
check "and of the other" swapoff /dev/pamswap1
hog_signal hog TERM
equal "all data is right" "$(hog_ends hog 60)" 0
equal "no error" "$(count pamswap0 read_errors) $(count pamswap0 write_errors)" "0 0"
check "the devices are removed" eval "undevice pamswap0 && undevice pamswap1"
check "the modules are unloaded" modprobe -r pam_swap pam_ram
finish
