#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The public header compiles alone, in C and in C++, with warnings that a user
# may have on; the shared library shows what the header declares and no more; and
# a program that knows only these two works.
set -u

cd "$(dirname "$0")/../.." || exit 1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

report() { # status, name, file with details
	if [ "$1" = 0 ]; then
		echo "ok $2"
	else
		echo "not ok $2"
		sed 's/^/# /' "$3" 2>/dev/null | head -20
		failed=1
	fi
}

include="-Iinclude -Ilibpamdev/include"
strict="-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror -fsyntax-only"

printf '#include "pamdev.h"\n#include "pamdev.h"\nextern int used;\nint used;\n' >"$work/alone.c"
cp "$work/alone.c" "$work/alone.cc"
for standard in c11 c17; do
	gcc -std=$standard $strict $include "$work/alone.c" 2>"$work/log"
	report $? "pamdev.h alone in $standard" "$work/log"
done
for standard in c++11 c++17; do
	g++ -std=$standard $strict $include "$work/alone.cc" 2>"$work/log"
	report $? "pamdev.h alone in $standard" "$work/log"
done

# Functions of the header, those of the map, those of the library.
sed -n 's/^[a-z].*[ *]\(pamdev_[a-z_]*\)(.*/\1/p' libpamdev/include/pamdev.h | sort -u >"$work/header"
sed -n 's/^\t\(pamdev_[a-z_]*\);/\1/p' libpamdev/libpamdev.map | sort -u >"$work/map"
nm -D --defined-only build/libpamdev.so | sed -n 's/.* T \([^@]*\).*/\1/p' | sort -u >"$work/library"
diff "$work/header" "$work/map" >"$work/log" && [ -s "$work/map" ]
report $? "the symbol map has the functions of pamdev.h" "$work/log"
diff "$work/header" "$work/library" >"$work/log"
report $? "libpamdev.so shows them and nothing else" "$work/log"

cat >"$work/user.cc" <<'END'
#include "pamdev.h"
#include <cstring>
int main()
{
	struct pamdev *dev;
	struct pamdev_pool *pool;
	struct pamdev_pool_options options = PAMDEV_POOL_OPTIONS_INIT;
	struct pamdev_queue_options queue = PAMDEV_QUEUE_OPTIONS_INIT;
	struct pamdev_open_options how = PAMDEV_OPEN_OPTIONS_INIT;
	struct pamdev_handle handle = {{1, 2, 3}, 4};
	char page[4096] = "from C++", back[4096];

	options.name = "example";
	if (queue.size != sizeof(queue) || pamdev_open("model:dram=8M", &how, &dev))
		return 1;
	if (pamdev_pool_create(dev, &options, &pool) || pamdev_put(pool, &handle, page) ||
	    pamdev_get(pool, &handle, back, 0) || std::memcmp(page, back, 4096) ||
	    pamdev_pool_destroy(pool))
		return 2;
	pamdev_close(dev);
	return 0;
}
END
g++ -std=c++17 -Wall -Wextra -Werror $include -o "$work/shared" "$work/user.cc" build/libpamdev.so 2>"$work/log" &&
	LD_LIBRARY_PATH=build "$work/shared" 2>>"$work/log"
report $? "a C++ program on libpamdev.so" "$work/log"
g++ -std=c++17 $include -o "$work/static" "$work/user.cc" build/libpamdev.a -llz4 -lpthread 2>"$work/log" &&
	"$work/static" 2>>"$work/log"
report $? "a C++ program on libpamdev.a" "$work/log"
exit $failed
