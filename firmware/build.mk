# SPDX-License-Identifier: Apache-2.0
#
# The firmware as a library for the host: the Verilated card's management core, and tests.

# Freestanding, as on the card; what it calls may throw on the host (sim/verilator).
CFLAGS_firmware := -ffreestanding -fexceptions

# The flash translation layer and the tier on it are apart: who links the firmware need
# not have a hal_flash.h and a hal_tier.h.
FLASH_SOURCES := $(wildcard firmware/flash*.c)
TIER_SOURCES := $(wildcard firmware/tier*.c)
# Ways to what is below, of which a program takes one: the model has its own. In the library
# who does not call them does not get them.
WAY_SOURCES := $(wildcard firmware/hal_*.c)
FIRMWARE_SOURCES := $(filter-out $(FLASH_SOURCES) $(TIER_SOURCES) $(WAY_SOURCES),$(wildcard firmware/*.c))

build/libpamfw.a: $(patsubst %.c,build/%.o,$(FIRMWARE_SOURCES) $(FLASH_SOURCES) $(TIER_SOURCES) $(WAY_SOURCES))
	@echo "  AR      $@"
	@rm -f $@ && ar rcs $@ $^

build/san/libpamfw.a: $(FIRMWARE_SOURCES:%.c=build/san/%.o)
	@echo "  AR san  $@"
	@rm -f $@ && ar rcs $@ $^

build/libpamflash.a: $(FLASH_SOURCES:%.c=build/%.o)
build/san/libpamflash.a: $(FLASH_SOURCES:%.c=build/san/%.o)

# The tier, which needs both.
build/san/libpamtier.a: $(TIER_SOURCES:%.c=build/san/%.o)

build/libpamflash.a build/san/libpamflash.a build/san/libpamtier.a:
	@echo "  AR      $@"
	@rm -f $@ && ar rcs $@ $^
