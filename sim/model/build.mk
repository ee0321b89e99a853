# SPDX-License-Identifier: Apache-2.0
#
# The C model of the card as one library: vault (index, store, codec, pools) and
# card (queues, admin). Every .c file of the folder belongs to it.

# -O3: every page takes this path, and it is worth 4 % of a get.
CFLAGS_sim/model := -Isim/model/include -O3

MODEL_SOURCES := $(wildcard sim/model/*.c)
# What a program that links build/libpammodel.a needs besides.
MODEL_LIBS := -llz4

build/libpammodel.a: $(MODEL_SOURCES:%.c=build/%.o)
build/san/libpammodel.a: $(MODEL_SOURCES:%.c=build/san/%.o)

# Made anew each time: ar would keep the members of files that are gone.
build/libpammodel.a build/san/libpammodel.a:
	@echo "  AR      $@"
	@rm -f $@
	@ar rcs $@ $^

ALL += build/libpammodel.a
TESTBINS += build/san/libpammodel.a
