# SPDX-License-Identifier: Apache-2.0
#
# The NAND model as a library, with the firmware's hal_flash.h on it.

CFLAGS_sim/nand := -Ifirmware

NAND_SOURCES := $(wildcard sim/nand/*.c)

build/libpamnand.a: $(NAND_SOURCES:%.c=build/%.o)
build/san/libpamnand.a: $(NAND_SOURCES:%.c=build/san/%.o)

build/libpamnand.a build/san/libpamnand.a:
	@echo "  AR      $@"
	@rm -f $@
	@ar rcs $@ $^

ALL += build/libpamnand.a
TESTBINS += build/san/libpamnand.a
