# SPDX-License-Identifier: Apache-2.0
#
# Unit tests: every tests/unit/NAME.c that is not a helper is a program of its own,
# built with sanitizers as build/san/tests/unit/NAME and linked with the model.

CFLAGS_tests/unit := -Itests/unit -Isim/nand -Isim/model -Isim/model/include -Isim/server -Ifirmware

UNIT_HELPERS := tests/unit/rig.c tests/unit/mailbox.c tests/unit/flash_rig.c tests/unit/flash_rig_ops.c
UNIT_TESTS := $(patsubst %.c,build/san/%,$(filter-out $(UNIT_HELPERS),$(wildcard tests/unit/*.c)))

# Static, so that make keeps them apart from the rules for objects.
$(UNIT_TESTS): build/san/tests/unit/%: build/san/tests/unit/%.o build/san/libpammodel.a
	@echo "  LINK    $@"
	@$(CC) $(SANFLAGS) -o $@ $(filter %.o,$^) $(filter %.a,$^) $(MODEL_LIBS) -lpthread

# Tests of the card's outside share a host that is made of memory.
$(filter build/san/tests/unit/model_%,$(UNIT_TESTS)): build/san/tests/unit/rig.o

# Those of the firmware, a mailbox.
$(filter build/san/tests/unit/firmware_%,$(UNIT_TESTS)): build/san/tests/unit/mailbox.o build/san/libpamfw.a

# Those of the flash translation layer: an index in memory, and flash that is a model.
$(filter build/san/tests/unit/flash_%,$(UNIT_TESTS)): build/san/tests/unit/flash_rig.o \
		build/san/tests/unit/flash_rig_ops.o build/san/libpamflash.a build/san/libpamnand.a

# That of the tier, flash as well.
build/san/tests/unit/firmware_tier build/san/tests/unit/firmware_resume: build/san/libpamtier.a build/san/libpamflash.a build/san/libpamnand.a

# That of pamsim's device: the server, without its main.
build/san/tests/unit/server_reset: $(patsubst %.c,build/san/%.o,$(filter-out sim/server/main.c,$(PAMSIM_SOURCES)))

TESTBINS += $(UNIT_TESTS)

# The threads test again, with the thread sanitizer, which excludes the others: its
# few sources are compiled in one go.
build/tsan/model_threads: tests/unit/model_threads.c tests/unit/rig.c $(MODEL_SOURCES) $(MODEL_VERIFY) \
		$(wildcard tests/unit/*.h sim/model/*.h sim/model/include/*.h sim/nand/*.h firmware/*.h include/*.h)
	@mkdir -p $(@D)
	@echo "  CC tsan $<"
	@$(CC) $(filter-out -MMD -MP,$(CFLAGS)) $(CFLAGS_tests/unit) -fsanitize=thread -o $@ \
		$(filter %.c %.o,$^) $(MODEL_LIBS) -lpthread

TESTBINS += build/tsan/model_threads

include $(wildcard tests/*/build.mk)
