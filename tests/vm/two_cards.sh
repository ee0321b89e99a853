# SPDX-License-Identifier: Apache-2.0
#
# Two cards, both swapped to; then one is gone in the middle of it. Programs that
# had pages there get SIGBUS, everything else goes on, and the modules unload.
#
# vm: --ram=256 --card=--dram=256MiB --card=--dram=128MiB\ --fault=delay=0:3s --timeout=280
# vm: --file=build/tests/vm/hog --file=tests/vm/tap.sh --file=tests/vm/swap.sh --file=tests/vm/hog.sh

. /run/vm/tap.sh
. /run/vm/swap.sh
. /run/vm/hog.sh

modprobe pam_card timeout_ms=$((2000 * slow)) && modprobe pam_swap || exit 1
swap_to() { mkswap "/dev/pamswap$1" >/dev/null && swapon -p 5 "/dev/pamswap$1"; }
lost() { [ "$(cat /sys/class/pam/"$1"/state)" = lost ] || [ ! -e /sys/class/pam/"$1" ]; }

equal "two backends" "$(ls /sys/class/pam | wc -l)" 2
for n in 0 1; do
	check "a device on card $n" device pamswap$n backend=pam$n size=80M power=1
	check "is swapped to" swap_to $n
done
hogs_limit $(mib 40)M
hog_start both $(mib 80) 1
equal "all data is right" "$(hog_ends both 120)" 0
for n in 0 1; do
	[ "$(count pamswap$n puts)" -gt $(amount 4000) ] && ok "card $n took part" || not_ok "card $n had only $(count pamswap$n puts) puts"
	[ "$(count pamswap$n gets)" -gt $(amount 1000) ] && ok "and gave back" || not_ok "card $n had only $(count pamswap$n gets) gets"
done

# The smaller card is unplugged, as it were: its server is killed.
host allow '(Read|Write)-error on swap-device|I/O error, dev pamswap'
small=0
[ "$(cat /sys/class/pam/pam1/total_bytes)" -gt "$(cat /sys/class/pam/pam0/total_bytes)" ] || small=1
large=$((1 - small))
hog_start load $(mib 80) 0
within "a program uses both" 60 hog_said load filled
# Some commands are held back, so that they are in the card when it goes.
check "the smaller card gets slow" host control 1 fault delay=50
sleep 0.5
check "it vanishes" host kill 1
status=$(hog_ends load 120)
equal "the program gets SIGBUS, no wrong byte, no hang" "$status" 3
within "the card is known to be lost" 60 lost pam$small
equal "the other one is live" "$(cat /sys/class/pam/pam$large/state)" live

check "swapoff of the lost device" timeout $((60 * patience)) swapoff /dev/pamswap$small
check "it is removed" timeout $((60 * patience)) sh -c "echo 0 >$config/pamswap$small/power && rmdir $config/pamswap$small"
hog_start rest $(mib 70) 1
equal "swap goes on with the card that is left" "$(hog_ends rest 90)" 0
check "swapoff of the other" swapoff /dev/pamswap$large
check "it is removed" undevice pamswap$large
check "all modules are unloaded" timeout $((60 * patience)) modprobe -r pam_swap pam_card
finish
