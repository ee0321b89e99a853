# SPDX-License-Identifier: Apache-2.0
#
# Swapping to a card whose memory is a cache of flash: many times more data than card memory
# holds, compressed, goes out and comes back, if it is no slow card while it is reset. Every byte is verified.
#
# vm: --ram=256 '--card=--dram=16MiB --flash=1GiB' --timeout=280 --file=build/tests/vm/hog
# vm: --file=tests/vm/tap.sh --file=tests/vm/swap.sh --file=tests/vm/hog.sh

. /run/vm/tap.sh
. /run/vm/swap.sh
. /run/vm/hog.sh

# Puts wait for room, hundreds behind each other; in simulation each of them takes from a tenth of a second to
# seconds, so there only some are with the card at a time, and others wait before they count.
options="timeout_ms=5000"
[ $slow = 1 ] || options="timeout_ms=600000 queues=1 queue_depth=32"
modprobe pam_card $options && modprobe pam_swap || exit 1
backend=$(ls /sys/class/pam)
pci=$(echo /sys/bus/pci/drivers/pam_card/0000:*)
dram=$(cat /sys/class/pam/$backend/total_bytes)
# A program of so many MiB, what of it memory holds, pages that move, and how many times card memory is stored.
# The card in RTL is a smaller one (suite.list), and needs minutes for what takes others a second: few pages,
# but such as do not get small, which go out when they are told to. All of the program has room there and some more: when
# a device is full, Linux lets go of no page that it has written, either.
load=170 limit=40 device=170M swapped=30000 times=3 time=120
if [ $slow != 1 ]; then
	load=3 limit=10 device=4176K swapped=700 times=4 time=400
	python3 -c 'import os, random
random.seed(os.environ.get("PAMCARD_SEED", "1"))
with open("/tmp/pages", "wb") as out:
    for number in range(64):
        out.write(random.randbytes(3300) + bytes(796))' || exit 1
fi

# space NAME: of the card, in bytes
space() { sed -n "s/^$1 //p" /sys/kernel/debug/pam_card/*/space; }
swap_to() { mkswap /dev/pamswap0 >/dev/null && swapon /dev/pamswap0; }

at_least() { [ "$2" -ge "$3" ] && ok "$1 ($2)" || not_ok "$1: $2, below $3"; }

at_least "the card promises, in bytes, eight times its memory" \
	$(($(cat /sys/class/pam/$backend/promisable_pages) * 4096)) $((8 * dram))
check "a device on the card, without anything behind it" device pamswap0 backend=$backend size=$device power=1
check "is swapped to" swap_to

# Page by page: what has been written is let go of only when memory is asked for once more.
swaps_out() {
	[ "$(sed -n 's/^nr_writeback //p' /proc/vmstat)" != 0 ] || hogs_swap_out 256K
	[ "$(count pamswap0 slots_card)" -ge $swapped ] &&
		[ "$(cat $hogs/memory.current)" -lt $(((load << 20) - (swapped - 200) * 4096)) ]
}
is_stored() { [ "$(space stored_bytes)" -ge $((times * dram)) ]; }

hogs_limit ${limit}M
if [ $slow = 1 ]; then
	hog_start load $load 1
	within "a program of $load MiB is running in $limit" $time hog_said load filled
else
	hog_start load $load 0 /tmp/pages
	within "a program of $load MiB is running" $time hog_said load filled
	hog_signal load STOP
	within "$swapped pages of it go out" $time swaps_out
	within "and are stored" $time is_stored
fi
at_least "compressed, in bytes, $times times what card memory holds" "$(space stored_bytes)" $((times * dram))
# A reset waits for the commands inside the card, longer than the driver does if it is simulated.
if [ $slow = 1 ]; then
	before=$(count pamswap0 gets)
	check "controller reset under load" sh -c "echo 1 >$pci/pam_card/reset"
	within "the card works on" 30 eval '[ "$(count pamswap0 gets)" -gt $((before + 100)) ]'
fi
if [ $slow != 1 ]; then
	# Each page once: a round that began after they were out.
	rounds=$(grep -c round /tmp/load.out)
	further() { [ "$(grep -c round /tmp/load.out)" -ge $((rounds + 2)) ]; }
	hog_signal load CONT
	within "it needs them all" $time further
	hog_signal load TERM
fi
equal "all data is right" "$(hog_ends load $((time + 80)))" 0
at_least "pages went out" "$(count pamswap0 puts)" $swapped
at_least "pages came in" "$(count pamswap0 gets)" $((swapped * 2 / 3))
equal "no error was counted" "$(count pamswap0 read_errors) $(count pamswap0 write_errors)" "0 0"
check "swapoff" swapoff /dev/pamswap0
check "removed" undevice pamswap0
equal "nothing is left" "$(space pages)" 0
finish
