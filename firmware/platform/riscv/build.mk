# SPDX-License-Identifier: Apache-2.0
#
# The firmware for the card's management core, and the boot loader in its ROM:
#
#   build/firmware/riscv/rom.bin     what the ROM holds; rom.hex for $readmemh
#   build/firmware/riscv/image.bin   the firmware, signed, as boot flash has it
#
# Keys and signatures: tools/fwimage.py.

RISCV := riscv64-unknown-elf-
RISCV_OUT := build/firmware/riscv
RISCV_HERE := firmware/platform/riscv
# There is something at address 0: the ROM.
RISCV_CFLAGS := --param=min-pagesize=0 -march=rv32imc -mabi=ilp32 -mcmodel=medany --specs=picolibc.specs -ffreestanding -std=c17 -Os -g \
	-Wall -Wextra -Werror -ffunction-sections -fdata-sections -MMD -MP '-DHAL_WORDS="hal_words.h"' -Iinclude -Ifirmware -Ifirmware/platform -I$(RISCV_HERE)
RISCV_LDFLAGS := -nostartfiles -Wl,--gc-sections -Wl,--no-warn-rwx-segments
# What images must agree on to go on with what another one left in memory.
RISCV_STATE := firmware/fw.h firmware/flash_priv.h firmware/tier_priv.h firmware/hal_flash_mailbox.h firmware/hal_tier_mailbox.h
FW_VERSION := 0.1
# Raised when no older image may run any more (image.h).
FW_SECURITY := 0

# Asked for only when something needs it.
MONOCYPHER = $(shell python3 tools/pypi/pypi.py --source firmware/platform/riscv/requirements.txt)/pymonocypher-4.0.3.4

$(RISCV_OUT)/fw/%.o: firmware/%.c
	@mkdir -p $(@D)
	@echo "  RVCC    $<"
	@$(RISCV)gcc $(RISCV_CFLAGS) -c -o $@ $<

# No call of itself for its loops.
$(RISCV_OUT)/bytes.o: RISCV_CFLAGS += -fno-tree-loop-distribute-patterns -fno-builtin
# Nobody waits for admin commands as for pages: registers are saved by calls, which is shorter.
$(RISCV_OUT)/fw/fw_%.o: RISCV_CFLAGS += -msave-restore
# Nor for a start, for checkpoints, or for what is looked after once a day.
$(addprefix $(RISCV_OUT)/fw/flash_,memory.o care.o rebuild.o scan.o start.o checkpoint.o patrol.o): RISCV_CFLAGS += -msave-restore
$(addprefix $(RISCV_OUT)/fw/tier_,pools.o resume.o wipe.o): RISCV_CFLAGS += -msave-restore
$(RISCV_OUT)/fw/flash_page.o: RISCV_CFLAGS += -DFL_CRC32C=flash_crc32c

$(RISCV_OUT)/%.o: $(RISCV_HERE)/%.c
	@mkdir -p $(@D)
	@echo "  RVCC    $<"
	@$(RISCV)gcc $(RISCV_CFLAGS) -c -o $@ $<

$(RISCV_OUT)/verify.o: firmware/platform/verify.c
	@mkdir -p $(@D)
	@echo "  RVCC    $<"
	@$(RISCV)gcc $(RISCV_CFLAGS) -c -o $@ $<

$(RISCV_OUT)/%.o: $(RISCV_HERE)/%.S
	@mkdir -p $(@D)
	@$(RISCV)gcc $(RISCV_CFLAGS) -c -o $@ $<

$(RISCV_OUT)/monocypher.o: $(RISCV_HERE)/requirements.txt $(RISCV_HERE)/build.mk
	@mkdir -p $(@D)
	@echo "  RVCC    monocypher.c"
	@$(RISCV)gcc $(RISCV_CFLAGS) -DBLAKE2_NO_UNROLLING -c -o $@ $(MONOCYPHER)/monocypher.c

build/tools/monocypher.so: $(RISCV_HERE)/requirements.txt
	@mkdir -p $(@D)
	@echo "  CC      monocypher.c"
	@$(CC) -O2 -shared -fPIC -o $@ $(MONOCYPHER)/monocypher.c

# Another key is another ROM, and another signature.
$(RISCV_OUT)/key.name: FORCE
	@mkdir -p $(@D)
	@echo '$(PAMCARD_FW_KEY)' | cmp -s - $@ || echo '$(PAMCARD_FW_KEY)' > $@

$(RISCV_OUT)/key.inc: tools/fwimage.py build/tools/monocypher.so $(RISCV_OUT)/key.name
	@mkdir -p $(@D)
	@python3 tools/fwimage.py key > $@

$(RISCV_OUT)/verify.o: $(RISCV_OUT)/key.inc
$(RISCV_OUT)/verify.o: RISCV_CFLAGS += -I$(RISCV_OUT) -I$(MONOCYPHER)

# Bytes of code and of memory, each time they change.
define riscv_link
	@echo "  RVLINK  $@"
	@$(RISCV)gcc $(RISCV_CFLAGS) $(RISCV_LDFLAGS) -Wl,-Map=$(@:.elf=.map) -T $(filter %.ld,$^) -o $@ $(filter %.o,$^)
	@$(RISCV)size $@ | awk 'NR == 2 {print "          $@: " $$1 " bytes of code and constants, " $$2 + $$3 " of data"}'
endef

$(RISCV_OUT)/rom.elf: $(patsubst %,$(RISCV_OUT)/%.o,rom_start boot nor verify monocypher) $(RISCV_HERE)/rom.ld
	$(riscv_link)

# The loader of simulated cards: takes any signature.
$(RISCV_OUT)/rom_quick.elf: $(patsubst %,$(RISCV_OUT)/%.o,rom_start boot nor verify_none) $(RISCV_HERE)/rom.ld
	$(riscv_link)

$(RISCV_OUT)/firmware.elf: $(patsubst %,$(RISCV_OUT)/%.o,start main hal nor power flash bytes) \
		$(patsubst firmware/%.c,$(RISCV_OUT)/fw/%.o,$(FIRMWARE_SOURCES) $(FLASH_SOURCES) $(TIER_SOURCES) $(WAY_SOURCES)) $(RISCV_HERE)/firmware.ld $(RISCV_HERE)/build.mk tools/fwsizes.py
	$(riscv_link)
	@python3 tools/fwsizes.py $@ | sed 's/^/          /'

$(RISCV_OUT)/%.bin: $(RISCV_OUT)/%.elf
	@$(RISCV)objcopy -O binary $< $@

$(RISCV_OUT)/rom.hex: $(RISCV_OUT)/rom.bin
	@od -An -v -w4 -tx4 $< > $@

$(RISCV_OUT)/image.bin: $(RISCV_OUT)/firmware.bin tools/fwimage.py build/tools/monocypher.so $(RISCV_OUT)/key.name
	@python3 tools/fwimage.py make $< $@ $(FW_VERSION) $(FW_SECURITY) \
		$$({ $(RISCV)gcc -dumpfullversion; $(RISCV)gcc $(filter-out -MMD -MP,$(RISCV_CFLAGS)) -E -P $(RISCV_STATE); } | cksum | cut -d' ' -f1)

# Both as parts of a program.
$(RISCV_OUT)/images.o: $(RISCV_HERE)/images.S $(RISCV_OUT)/rom.bin $(RISCV_OUT)/rom_quick.bin $(RISCV_OUT)/image.bin
	@gcc -c -o $@ $<

TESTBINS += $(RISCV_OUT)/rom.bin $(RISCV_OUT)/image.bin build/tools/monocypher.so

# What a simulation of the core (sim/verilator/core.hpp) is linked with.
CORE_PARTS := build/rtl/mcu_top/lib.a $(RISCV_OUT)/images.o
