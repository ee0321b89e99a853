# SPDX-License-Identifier: Apache-2.0
#
# Unit tests: every tests/unit/NAME.c that is not a helper is a program of its own,
# built with sanitizers as build/san/tests/unit/NAME and linked with the model.

CFLAGS_tests/unit := -Itests/unit -Isim/model -Isim/model/include

UNIT_HELPERS := tests/unit/rig.c
UNIT_TESTS := $(patsubst %.c,build/san/%,$(filter-out $(UNIT_HELPERS),$(wildcard tests/unit/*.c)))

# Static, so that make keeps them apart from the rules for objects.
$(UNIT_TESTS): build/san/tests/unit/%: build/san/tests/unit/%.o build/san/libpammodel.a
	@echo "  LINK    $@"
	@$(CC) $(SANFLAGS) -o $@ $(filter %.o,$^) $(filter %.a,$^) $(MODEL_LIBS) -lpthread

# Tests of the card's outside share a host that is made of memory.
$(filter build/san/tests/unit/model_%,$(UNIT_TESTS)): build/san/tests/unit/rig.o

TESTBINS += $(UNIT_TESTS)

include $(wildcard tests/*/build.mk)
