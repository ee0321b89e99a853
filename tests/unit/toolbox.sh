#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# tools/toolbox tells clearly what is missing, and never leaves a half toolbox.
# The programs it calls are replaced by stubs, so nothing is installed.
set -u

top=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bin=$work/bin
mkdir "$bin"
failed=0

stub() { # NAME BODY
	printf '#!/bin/sh\n%s\n' "$2" >"$bin/$1"
	chmod +x "$bin/$1"
}

# A host on which everything works; each case breaks one thing.
good_host() {
	rm -rf "$work/cache"
	stub id 'echo 0'
	stub sudo '[ "$1" = -v ] || exec "$@"'
	stub df 'printf "h\nd 9 9 90000 9 /\n"'
	stub apt-get '[ "$1" = indextargets ] && echo "http://mirror.example/debian/ Debian"; exit 0'
	stub bwrap 'echo "$@"'
	# The root's path is the argument after the suite.
	stub mmdebstrap 'for a; do case $a in *.partial.*) mkdir "$a"; echo "$a" >>'"$work"'/made;; esac; done'
}

create() {
	PATH=$bin:$PATH PAMCARD_CACHE=$work/cache "$top/tools/toolbox/create.sh" >"$work/out" 2>"$work/err"
}

case_is() { # WHAT CONDITION...
	what=$1
	shift
	if "$@"; then
		echo "ok $what"
	else
		echo "not ok $what"
		sed 's/^/# /' "$work/out" "$work/err"
		failed=1
	fi
}

says() { grep -q "$1" "$work/err"; }
nothing_made() { [ -z "$(ls -d "$work"/cache/toolbox-????????????  2>/dev/null)" ]; }

good_host
create
case_is "a good host gets a toolbox, and its path on stdout" [ -e "$(cat "$work/out")/.complete" ]
case_is "progress is told" says "creating"
: >"$work/made"
create
case_is "the second call creates nothing" [ ! -s "$work/made" ]

good_host
stub id 'echo 1000'
ln -sf /nonexistent "$bin/sudo"
rm "$bin/sudo"
saved=$PATH
mkdir -p "$work/nosudo"
for tool in sh dirname cat sha256sum cut mkdir sed tr awk flock rm; do
	ln -sf "$(command -v $tool)" "$work/nosudo/$tool"
done
PATH=$bin:$work/nosudo PAMCARD_CACHE=$work/cache /bin/sh "$top/tools/toolbox/create.sh" >"$work/out" 2>"$work/err"
case_is "no root, no sudo: fails" [ $? != 0 ]
PATH=$saved
case_is "no root, no sudo: says what to do" says "run as root, or install sudo"

good_host
stub df 'printf "h\nd 9 9 100 9 /\n"'
create
case_is "a full disk is named with what is needed" says "100 MiB free, .* MiB are needed"
case_is "a full disk: nothing was made" nothing_made

good_host
stub mmdebstrap 'echo "E: no network"; exit 1'
create
case_is "a failed creation fails" [ $? != 0 ]
case_is "a failed creation points to its log" says "last lines of"
case_is "a failed creation leaves nothing" nothing_made

good_host
stub mmdebstrap 'for a; do case $a in *.partial.*) mkdir "$a"; touch '"$work"'/started; sleep 20;; esac; done'
PATH=$bin:$PATH PAMCARD_CACHE=$work/cache setsid "$top/tools/toolbox/create.sh" >"$work/out" 2>"$work/err" &
pid=$!
while [ ! -e "$work/started" ]; do sleep 0.1; done
kill -9 -$pid
wait $pid 2>/dev/null
case_is "an interrupted creation is not taken for a toolbox" nothing_made
good_host_keeping_cache() { cp -r "$work/cache" "$work/kept"; good_host; mv "$work/kept" "$work/cache"; }
good_host_keeping_cache
create
case_is "the next creation works" [ -e "$(cat "$work/out")/.complete" ]
case_is "and removes what was left" sh -c "! ls -d '$work'/cache/*.partial.* 2>&1"

good_host
create
mkdir -p "$work/home/.config/pip"
touch "$work/home/.config/pip/pip.conf" "$work/cert"
env HOME="$work/home" XDG_CONFIG_HOME= PIP_CONFIG_FILE= PIP_CERT="$work/cert" PATH="$bin:$PATH" PAMCARD_CACHE="$work/cache" \
	PAMCARD_IN_TOOLBOX= "$top/tools/toolbox/enter.sh" true >"$work/out" 2>"$work/err"
case_is "the user's pip configuration comes along" grep -q -- "--ro-bind $work/home/.config/pip/pip.conf /run/pip.conf" "$work/out"
case_is "and the certificates" grep -q -- "--ro-bind $work/cert /etc/ssl/certs/ca-certificates.crt" "$work/out"

good_host
stub id 'echo 1000'
stub unshare 'exit 1'
PATH=$bin:$PATH PAMCARD_CACHE=$work/cache PAMCARD_IN_TOOLBOX= "$top/tools/toolbox/enter.sh" true >"$work/out" 2>"$work/err"
case_is "no user namespaces: says what to do" says "user namespaces are not available"

exit $failed
