#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Runs a command inside the toolbox: the root read-only, the repository and the
# cache folder writable at their own paths, the network as on the host, and pip
# (tests/cocotb) with the user's own configuration: index, certificates.
#
# usage: enter.sh COMMAND [ARGUMENT...]
#
# TOOLBOX= (set but empty) runs the command on the host as it is.
# ACCEL=kvm passes /dev/kvm through.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
[ $# -gt 0 ] || { sed -n 's/^# usage: /usage: /p' "$0" >&2; exit 2; }

if [ "${TOOLBOX-unset}" = "" ] || [ -n "${PAMCARD_IN_TOOLBOX:-}" ]; then
	exec "$@"
fi

root=$("$here/create.sh")
cache=$(dirname "$root")

if [ "$(id -u)" != 0 ] && ! unshare --user true 2>/dev/null; then
	echo "toolbox: error: user namespaces are not available to you; run as root, or: sudo sysctl kernel.unprivileged_userns_clone=1 user.max_user_namespaces=10000" >&2
	exit 1
fi

mkdir -p "$cache/home"
kvm=
[ "${ACCEL:-}" = kvm ] && [ -e /dev/kvm ] && kvm="--dev-bind /dev/kvm /dev/kvm"

bundle=/etc/ssl/certs/ca-certificates.crt
set -- --setenv PIP_CERT $bundle --chdir "$PWD" "$@"
for cert in "${PIP_CERT:-}" "${REQUESTS_CA_BUNDLE:-}" "${SSL_CERT_FILE:-}" $bundle; do
	[ -f "$cert" ] && { set -- --ro-bind "$cert" $bundle "$@"; break; }
done
for file in "${PIP_CONFIG_FILE:-}" "${XDG_CONFIG_HOME:-$HOME/.config}/pip/pip.conf" "$HOME/.pip/pip.conf"; do
	[ -f "$file" ] && { set -- --ro-bind "$file" /run/pip.conf --setenv PIP_CONFIG_FILE /run/pip.conf "$@"; break; }
done
for file in /etc/pip.conf /etc/resolv.conf /etc/hosts; do
	[ -f "$file" ] && set -- --ro-bind "$file" "$file" "$@"
done
for dir in bin sbin lib lib64; do
	set -- --symlink "usr/$dir" "/$dir" "$@"
done
for dir in usr etc var boot; do
	set -- --ro-bind "$root/$dir" "/$dir" "$@"
done

# --unshare-pid: whatever the command leaves behind ends with it.
exec bwrap --dev /dev $kvm --proc /proc --ro-bind /sys /sys --tmpfs /tmp --tmpfs /run \
	--bind "$top" "$top" --bind "$cache" "$cache" \
	--unshare-pid --unshare-ipc --die-with-parent \
	--setenv HOME "$cache/home" --setenv PATH /usr/sbin:/usr/bin:/sbin:/bin \
	--setenv CCACHE_DIR "$cache/ccache" --setenv LC_ALL C.UTF-8 \
	--setenv PAMCARD_CACHE "$cache" --setenv PAMCARD_IN_TOOLBOX 1 \
	"$@"
