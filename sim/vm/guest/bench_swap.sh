# SPDX-License-Identifier: Apache-2.0
#
# Swaps the same data, with the same program, to one device after another, and has
# the kernel's instructions counted meanwhile. Run by sim/vm/bench_swap, which reads
# the lines "bench CONFIGURATION NAME VALUE" and "symbol ..." that this prints.
#
# usage: bench_swap.sh MIB LIMIT ROUNDS CONFIGURATION...
#	CONFIGURATION: zram, ram-async, ram-sync, card-async, card-sync

mib=$1
limit=$2
rounds=$3
shift 3
. /run/vm/hog.sh
swap=/sys/kernel/config/pam_swap

make_device() { # CONFIGURATION: sets $device
	case $1 in
	zram)
		echo lz4 >/sys/block/zram0/comp_algorithm && echo 512M >/sys/block/zram0/disksize || return
		device=/dev/zram0
		return
		;;
	ram-*) backend=ram ;;
	card-*) backend=$(ls /sys/class/pam | grep -v '^ram$') ;;
	esac
	synchronous=0
	[ "${1#*-}" = async ] || synchronous=1
	device=/dev/pamswap0
	mkdir $swap/pamswap0 && echo "$backend" >$swap/pamswap0/backend &&
		echo $((mib + 64))M >$swap/pamswap0/size &&
		echo $synchronous >$swap/pamswap0/synchronous && echo 1 >$swap/pamswap0/power
}

remove_device() {
	case $device in
	/dev/zram0) echo 1 >/sys/block/zram0/reset ;;
	*) echo 0 >$swap/pamswap0/power && rmdir $swap/pamswap0 ;;
	esac
}

counters() { # CONFIGURATION PREFIX
	awk -v c="bench $1 $2" '/^(pswp(in|out)|pgmajfault) / {print c $1, $2}' /proc/vmstat
	awk -v c="bench $1 $2" '{print c "uptime", $1}' /proc/uptime
	echo "bench $1 $2latency_put_p50 $(cat /sys/class/pam/*/pools/pamswap0/put_p50_ns 2>/dev/null || echo 0)"
	echo "bench $1 $2latency_get_p50 $(cat /sys/class/pam/*/pools/pamswap0/get_p50_ns 2>/dev/null || echo 0)"
}

measure() { # CONFIGURATION
	make_device "$1" && mkswap $device >/dev/null && swapon $device || return
	host say "$1"
	hogs_limit max
	counters "$1" before.
	host profile "$1-before"
	hogs_limit "${limit}M"
	hog_start bench "$mib" "$rounds" /run/vm/memory.pages
	bench_status=$(hog_ends bench 600)
	host profile "$1-after"
	counters "$1" after.
	echo "bench $1 status $bench_status"
	[ "$bench_status" = 0 ] && swapoff $device && remove_device
}

modprobe zram && modprobe pam_ram && modprobe pam_card && modprobe pam_swap || exit 1
for configuration in "$@"; do
	measure "$configuration" || exit 1
done
awk '$2 ~ /[tTwW]/ {print "symbol", $1, $3, $4}' /proc/kallsyms
