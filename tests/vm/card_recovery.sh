# SPDX-License-Identifier: Apache-2.0
#
# pam_card when something goes wrong that it can mend: under load, nothing may be
# lost, wrong, or hang.
#
# vm: --file=tests/vm/tap.sh --file=tests/vm/card.sh --timeout=280
# vm: --card=--dram=32MiB\ --fault=delay=0:3s

. /run/vm/tap.sh
. /run/vm/card.sh

modprobe pam_card timeout_ms=$((500 * slow)) && modprobe pam_contract only=$cases || exit 1
card=$(card_dir 0)

# --- controller reset, some commands held back so that it meets them
host control 0 fault delay=$(amount 300)
load_start pam0
resets=8
pause=0.3
# A command is given up when three in a row have met it.
[ $slow = 1 ] || { resets=4; pause=15; }
for i in $(seq $resets); do
	echo 1 >"$card/pam_card/reset" || not_ok "reset $i"
	sleep $pause
done
host control 0 fault delay=0
load_stop "controller resets"
load_was_clean "controller resets"
equal "they are counted" "$(card_count resets)" $resets
[ "$(card_count reissued)" -gt 0 ] && ok "commands were issued again" || not_ok "no reset met a command"
refused "what is no reset is refused" sh -c "echo maybe >$card/pam_card/reset"

# --- function-level reset
load_start pam0
for i in 1 2 3; do
	echo 1 >"$card/reset" || not_ok "function reset $i"
	sleep 0.5
done
load_stop "function resets"
load_was_clean "function resets"

# --- lost interrupts
missed=$(card_count missed_interrupts)
host control 0 fault irq=$(amount 50)
load_start pam0
sleep $((4 * slow))
host control 0 fault irq=0
load_stop "lost interrupts"
load_was_clean "lost interrupts"
[ "$(card_count missed_interrupts)" -gt "$missed" ] && ok "they were noticed" || not_ok "they were not noticed"

# --- commands that take too long
host control 0 fault delay=$(amount 1000)
load_start pam0
sleep $((4 * slow))
host control 0 fault delay=0
load_stop "late completions"
load_was_clean "late completions"
[ "$(card_count timeouts)" -gt 0 ] && ok "they timed out" || not_ok "none timed out"

# --- PCI error recovery, as the AER driver does it; a fatal error it cannot be, as
# QEMU's root port does not come back from the link reset that this takes
inject() { # UNCORRECTABLE-STATUS
	python3 -c 'import struct, sys
bus, device = sys.argv[1].split(":")[1:]
slot, function = device.split(".")
error = struct.pack("=BBBxIIIIIII", int(bus, 16), int(slot, 16), int(function), int(sys.argv[2], 16), 0, 0, 0, 0, 0, 0)
open("/dev/aer_inject", "wb", 0).write(error)' "$(basename "$card")" "$1"
}
if modprobe aer_inject && [ -e /dev/aer_inject ]; then
	load_start pam0
	sleep 1
	check "an uncorrectable PCI error is injected" inject 0x4000
	within "the card recovers from it" 20 sh -c "dmesg | grep -q 'PCI error recovery ended'"
	load_stop "PCI error"
	load_was_clean "PCI error"
else
	ok "PCI error recovery # SKIP no aer_inject"
fi

grep . "$card"/pam_card/* 2>/dev/null | sed 's,.*/,# ,'
finish
