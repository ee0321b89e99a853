#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Creates the toolbox: a Debian 13 root (plus backports) that holds every tool
# the build, the tests and the demo need, so that the host needs none of them.
# The root lands in its final place in one rename, so an interrupted creation
# never leaves a half one behind.
#
# usage: create.sh           create if missing, print the root's path on stdout
#        create.sh --path    only print where it is or would be
set -eu

here=$(cd "$(dirname "$0")" && pwd)
suite=trixie
need_mib=6000

key=$(cat "$here/packages.list" "$here/create.sh" "$here/kernels.sh" | sha256sum | cut -c1-12)
cache=${PAMCARD_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/pamcard}
root=$cache/toolbox-$key

say() { printf 'toolbox: %s\n' "$*" >&2; }
die() { say "error: $*"; exit 1; }

if [ "${1:-}" = --path ]; then echo "$root"; exit 0; fi
if [ -e "$root/.complete" ]; then echo "$root"; exit 0; fi

[ -r /etc/debian_version ] || die "this host is not Debian; install the tools of tools/toolbox/packages.list yourself and run make with TOOLBOX= (empty)"

as_root=
if [ "$(id -u)" != 0 ]; then
	command -v sudo >/dev/null || die "creating the toolbox needs root once; run as root, or install sudo"
	as_root=sudo
	say "sudo is used once, to create the toolbox"
	sudo -v || die "sudo was refused; run 'make toolbox' as root, or ask for sudo rights"
fi

mkdir -p "$cache" || die "cannot create $cache; set PAMCARD_CACHE to a folder you can write"
free_mib=$(df -Pm "$cache" | awk 'NR==2 {print $4}')
[ "$free_mib" -ge $need_mib ] || die "$cache has $free_mib MiB free, $need_mib MiB are needed; free some, or set PAMCARD_CACHE to a larger disk"

exec 9>"$cache/lock"
flock -n 9 || { say "another creation is running, waiting for it"; flock 9; }
if [ -e "$root/.complete" ]; then echo "$root"; exit 0; fi

missing=
command -v mmdebstrap >/dev/null || missing="$missing mmdebstrap"
command -v bwrap >/dev/null || missing="$missing bubblewrap"
if [ -n "$missing" ]; then
	say "installing$missing on this host"
	# A fresh host's package lists may be absent or old.
	$as_root apt-get -qq update >&2 || die "apt-get update failed; check the network and the apt sources"
	$as_root apt-get -qq install -y --no-install-recommends $missing >&2 ||
		die "could not install$missing; check the network and the apt sources"
fi

# The user's own mirror serves the toolbox too.
mirror=$(apt-get indextargets --format '$(REPO_URI) $(LABEL)' 'Created-By: Packages' 2>/dev/null |
	awk '$2 == "Debian" {print $1; exit}')
[ -n "$mirror" ] || die "no Debian mirror found in this host's apt sources; add one and run 'apt-get update'"

# Left-overs of creations that were interrupted.
for old in "$cache"/toolbox-*.partial.*; do
	[ -e "$old" ] && $as_root rm -rf --one-file-system "$old"
done

partial=$root.partial.$$
log=$cache/toolbox-$key.log
include=$(sed 's/#.*//' "$here/packages.list" | tr -s '[:space:]' ',' | sed 's/^,//; s/,$//')
say "creating $root (about 3 GB, a few minutes; log: $log)"

# Java's alternatives insist on a folder for man pages.
# enter.sh puts the host's files over those touched.
# A line per stage on the terminal, all of it in the log.
status=0
{
	$as_root mmdebstrap --variant=minbase --include="$include" \
		--aptopt='APT::Install-Recommends "false"' \
		--aptopt='Acquire::Languages "none"' \
		--aptopt='Acquire::Retries "3"' \
		--dpkgopt='force-unsafe-io' \
		--dpkgopt='path-exclude=/usr/share/doc/*' \
		--dpkgopt='path-exclude=/usr/share/locale/*' \
		--dpkgopt='path-exclude=/usr/share/man/*' \
		--essential-hook='mkdir -p "$1/usr/share/man/man1"' \
		--customize-hook='touch "$1/etc/pip.conf" "$1/etc/resolv.conf" "$1/etc/hosts"' \
		--customize-hook="$here/kernels.sh \"\$1\" $suite" \
		"$suite" "$partial" \
		"deb $mirror $suite main" \
		"deb $mirror $suite-updates main" \
		"deb $mirror $suite-backports main" 2>&1 || echo "toolbox-failed"
} | while IFS= read -r line; do
	printf '%s\n' "$line"
	case $line in
	I:*|toolbox:*) printf 'toolbox: %s\n' "${line#*: }" >&2 ;;
	E:*) printf 'toolbox: %s\n' "$line" >&2 ;;
	esac
done >"$log"
! grep -q '^toolbox-failed$' "$log" || status=1
if [ $status != 0 ]; then
	$as_root rm -rf --one-file-system "$partial"
	die "creation failed; the last lines of $log say why. Most often: no network, or a proxy that apt does not know"
fi

$as_root touch "$partial/.complete"
$as_root mv -T "$partial" "$root"
say "done: $root"
echo "$root"
