#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Makes OUT/lib.a and OUT/V<name>.h, and OUT.d for make, of a module (rtl/build.mk).
# All is made aside and put in place at once: someone else may be making the same, or
# compiling against what is there.
#
# usage: verilate.sh OUT COMMAND... (verilator without --prefix and --Mdir)
set -eu

out=$1
shift
name=$(basename "$out")
aside=$(dirname "$out")/.$name.$$
trap 'rm -rf "$aside"' EXIT INT TERM
mkdir -p "$aside"

"$@" --prefix "V$name" --Mdir "$aside" > "$aside/log" 2>&1 || { cat "$aside/log" >&2; exit 1; }
(cd "$aside" && printf '%s\n' 'create lib.a' "addlib V${name}__ALL.a" 'addlib libverilated.a' save end | ar -M)

# What Verilator read, as prerequisites; each is a target, too, that it may vanish.
files=$(tr -d '\\' < "$aside/V${name}__ver.d" | tr ' ' '\n' | grep -E '\.(sv|svh|vlt)$' | sort -u)
# The compiler's lists of prerequisites speak of a folder that is no more.
rm -f "$aside"/*.d
{
	echo "$out/lib.a:" $files
	for file in $files; do echo "$file:"; done
} > "$aside/lib.depends"
rm -rf "$aside.old"
mv -T "$out" "$aside.old" 2>/dev/null || true
mv -T "$aside" "$out" || rm -rf "$aside"
rm -rf "$aside.old"
mv "$out/lib.depends" "$out.d" 2>/dev/null || true
