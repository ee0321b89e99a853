# SPDX-License-Identifier: Apache-2.0
#
# Swapping to a card whose memory is a cache of flash: many times more data than card memory
# holds, compressed, goes out and comes back while the card is reset. Every byte is verified.
#
# vm: --ram=256 '--card=--dram=16MiB --flash=1GiB' --timeout=280 --file=build/tests/vm/hog
# vm: --file=tests/vm/tap.sh --file=tests/vm/swap.sh --file=tests/vm/hog.sh

. /run/vm/tap.sh
. /run/vm/swap.sh
. /run/vm/hog.sh

# Puts wait for room, hundreds behind each other; in simulation each of them takes from a tenth of a second to seconds.
wait=5000
[ $slow = 1 ] || wait=600000
modprobe pam_card timeout_ms=$wait && modprobe pam_swap || exit 1
backend=$(ls /sys/class/pam)
pci=$(echo /sys/bus/pci/drivers/pam_card/0000:*)
dram=$(cat /sys/class/pam/$backend/total_bytes)
# A program of so many MiB, what of it memory holds, and pages that move. The card in RTL is a smaller one
# (suite.list), and needs minutes for what takes others a second.
load=170 limit=40 device=170 swapped=30000 times=3 time=120
[ $slow = 1 ] || load=24 limit=13 device=14 swapped=2500 times=2 time=400

# space NAME: of the card, in bytes
space() { sed -n "s/^$1 //p" /sys/kernel/debug/pam_card/*/space; }
swap_to() { mkswap /dev/pamswap0 >/dev/null && swapon /dev/pamswap0; }

at_least() { [ "$2" -ge "$3" ] && ok "$1 ($2)" || not_ok "$1: $2, below $3"; }

at_least "the card promises, in bytes, eight times its memory" \
	$(($(cat /sys/class/pam/$backend/promisable_pages) * 4096)) $((8 * dram))
check "a device on the card, without anything behind it" device pamswap0 backend=$backend size=${device}M power=1
check "is swapped to" swap_to

hogs_limit ${limit}M
hog_start load $load 1
within "a program of $load MiB is running in $limit" $time hog_said load filled
at_least "compressed, in bytes, $times times what card memory holds" "$(space stored_bytes)" $((times * dram))
# A reset waits for the commands inside the card, longer than the driver does if it is simulated.
if [ $slow = 1 ]; then
	before=$(count pamswap0 gets)
	check "controller reset under load" sh -c "echo 1 >$pci/pam_card/reset"
	within "the card works on" 30 eval '[ "$(count pamswap0 gets)" -gt $((before + 100)) ]'
fi
equal "all data is right" "$(hog_ends load $((time + 80)))" 0
at_least "pages went out" "$(count pamswap0 puts)" $swapped
at_least "pages came in" "$(count pamswap0 gets)" $((swapped * 2 / 3))
equal "no error was counted" "$(count pamswap0 read_errors) $(count pamswap0 write_errors)" "0 0"
check "swapoff" swapoff /dev/pamswap0
check "removed" undevice pamswap0
equal "nothing is left" "$(space pages)" 0
finish
