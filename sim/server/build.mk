# SPDX-License-Identifier: Apache-2.0
#
# pamsim, the vfio-user server: every .c file of the folder, and the C model.

CFLAGS_sim/server := -Isim/model/include -pthread

PAMSIM_SOURCES := $(wildcard sim/server/*.c)

build/pamsim: $(PAMSIM_SOURCES:%.c=build/%.o) build/libpammodel.a
	@echo "  LD      $@"
	@$(CC) -pthread -o $@ $^ $(MODEL_LIBS)

build/san/pamsim: $(PAMSIM_SOURCES:%.c=build/san/%.o) build/san/libpammodel.a
	@echo "  LD san  $@"
	@$(CC) $(SANFLAGS) -pthread -o $@ $^ $(MODEL_LIBS)

ALL += build/pamsim
TESTBINS += build/san/pamsim
