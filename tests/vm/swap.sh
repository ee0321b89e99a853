# SPDX-License-Identifier: Apache-2.0
#
# For guest scripts: making and using devices of pam_swap.

config=/sys/kernel/config/pam_swap

# device NAME [FILE=VALUE...]: makes and configures a device, in this order
device() {
	mkdir -p "$config/$1" || return
	swap_folder=$config/$1
	shift
	for swap_setting in "$@"; do
		echo "${swap_setting#*=}" >"$swap_folder/${swap_setting%%=*}" || return
	done
}

# undevice NAME: switches it off and removes it
undevice() {
	echo 0 >"$config/$1/power" && rmdir "$config/$1"
}

# count NAME COUNTER
count() {
	cat "/sys/block/$1/pam/$2"
}

# setting NAME FILE VALUE: for "refused" and "check", which take commands
setting() {
	echo "$3" >"$config/$1/$2"
}

# verified DEVICE SECONDS FIO-OPTION...: fio over the whole device, all data verified
verified() {
	swap_disk=/dev/$1
	swap_seconds=$(($2 * patience))
	shift 2
	timeout "$swap_seconds" fio --name=verify --filename="$swap_disk" --direct=1 \
		--ioengine=libaio --verify=crc32c --verify_fatal=1 --group_reporting \
		--randseed="$PAMCARD_SEED" --buffer_compress_percentage=50 --refill_buffers "$@"
}
