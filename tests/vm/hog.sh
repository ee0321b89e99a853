# SPDX-License-Identifier: Apache-2.0
#
# For guest scripts: memory hogs (hog.c) in a cgroup of their own, so that swap is
# used by them and not by the script, and only as much as a test wants.

hogs=/sys/fs/cgroup/hogs

# mib N: sizes of hogs and of their limit; on a slow card less is swapped, but pages that are
# on their way to it for long need room, too
mib() {
	if [ $part = 1 ]; then echo "$1"; else echo $((12 + $(amount "$1"))); fi
}

# hogs_limit SIZE: memory that all hogs together may have, "max" for no limit
hogs_limit() {
	[ -d $hogs ] || { echo +memory >/sys/fs/cgroup/cgroup.subtree_control && mkdir $hogs; } || return
	echo "$1" >$hogs/memory.max
}

# hogs_swap_out SIZE: pushes that much of them out, or as much as there is
hogs_swap_out() {
	echo "$1" >$hogs/memory.reclaim 2>/dev/null || :
}

# hog_start NAME MIB ROUNDS [huge|FILE]: starts one; its output is in /tmp/NAME.out
hog_start() {
	hog_name=$1
	shift
	rm -f "/tmp/$hog_name.pid" "/tmp/$hog_name.status"
	{
		sh -c 'echo $$ >'$hogs/cgroup.procs' && echo $$ >"/tmp/$0.pid"; exec /run/vm/hog "$@"' \
			"$hog_name" "$@" >"/tmp/$hog_name.out" 2>&1
		echo $? >"/tmp/$hog_name.status"
	} &
}

# hog_signal NAME SIGNAL
hog_signal() { kill "-$2" "$(cat "/tmp/$1.pid")"; }
hog_said() { grep -q "$2" "/tmp/$1.out"; } # NAME TEXT
hog_lives() { [ ! -s "/tmp/$1.status" ] && hog_signal "$1" 0; }

# hog_ends NAME SECONDS: waits for its end; prints its exit status, or "hangs"
hog_ends() {
	hog_left=$(($2 * 5 * patience))
	until [ -s "/tmp/$1.status" ]; do
		hog_left=$((hog_left - 1))
		[ $hog_left -gt 0 ] || { echo hangs; return; }
		sleep 0.2
	done
	cat "/tmp/$1.status"
	# What it said of a wrong byte belongs to the log.
	tail -n 3 "/tmp/$1.out" | sed 's/^/# /' >&2
}
