# SPDX-License-Identifier: Apache-2.0
#
# For guest scripts on pam_card: where its files are, and a load whose every answer
# is checked: the contract's cases, over and over.

card_dir() { # N: sysfs folder of card N
	for dir in /sys/bus/pci/drivers/pam_card/0000:*; do
		[ "$(cat "$dir/pam_card/backend")" = "pam$1" ] && echo "$dir"
	done
}

card_count() { # NAME: a counter of card 0
	cat "$card/pam_card/$1"
}

card_state_is() { # STATE
	[ "$(card_count state)" = "$1" ]
}

contract=/sys/kernel/debug/pam_contract

# What the load is: threads, and batches of commands on one page, which have to come to the
# same when a reset makes them be issued once more.
cases=threads,batch-o
[ $slow = 1 ] || cases=threads-apart,batch-o

contract_passes() { # BACKEND: one round of the cases that pam_contract was loaded for
	sh -c "echo $1 >$contract/run" 2>/dev/null || return 1
	! grep -E '^(not ok|Bail)' $contract/results || return 1
}

load_rounds() {
	while [ ! -e /tmp/load.stop ]; do
		# Not in a hurry to fail again: the log is finite.
		contract_passes "$1" >>/tmp/load.failures || { echo "round failed" >>/tmp/load.failures; sleep 0.5; }
		echo round >>/tmp/load.rounds
	done
}

load_start() { # BACKEND
	rm -f /tmp/load.*
	: >/tmp/load.failures
	: >/tmp/load.rounds
	load_rounds "$1" &
	load_pid=$!
}

load_ended() { ! kill -0 $load_pid; }

load_stop() { # NAME: ends the load, which must not hang
	: >/tmp/load.stop
	within "$1: the load ends" 60 load_ended
	wait $load_pid
}

load_was_clean() { # NAME
	equal "$1: every answer was right, in $(wc -l </tmp/load.rounds) rounds" "$(cat /tmp/load.failures)" ""
}
