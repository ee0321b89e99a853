# SPDX-License-Identifier: Apache-2.0
#
# What happens in the demo's guests: swap to the card is set up as an operator
# would, the workload runs, and what the kernel and the card counted is reported
# as lines "demo NAME VALUE". Run by sim/vm/demo.
#
# usage: demo.sh card|ram|none MIB	what to swap to, and how much data

backend=$1
mib=$2
name=pamswap0

set_up() {
	case $backend in
	none) return ;;
	ram) modprobe pam_ram ;;
	*) modprobe pam_card ;;
	esac && modprobe pam_swap || return
	backend=$(ls /sys/class/pam | head -n 1)
	config=/sys/kernel/config/pam_swap/$name
	mkdir $config && echo "$backend" >$config/backend || return
	cat $config/max_size >$config/size && echo 1 >$config/power || return
	mkswap /dev/$name && swapon -p 100 /dev/$name || return
}

# The moment when the device held most is what the table shows.
most=0
sample() {
	[ $backend != none ] || return 0
	stats=/sys/block/$name/pam
	pages=$(cat $stats/pages) && [ "$pages" -ge $most ] || return 0
	most=$pages
	for counter in pages stored_bytes used_bytes same_pages; do
		echo "demo $counter $(cat $stats/$counter)"
	done
}

host say "Linux $(uname -r), $(awk '/MemTotal/ {print int($2 / 1024)}' /proc/meminfo) MiB of memory"
# Without a card this is meant to end in the OOM killer; soon, not after a minute of
# reading the program's own code again and again.
if [ $backend = none ]; then
	host allow 'oom-killer|Out of memory: Killed'
	echo 1000 >/sys/kernel/mm/lru_gen/min_ttl_ms
fi
set_up || exit 1
[ $backend = none ] || host say "swapping to /dev/$name, $(($(blockdev --getsize64 /dev/$name) >> 20)) MiB, on $backend"
awk '/^(pswp(in|out)|pgmajfault|oom_kill) / {print "demo before." $1, $2}' /proc/vmstat

{ python3 /run/vm/workload.py "$mib" "${PAMCARD_SEED:-1}" 2>&1 && echo "status 0" || echo "status $?"; } |
	while read -r word rest; do
		case $word in
		status) echo "demo status $rest" ;;
		{*) echo "demo workload $word $rest" ;;
		Killed) ;; # the shell says so; the status does, too
		*) host say "$word $rest" ;;
		esac
		sample
	done

awk '/^(pswp(in|out)|pgmajfault|oom_kill) / {print "demo " $1, $2}' /proc/vmstat
[ $backend != none ] || exit 0
for file in put_p50_ns put_p99_ns get_p50_ns get_p99_ns errors; do
	echo "demo $file $(cat /sys/class/pam/$backend/pools/$name/$file)"
done
for counter in puts gets puts_refused read_errors write_errors; do
	echo "demo $counter $(cat /sys/block/$name/pam/$counter)"
done
# Everything must come apart again without loss.
swapoff /dev/$name && echo 0 >$config/power && rmdir $config && modprobe -r pam_swap
