# SPDX-License-Identifier: Apache-2.0
#
# Tests of pamsim from the outside: each program starts the server it talks to,
# build/san/pamsim. All of them share a client, a small driver, and sim.c.

CFLAGS_tests/vfio_user := -Itests/unit

VFIO_USER_HELPERS := client driver sim
VFIO_USER_TESTS := $(patsubst %.c,build/san/%,$(filter-out $(VFIO_USER_HELPERS:%=tests/vfio_user/%.c),\
	$(wildcard tests/vfio_user/*.c)))

$(VFIO_USER_TESTS): build/san/tests/vfio_user/%: build/san/tests/vfio_user/%.o \
		$(VFIO_USER_HELPERS:%=build/san/tests/vfio_user/%.o)
	@echo "  LINK    $@"
	@$(CC) $(SANFLAGS) -o $@ $(filter %.o,$^)

TESTBINS += $(VFIO_USER_TESTS)

# The server once more, to find data races between socket and card thread.
build/tsan/%.o: %.c
	@mkdir -p $(@D)
	@echo "  CC tsan $<"
	@$(CC) $(CFLAGS) -fsanitize=thread $(CFLAGS_$(patsubst %/,%,$(dir $<))) -c -o $@ $<

build/tsan/pamsim: $(PAMSIM_SOURCES:%.c=build/tsan/%.o) $(MODEL_SOURCES:%.c=build/tsan/%.o) $(MODEL_VERIFY)
	@echo "  LD tsan $@"
	@$(CC) -fsanitize=thread -pthread -o $@ $^ $(MODEL_LIBS)

TESTBINS += build/tsan/pamsim
