# SPDX-License-Identifier: Apache-2.0
#
# The firmware as a library for the host: the Verilated card's management core, and tests.

# Freestanding, as on the card; what it calls may throw on the host (sim/verilator).
CFLAGS_firmware := -ffreestanding -fexceptions

FIRMWARE_SOURCES := $(wildcard firmware/*.c)

build/libpamfw.a: $(FIRMWARE_SOURCES:%.c=build/%.o)
	@echo "  AR      $@"
	@rm -f $@ && ar rcs $@ $^

build/san/libpamfw.a: $(FIRMWARE_SOURCES:%.c=build/san/%.o)
	@echo "  AR san  $@"
	@rm -f $@ && ar rcs $@ $^
