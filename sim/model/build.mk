# SPDX-License-Identifier: Apache-2.0
#
# The C model of the card as one library: vault (index, store, codec), card (queues,
# executor) and the firmware at the model's mailbox. Every .c file of the folder belongs to it.

# -O3: every page takes this path, and it is worth 4 % of a get.
CFLAGS_sim/model := -Isim/model/include -Ifirmware -O3

# All of it, for those who compile it in one go.
MODEL_SOURCES := $(wildcard sim/model/*.c) $(FIRMWARE_SOURCES)
# What a program that links build/libpammodel.a needs besides.
MODEL_LIBS := -llz4

# The firmware and who it calls as one object, which shows nothing of either: a program may
# hold the Verilated card too, whose firmware calls functions of the same names.
MODEL_FIRMWARE := sim/model/management.c sim/model/mailbox.c $(FIRMWARE_SOURCES)
build/sim/model_firmware.o: $(MODEL_FIRMWARE:%.c=build/%.o)
build/san/sim/model_firmware.o: $(MODEL_FIRMWARE:%.c=build/san/%.o)
build/sim/model_firmware.o build/san/sim/model_firmware.o:
	@echo "  LD      $@"
	@$(CC) -r -nostdlib -o $@ $^
	@objcopy --wildcard --localize-symbol='fw_*' --localize-symbol='hal_*' $@

MODEL_PARTS := $(filter-out $(MODEL_FIRMWARE),$(MODEL_SOURCES))
MODEL_OBJECTS := $(MODEL_PARTS:%.c=build/%.o) build/sim/model_firmware.o
MODEL_OBJECTS_SAN := $(MODEL_PARTS:%.c=build/san/%.o) build/san/sim/model_firmware.o

build/libpammodel.a: $(MODEL_OBJECTS)
build/san/libpammodel.a: $(MODEL_OBJECTS_SAN)

# Made anew each time: ar would keep the members of files that are gone.
build/libpammodel.a build/san/libpammodel.a:
	@echo "  AR      $@"
	@rm -f $@
	@ar rcs $@ $^

ALL += build/libpammodel.a
TESTBINS += build/san/libpammodel.a
