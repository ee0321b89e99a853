#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Adds to a toolbox root what has to come from two releases at once: the LTS
# kernel of the suite and the newest one of its backports, each with its
# headers, and a QEMU that has the vfio-user client (10.1 or newer); and
# checkpatch, which only the kernel source has.
# Runs as mmdebstrap's customize hook.  No version is named here: the
# metapackages say which is current.
#
# usage: kernels.sh ROOT SUITE
set -eu

root=$1
suite=$2

# Nothing boots the root itself, so no initramfs is made (INITRD=No).
in_root() { chroot "$root" env DEBIAN_FRONTEND=noninteractive INITRD=No "$@"; }

add_kernel() { # RELEASE
	echo "toolbox: kernel and headers of $1"
	release=$(in_root apt-get -s install -t "$1" linux-headers-cloud-amd64 |
		awk '/^Inst linux-headers-[0-9].*-cloud-amd64 / {sub("linux-headers-", "", $2); print $2; exit}')
	[ -n "$release" ] || { echo "E: $1 has no linux-headers-cloud-amd64"; exit 1; }
	in_root apt-get -qq install -y -t "$1" linux-headers-cloud-amd64
	# Image and modules are one package in older releases and two in newer
	# ones; unpacked, not installed, as some headers packages pull the image
	# in and some conflict with tools the others need.
	if [ ! -e "$root/boot/vmlinuz-$release" ]; then
		packages=
		for package in linux-binary linux-modules linux-image; do
			in_root apt-cache show "$package-$release" >/dev/null 2>&1 &&
				packages="$packages $package-$release/$1"
		done
		in_root sh -c "mkdir /tmp/kernel && cd /tmp/kernel && apt-get -qq download $packages &&
			for deb in *.deb; do dpkg -x \$deb /; done && rm -r /tmp/kernel"
		[ -e "$root/boot/vmlinuz-$release" ] ||
			ln -s "../usr/lib/modules/$release/vmlinuz" "$root/boot/vmlinuz-$release"
	fi
	in_root depmod -a "$release"
}

add_kernel "$suite"
add_kernel "$suite-backports"

echo "toolbox: QEMU of $suite-backports"
in_root apt-get -qq install -y -t "$suite-backports" qemu-system-x86

echo "toolbox: checkpatch of $suite's kernel source"
source=$(in_root apt-cache depends linux-source | awk '/Depends: linux-source-/ {print $2; exit}')
in_root sh -c "mkdir /tmp/source /usr/share/checkpatch && cd /tmp/source && apt-get -qq download $source/$suite &&
	dpkg-deb --fsys-tarfile *.deb | tar -xO ./usr/src/$source.tar.xz | xz -dc -T0 |
	tar -x -C /usr/share/checkpatch --strip-components=2 --wildcards \
		'*/scripts/checkpatch.pl' '*/scripts/spelling.txt' '*/scripts/const_structs.checkpatch'"
rm -r "$root/tmp/source"
in_root apt-get clean
