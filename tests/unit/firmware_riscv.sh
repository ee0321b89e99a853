#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The firmware compiles for the card's management core, freestanding, and needs nothing but
# its platform (hal.h, hal_flash.h, hal_tier.h), memcpy, memset and memcmp, and the compiler's own arithmetic.
set -u

cd "$(dirname "$0")/../.." || exit 1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

for source in firmware/*.c; do
	if ! clang --target=riscv32-unknown-elf -march=rv32imc -mabi=ilp32 -std=c17 -ffreestanding -nostdinc \
		-isystem "$(clang -print-resource-dir)/include" -Os -Wall -Wextra -Werror -Iinclude \
		-c -o "$work/$(basename "$source" .c).o" "$source" 2>"$work/log"; then
		echo "not ok $source"
		sed 's/^/# /' "$work/log" | head -20
		failed=1
	fi
done
[ $failed = 0 ] && echo "ok all of it compiles for rv32imc"

# What it calls and does not have.
nm -g "$work"/*.o | sed -n 's/.* [TDBR] \(.*\)/\1/p' | sort -u >"$work/have"
nm -g "$work"/*.o | sed -n 's/.* U \(.*\)/\1/p' | sort -u >"$work/want"
sed -n 's/^[a-z].*[ *]\(hal_[a-z_]*\)(.*/\1/p' firmware/hal.h firmware/hal_flash.h firmware/hal_tier.h firmware/hal_tier_mailbox.h >>"$work/have"
printf 'memcpy\nmemset\nmemcmp\n' >>"$work/have"
sort -u -o "$work/have" "$work/have"
missing=$(comm -13 "$work/have" "$work/want" | grep -v '^__[a-z]*di[23]$\|^__[a-z]*si2$')
if [ -s "$work/want" ] && [ -z "$missing" ]; then
	echo "ok it calls nothing but hal.h, hal_flash.h, hal_tier.h, memcpy, memset, memcmp and the compiler's arithmetic"
else
	echo "not ok it calls" $missing
	failed=1
fi
size -t "$work"/*.o | sed "s|$work/||; s/^/# /"

exit $failed
