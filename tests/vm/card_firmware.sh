# SPDX-License-Identifier: Apache-2.0
#
# New firmware by /sys/class/firmware, with pages on the card and commands under way:
# nothing is lost; what is no good is refused, and changes nothing.
#
# vm: --file=tests/vm/tap.sh --file=tests/vm/card.sh --timeout=280
# vm: --file=build/firmware/riscv/image.bin --card=--dram=32MiB

. /run/vm/tap.sh
. /run/vm/card.sh

modprobe pam_card && modprobe pam_contract only=$cases || exit 1
card=$(card_dir 0)
upload=/sys/class/firmware/pam0
image=/run/vm/image.bin

loaded() { # FILE: sends it; what "error" says then
	echo 1 >$upload/loading && cat "$1" >$upload/data && echo 0 >$upload/loading
	until [ "$(cat $upload/status)" = idle ]; do
		sleep 0.1
	done
	cat $upload/error
}

slot_log() { # the last line of the kernel log on slots
	dmesg | sed -n 's/.*pam_card.*firmware \(.* runs, of slot .*\)/\1/p' | tail -n 1
}

check "the card's slots are there" test -w $upload/loading
head -c 20000 $image >cut
head -c 20000 /dev/zero >none
cp $image damaged && printf x | dd of=damaged bs=1 seek=9000 conv=notrunc 2>/dev/null
cp $image unsigned && printf x | dd of=unsigned bs=1 seek=7 conv=notrunc 2>/dev/null
head -c 4097 $image >odd

# --- under load
load_start pam0
equal "it is taken" "$(loaded $image)" ""
equal "and runs" "$(slot_log)" "0.1 runs, of slot 1"
equal "again, in the other slot" "$(loaded $image)" ""
equal "and runs, too" "$(slot_log)" "0.1 runs, of slot 2"
for file in none cut damaged unsigned; do
	equal "$file: refused" "$(loaded $file)" "$([ $file = none ] && echo transferring || echo programming):firmware-invalid"
done
equal "odd: refused" "$(loaded odd)" "preparing:invalid-file-size"
equal "it can be taken again" "$(loaded $image)" ""
load_stop "new firmware"
load_was_clean "new firmware"
equal "no reset was needed" "$(card_count resets)" 0
equal "sysfs tells the revision" "$(card_count firmware)" 0.1
for text in "not a firmware image" "downloaded to its end" "the image is damaged" "not signed"; do
	check "the kernel log says: $text" sh -c "dmesg | grep -q 'new firmware: .*$text'"
done

# --- the driver goes away, in the midst of it
(echo 1 >$upload/loading && cat $image >$upload/data && echo 0 >$upload/loading) 2>/dev/null
check "unbound" sh -c "echo ${card##*/} >/sys/bus/pci/drivers/pam_card/unbind"
check "nothing of it is left" test ! -e $upload
check "and bound again" sh -c "echo ${card##*/} >/sys/bus/pci/drivers/pam_card/bind"
within "which finds the slots" 10 test -e $upload
equal "a download that was cut off does not matter" "$(loaded $image)" ""
check "unloaded" sh -c 'rmmod pam_contract && rmmod pam_card'
finish
