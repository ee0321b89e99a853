# SPDX-License-Identifier: Apache-2.0
#
# The build itself, run inside the toolbox: one make for the whole tree. Each
# folder lists its own in its build.mk; everything made goes under build/.
#
# Two builds of the C code: plain (build/...) and with sanitizers (build/san/...);
# tests run the latter, benchmarks and the virtual machines the former.

MAKEFLAGS += --no-builtin-rules
.DELETE_ON_ERROR:
.SECONDARY:
.DEFAULT_GOAL := all

CC := ccache gcc
CSTD := -std=c17 -D_GNU_SOURCE
WARN := -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes
CFLAGS := $(CSTD) $(WARN) -O2 -g -fno-omit-frame-pointer -march=x86-64-v2 -fPIC -MMD -MP -Iinclude
SANFLAGS := -fsanitize=address,undefined -fno-sanitize-recover=all

# Object of a source file: build/<path>.o, and build/san/<path>.o with sanitizers.
build/%.o: %.c
	@mkdir -p $(@D)
	@echo "  CC      $<"
	@$(CC) $(CFLAGS) $(CFLAGS_$(patsubst %/,%,$(dir $<))) -c -o $@ $<

build/san/%.o: %.c
	@mkdir -p $(@D)
	@echo "  CC san  $<"
	@$(CC) $(CFLAGS) $(SANFLAGS) $(CFLAGS_$(patsubst %/,%,$(dir $<))) -c -o $@ $<

# Programs and libraries: ALL collects what "make all" builds, TESTBINS what the
# tests need.
ALL :=
TESTBINS :=

include $(wildcard firmware/build.mk firmware/platform/riscv/build.mk sim/model/build.mk sim/nand/build.mk sim/server/build.mk libpamdev/build.mk \
	driver/build.mk sim/vm/build.mk tests/build.mk tools/build.mk rtl/build.mk sim/verilator/build.mk docs/build.mk)

.PHONY: all generate test test-long
all: $(ALL)

generate:
	@python3 tools/ifgen/ifgen.py

.PHONY: bench
bench: bench-io bench-rtl bench-codec bench-capacity bench-flash bench-swap

# All that tests need, on all processors; the tests themselves share them out in tests/run.py.
.PHONY: programs programs-quickly
programs: $(ALL) $(TESTBINS)
programs-quickly:
	@$(MAKE) --no-print-directory $(if $(findstring -j,$(MAKEFLAGS)),,-j$(shell nproc)) programs

test: programs-quickly
	@python3 tests/run.py

test-long: programs-quickly
	@python3 tests/run.py long

-include $(shell find build -name '*.d' 2>/dev/null)
