# SPDX-License-Identifier: Apache-2.0
# vm: --no-card --timeout=120 --file=tests/vm/tap.sh --file=tests/vm/swap.sh
#
# Modules come and go in any order, idle and in use: what is in use stays, the rest
# goes without a trace.
. /run/vm/tap.sh
. /run/vm/swap.sh

readers() { # reads everything in sysfs until told to stop
	while [ ! -e /run/stop-readers ]; do
		find /sys/class/pam/ram/ -type f -readable -exec cat {} + >/dev/null 2>&1
	done
}

cycles() { # loads and unloads while sysfs is read
	for i in 1 2 3 4 5 6 7 8; do
		modprobe pam_ram limit_mb=4 || return
		sleep 0.0$i
		rmmod pam_ram || return
	done
}

# The cases of the contract make and destroy pools all the time; rmmod meets them in
# every state.
attempts() {
	tap_gone=0
	while [ -e /run/contract-runs ]; do
		if rmmod pam_ram 2>/dev/null; then
			tap_gone=$((tap_gone + 1))
			modprobe pam_ram limit_mb=4 || return
		fi
	done
	echo "unloaded $tap_gone times"
	[ $tap_gone -gt 0 ]
}

readers &
check "pam_ram loads and unloads while its files are read" cycles
touch /run/stop-readers
wait

modprobe pam_ram limit_mb=32
modprobe pam_swap
check "a swap device on pam_ram" device pamswap0 backend=ram size=8M power=1
refused "pam_ram is in use by a pool" rmmod pam_ram
refused "pam is in use by its users" rmmod pam
refused "pam_swap is in use by a device" rmmod pam_swap
equal "the pool is in sysfs" "$(ls /sys/class/pam/ram/pools | wc -l)" 1
check "the device goes" undevice pamswap0
equal "and its pool" "$(ls /sys/class/pam/ram/pools | wc -l)" 0
check "the backend goes before the frontend" rmmod pam_ram
check "a backend comes back to the same frontend" modprobe pam_ram limit_mb=4

modprobe pam_contract only=-get
touch /run/contract-runs
(
	end=$(($(date +%s) + 8))
	while [ "$(date +%s)" -lt $end ]; do
		echo ram >/sys/kernel/debug/pam_contract/run
	done 2>/dev/null
	rm /run/contract-runs
) &
check "pam_ram is unloaded between two pools of a busy user" attempts
echo "# $tap_output"
wait
check "pam_contract unloads" rmmod pam_contract
check "pam_swap unloads" rmmod pam_swap
check "pam_ram unloads" rmmod pam_ram
check "pam unloads last" rmmod pam
finish
