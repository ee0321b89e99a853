# SPDX-License-Identifier: Apache-2.0
#
# pam_card when the card, or its memory, goes away: what is lost fails cleanly, what
# is not lost stays, nothing hangs, and everything can be unloaded.
#
# vm: --card=--fault=delay=0:500ms --card= --timeout=150
# vm: --file=tests/vm/tap.sh --file=tests/vm/card.sh --file=tests/vm/swap.sh
# vm: --allow=I/O.error,.dev.pamswap

. /run/vm/tap.sh
. /run/vm/card.sh
. /run/vm/swap.sh
# A round of batches is over soon, and nothing is issued twice here.
[ $slow = 1 ] || cases=batch
: "${PAMCARD_SEED:=1}"

modprobe pam_card timeout_ms=$((1000 * slow)) && modprobe pam_swap && modprobe pam_contract only=$cases ||
	exit 1
card=$(card_dir 0)
address=$(basename "$card")
driver=/sys/bus/pci/drivers/pam_card

write_all() { # DEVICE: random data on the whole of it, a copy in /tmp
	head -c $(amount 8)M /dev/urandom >/tmp/$1.data && dd if=/tmp/$1.data of=/dev/$1 bs=64k oflag=direct
}

reads_right() { # DEVICE
	[ "$(dd if=/dev/$1 bs=64k iflag=direct | sha256sum)" = "$(sha256sum </tmp/$1.data)" ]
}

reads_nothing() { # DEVICE: each page is an error
	! dd if=/dev/$1 of=/tmp/$1.read bs=4k count=1 iflag=direct
}

# --- the module cannot go while a pool needs it
device pamswap0 backend=pam0 size=$(amount 8)M power=1
check "a device on the card takes data" write_all pamswap0
refused "the module cannot be unloaded then" rmmod pam_card
check "reset keeps the pages" sh -c "echo 1 >$card/pam_card/reset"
check "and they read right" reads_right pamswap0

# --- power fails: the memory is gone, the card is not
host control 0 power-cycle
within "the loss of power is noticed" 20 sh -c "dmesg | grep -q 'the card lost its memory'"
within "the card is back" 20 card_state_is live
check "a page of a persistent pool is an error, not old data" reads_nothing pamswap0
undevice pamswap0
check "new pools work" contract_passes pam0

# --- unbound under load
load_start pam0
sleep 1
check "the driver lets go of a card under load" sh -c "echo $address >$driver/unbind"
load_stop "unbind"
[ ! -e "$card" ] && ok "the card is free" || not_ok "the card is still bound"
modprobe -r pam_contract
check "it is taken again" sh -c "echo $address >$driver/bind"
modprobe pam_contract only=$cases
check "and works" contract_passes pam0

# --- unplugged with nothing to do: the watchdog notices
host kill 1
card=$(card_dir 1)
within "an idle card that is gone is noticed" 20 card_state_is dead
refused "a dead card takes no pool" device pamswap2 backend=pam1 size=$(amount 8)M power=1
rmdir $config/pamswap2

# --- unplugged under load
card=$(card_dir 0)
device pamswap1 backend=pam0 size=$(amount 8)M power=1
check "data before it is unplugged" write_all pamswap1
load_start pam0
sleep 1
# So many writes, to a device of their own, that their submitter waits for a slow card.
device pamswap3 backend=pam0 size=8M power=1
host control 0 fault delay=1
{
	fio --name=many --filename=/dev/pamswap3 --direct=1 --ioengine=libaio --rw=randwrite --norandommap \
		--bs=4k --iodepth=4096 --size=8m --io_size=32m >/tmp/many.out 2>&1
	echo $? >/tmp/many.status
} &
waits() { [ "$(count pamswap3 write_waits)" -gt 0 ]; }
within "a writer waits for a slow card" 30 waits
host kill 0
within "a busy card that is gone is noticed" 20 card_state_is dead
within "the writer gets on" 30 test -s /tmp/many.status
[ "$(cat /tmp/many.status)" != 0 ] && ok "with an error" || not_ok "without an error"
check "and its device is removed" undevice pamswap3
load_stop "unplugged"
check "its pages are errors" reads_nothing pamswap1
undevice pamswap1
modprobe -r pam_contract
modprobe -r pam_swap
check "the module unloads without the cards" rmmod pam_card
check "and so does the core" rmmod pam
finish
