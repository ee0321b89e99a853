# SPDX-License-Identifier: Apache-2.0
#
# The C model of the card as one library: vault (index, store, codec), card (queues,
# executor) and the firmware at the model's mailbox. Every .c file of the folder belongs to it.

# -O3: every page takes this path, and it is worth 4 % of a get.
CFLAGS_sim/model := -Isim/model/include -Ifirmware -Isim/nand -O3

# The check of firmware's signatures, with Monocypher if it can be had; its names are not shown.
MODEL_VERIFY := build/firmware/verify.o
$(MODEL_VERIFY): firmware/platform/verify.c firmware/platform/verify_absent.c firmware/platform/verify.h \
		firmware/hal.h tools/fwimage.py build/firmware/riscv/key.name
	@mkdir -p $(@D)
	@echo "  CC      firmware/platform/verify.c"
	@if $(MAKE) -s -f build.mk build/firmware/riscv/key.inc 2>build/firmware/verify.log; then \
		$(CC) $(CFLAGS) -Ifirmware -Ibuild/firmware/riscv -I$(MONOCYPHER) -c -o build/firmware/verify_part.o $< && \
		$(CC) -O2 -fPIC -c -o build/firmware/monocypher.o $(MONOCYPHER)/monocypher.c && \
		$(CC) -r -nostdlib -o $@ build/firmware/verify_part.o build/firmware/monocypher.o && \
		objcopy --wildcard --localize-symbol='crypto_*' $@; \
	else \
		echo "note: no Monocypher, so the C model refuses all firmware images: $$(tail -1 build/firmware/verify.log)"; \
		$(CC) $(CFLAGS) -Ifirmware -c -o $@ firmware/platform/verify_absent.c; \
	fi

# All of it, for those who compile it in one go, together with MODEL_VERIFY.
MODEL_SOURCES := $(wildcard sim/model/*.c) $(FIRMWARE_SOURCES) $(FLASH_SOURCES) $(TIER_SOURCES) \
	$(wildcard sim/nand/*.c)
# What a program that links build/libpammodel.a needs besides.
MODEL_LIBS := -llz4

# The firmware and who it calls as one object, which shows nothing of either: a program may
# hold the Verilated card too, whose firmware calls functions of the same names, or flash of its own.
MODEL_FIRMWARE := sim/model/management.c sim/model/boot_flash.c sim/model/mailbox.c sim/model/mailbox_tier.c \
	$(filter-out sim/model/%,$(MODEL_SOURCES))
build/sim/model_firmware.o: $(MODEL_FIRMWARE:%.c=build/%.o) $(MODEL_VERIFY)
build/san/sim/model_firmware.o: $(MODEL_FIRMWARE:%.c=build/san/%.o) $(MODEL_VERIFY)
build/sim/model_firmware.o build/san/sim/model_firmware.o:
	@echo "  LD      $@"
	@$(CC) -r -nostdlib -o $@ $^
	@objcopy --wildcard --localize-symbol='fw_*' --localize-symbol='hal_*' \
		--localize-symbol='fl_*' --localize-symbol='tier_*' --localize-symbol='nand_*' $@

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
