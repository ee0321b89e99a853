# SPDX-License-Identifier: Apache-2.0
#
# For guest scripts: TAP cases. A script sources /run/vm/tap.sh, runs cases, and
# ends with "finish".

tap_failed=0

# The card in RTL (CARD=rtl) is simulated cycle by cycle: a command takes so many times as long, and
# tests give it as much less to do; with WORK=all as much as any other, and wait as much longer.
slow=1
[ "${CARD-}" != rtl ] || slow=8
part=$slow
[ "${WORK-}" != all ] || part=1
patience=$((slow * slow / part))

# amount N: so much of something, or a part of it for a slow card
amount() {
	echo $((($1 + part - 1) / part))
}

ok() { # NAME
	echo "ok $*"
}

not_ok() { # NAME: WHY
	echo "not ok $*"
	tap_failed=1
}

# check NAME COMMAND...: the command must succeed
check() {
	tap_name=$1
	shift
	if tap_output=$("$@" 2>&1); then
		ok "$tap_name"
	else
		not_ok "$tap_name: exit status $? of: $*"
		echo "$tap_output" | tail -n 20 | sed 's/^/# /'
	fi
}

# refused NAME COMMAND...: the command must fail
refused() {
	tap_name=$1
	shift
	if "$@" >/dev/null 2>&1; then
		not_ok "$tap_name: succeeded, but should have been refused: $*"
	else
		ok "$tap_name"
	fi
}

# equal NAME GOT WANTED
equal() {
	if [ "$2" = "$3" ]; then
		ok "$1"
	else
		not_ok "$1: got '$2', wanted '$3'"
	fi
}

# within NAME SECONDS COMMAND...: waits until the command succeeds; longer for a slow card
within() {
	tap_name=$1
	tap_left=$(($2 * 10 * patience))
	shift 2
	while ! "$@" >/dev/null 2>&1; do
		tap_left=$((tap_left - 1))
		if [ $tap_left -le 0 ]; then
			not_ok "$tap_name: not within the time: $*"
			return
		fi
		sleep 0.1
	done
	ok "$tap_name"
}

finish() {
	exit $tap_failed
}
