# SPDX-License-Identifier: Apache-2.0
#
# Benchmarks that are not part of a product, and what they need.

CFLAGS_tools/bench := -Isim/model -Isim/nand -Ifirmware -Ilibpamdev/include

CAPACITY_SOURCES := $(wildcard tools/bench/capacity*.c)

# liblz4 static: it runs in a guest that need not have the library.
build/bench/capacity: $(CAPACITY_SOURCES:%.c=build/%.o) build/libpammodel.a
	@mkdir -p $(@D)
	@echo "  LINK    $@"
	@$(CC) -o $@ $^ -l:liblz4.a

ALL += build/bench/capacity

build/corpus/stamp: $(wildcard tools/corpus/collect.py tools/corpus/[hH]eap.*)
	@python3 tools/corpus/collect.py build/corpus
	@touch $@

# Pages made to be hard on a codec.
build/adversarial/stamp: tools/corpus/adversarial.py
	@python3 tools/corpus/adversarial.py build/adversarial
	@touch $@

.PHONY: bench-capacity
bench-capacity: build/bench/capacity build/corpus/stamp
	@python3 tools/bench/capacity.py

# The flash translation layer on the NAND model.
build/bench/flash: build/tools/bench/flash.o build/libpamflash.a build/libpamnand.a
	@mkdir -p $(@D)
	@echo "  LINK    $@"
	@$(CC) -o $@ $^ -lm

ALL += build/bench/flash

# What a card with flash holds, as a program sees it.
build/bench/flash_gain: build/tools/bench/flash_gain.o build/libpamdev.a
	@mkdir -p $(@D)
	@echo "  LINK    $@"
	@$(CC) -o $@ $^ $(PAMDEV_LIBS) -lm

ALL += build/bench/flash_gain

.PHONY: bench-flash
bench-flash: build/bench/flash build/bench/flash_gain build/bench/flash_rtl build/firmware/riscv/firmware.elf
	@python3 tools/bench/flash.py

# The page codec: C reference, stock libraries and verilated RTL on the same pages.
CXXFLAGS_tools/bench := -Isim/model

build/tools/bench/codec.o: build/rtl/lz4_compressor/lib.a build/rtl/lz4_decompressor/lib.a

build/bench/codec: RTL_LIBS := -llz4 -lzstd
build/bench/codec: build/tools/bench/codec.o build/libpammodel.a build/rtl/lz4_compressor/lib.a build/rtl/lz4_decompressor/lib.a
	$(RTL_LINK)

TESTBINS += build/bench/codec

.PHONY: bench-codec
bench-codec: build/bench/codec build/corpus/stamp
	@python3 tools/bench/codec.py

# The card in RTL: cycles of puts and gets from PCI Express to memory, for each number of
# lanes; 2 + 2 is the card as it is.
build/tools/bench/card_rtl.o: RTL_CXXFLAGS += -Itests/rtl -Isim/model -Isim/verilator -Ifirmware -isystem $(VERILATOR_ROOT)/include/vltstd
build/bench/card_rtl_2: build/tools/bench/card_rtl.o $(CARD_SIM) build/libpamfw.a build/libpamnand.a build/libpammodel.a build/rtl/card_top/lib.a
	$(RTL_LINK)
build/bench/card_rtl_1 build/bench/card_rtl_4 build/bench/card_rtl_8: build/bench/card_rtl_%: build/tools/bench/card_rtl.o \
		$(CARD_SIM_OTHERS) build/sim/verilator/card_sim_%.o build/libpamfw.a build/libpamnand.a build/libpammodel.a build/rtl/card_top_%/lib.a
	$(RTL_LINK)
build/tools/bench/flash_rtl.o: RTL_CXXFLAGS += -Itests/rtl -Isim/verilator -Ifirmware -Isim/nand -isystem $(VERILATOR_ROOT)/include/vltstd
build/tools/bench/flash_rtl.o: build/rtl/card_top/lib.a
build/bench/flash_rtl: RTL_LIBS := -llz4
build/bench/flash_rtl: build/tools/bench/flash_rtl.o $(CARD_SIM) build/libpamfw.a build/libpamnand.a build/libpammodel.a build/rtl/card_top/lib.a
	$(RTL_LINK)
# A test looks at its latencies, too (tests/rtl/cycles.py).
TESTBINS += build/bench/card_rtl_2
BENCH_CARDS := $(patsubst %,build/bench/card_rtl_%,1 2 4 8)
$(BENCH_CARDS): RTL_LIBS := -llz4

.PHONY: bench-rtl
bench-rtl: $(BENCH_CARDS)
	@python3 tools/bench/card_rtl.py

.PHONY: synth synth-codec
synth:
	@python3 tools/synth/card.py

synth-codec:
	@python3 tools/synth/codec.py
