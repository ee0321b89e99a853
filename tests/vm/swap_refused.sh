# SPDX-License-Identifier: Apache-2.0
#
# Swapping to a card that refuses pages or damages them: with a backing device no one
# notices; without one, pages stay in memory and nothing is lost; a damaged page
# ends the program that needs it, and only that one.
#
# vm: --ram=256 --card=--dram=256MiB --disk=256 --timeout=280 --file=build/tests/vm/hog
# vm: --file=tests/vm/tap.sh --file=tests/vm/swap.sh --file=tests/vm/hog.sh

. /run/vm/tap.sh
. /run/vm/swap.sh
. /run/vm/hog.sh

modprobe pam_card timeout_ms=$((5000 * slow)) && modprobe pam_swap || exit 1
backend=$(ls /sys/class/pam)
swap_to() { mkswap /dev/pamswap0 >/dev/null && swapon /dev/pamswap0; }
hogs_limit $(mib 40)M

# --- with a backing device
check "a device with a backing device" device pamswap0 backend=$backend backing_dev=/dev/vdb size=0 power=1
check "is swapped to" swap_to
check "the card refuses a third of all pages" host control 0 fault refuse=3
hog_start spill $(mib 72) 1
equal "all data is right" "$(hog_ends spill 150)" 0
for counter in puts_refused backing_writes backing_reads; do
	[ "$(count pamswap0 $counter)" -gt $(amount 500) ] && ok "$counter was counted" || not_ok "$counter is only $(count pamswap0 $counter)"
done
equal "no error was counted" "$(count pamswap0 read_errors) $(count pamswap0 write_errors)" "0 0"
check "swapoff" swapoff /dev/pamswap0
check "removed" undevice pamswap0

# --- without
check "the card takes all pages" host control 0 fault refuse=0
host allow 'Write-error on swap-device|I/O error, dev pamswap0, sector [0-9]* op 0x1'
check "a device without a backing device" device pamswap0 backend=$backend size=128M power=1
check "is swapped to" swap_to
check "the card refuses one page in twenty" host control 0 fault refuse=20
hog_start stays $(mib 72) 1
equal "all data is right" "$(hog_ends stays 150)" 0
[ "$(count pamswap0 write_errors)" -gt 10 ] && ok "writes failed" || not_ok "only $(count pamswap0 write_errors) writes failed"
equal "no read did" "$(count pamswap0 read_errors)" 0
check "the card takes everything again" host control 0 fault refuse=0
errors=$(count pamswap0 write_errors)
hog_start again $(mib 56) 1
equal "and the next program's data is right" "$(hog_ends again 90)" 0
equal "with no failed write" "$(count pamswap0 write_errors)" "$errors"

# --- damaged in the card's memory
host allow 'Read-error on swap-device|I/O error, dev pamswap0, sector [0-9]* op 0x0'
hog_start bystander $(amount 8) 0
within "another program is running" 30 hog_said bystander filled
hog_signal bystander STOP
hog_start victim $(mib 60) 0
within "one more has filled its memory" 60 hog_said victim filled
check "the card's memory flips bits" host control 0 fault bit-flip=100
equal "the program that needs a damaged page gets SIGBUS" "$(hog_ends victim 120)" 3
check "no more flips" host control 0 fault bit-flip=0
[ "$(count pamswap0 read_errors)" -gt 0 ] && ok "the read error is counted" || not_ok "no read error was counted"
hog_signal bystander CONT
sleep 1
hog_signal bystander TERM
status=$(hog_ends bystander 60)
case $status in
0 | 3) ok "the other one ended by itself or was hit, too ($status)" ;;
*) not_ok "the other one ended with $status" ;;
esac
check "swapoff" swapoff /dev/pamswap0
check "removed" undevice pamswap0
check "all modules are unloaded" modprobe -r pam_swap pam_card
finish
