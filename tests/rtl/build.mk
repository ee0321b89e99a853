# SPDX-License-Identifier: Apache-2.0
#
# Tests of verilated RTL: C++ programs on top of models (rtl/build.mk).

CXXFLAGS_tests/rtl := -Itests/rtl

build/tests/rtl/decompressor.o: build/rtl/lz4_decompressor/lib.a
build/tests/rtl/decompressor: RTL_LIBS := -llz4
build/tests/rtl/decompressor: build/tests/rtl/decompressor.o build/rtl/lz4_decompressor/lib.a
	$(RTL_LINK)

TESTBINS += build/tests/rtl/decompressor

RTL_TOP_crc32c_8 := crc32c
RTL_FLAGS_crc32c_8 := -GDataBytes=8
RTL_TOP_crc32c_32 := crc32c
RTL_FLAGS_crc32c_32 := -GDataBytes=32
build/tests/rtl/crc32c.o: build/rtl/crc32c_8/lib.a build/rtl/crc32c_32/lib.a
build/tests/rtl/crc32c: build/tests/rtl/crc32c.o build/rtl/crc32c_8/lib.a build/rtl/crc32c_32/lib.a
	$(RTL_LINK)

TESTBINS += build/tests/rtl/crc32c

# Records, against the model's record.c on the model's store.
RECORD_MODELS := $(patsubst %,build/rtl/%/lib.a,record_write record_read record_gather record_free)
build/tests/rtl/record.o: RTL_CXXFLAGS += -Isim/model
build/tests/rtl/record.o: $(RECORD_MODELS)
build/tests/rtl/record: RTL_LIBS := -llz4
build/tests/rtl/record: build/tests/rtl/record.o build/sim/model/record.o build/sim/model/store.o \
		build/sim/model/lz4_card.o $(RECORD_MODELS)
	$(RTL_LINK)

# The same between the codec's lanes.
build/tests/rtl/record_loop.o: RTL_CXXFLAGS += -Isim/model
build/tests/rtl/record_loop.o: build/rtl/record_loop/lib.a
build/tests/rtl/record_loop: RTL_LIBS := -llz4
build/tests/rtl/record_loop: build/tests/rtl/record_loop.o build/sim/model/record.o \
		build/sim/model/store.o build/rtl/record_loop/lib.a
	$(RTL_LINK)

TESTBINS += build/tests/rtl/record build/tests/rtl/record_loop

# Against the C reference, and through the decompressor.
build/tests/rtl/compressor.o: RTL_CXXFLAGS += -Isim/model
build/tests/rtl/compressor.o: build/rtl/lz4_compressor/lib.a build/rtl/lz4_decompressor/lib.a
build/tests/rtl/compressor: RTL_LIBS := -llz4
build/tests/rtl/compressor: build/tests/rtl/compressor.o build/sim/model/lz4_card.o \
		build/rtl/lz4_compressor/lib.a build/rtl/lz4_decompressor/lib.a
	$(RTL_LINK)

TESTBINS += build/tests/rtl/compressor

# The index against the model's, which is linked in.
RTL_TOP_index_hash_2 := index_hash
RTL_FLAGS_index_hash_2 := -GWords=2
RTL_TOP_index_hash_4 := index_hash
RTL_FLAGS_index_hash_4 := -GWords=4
INDEX_RTL := $(patsubst %,build/rtl/%/lib.a,index_hash_2 index_hash_4 index_place index_table)
build/tests/rtl/index.o: RTL_CXXFLAGS += -Isim/model -isystem $(VERILATOR_ROOT)/include/vltstd
build/tests/rtl/index.o: $(INDEX_RTL)
build/tests/rtl/index: build/tests/rtl/index.o build/sim/model/index.o $(INDEX_RTL)
	$(RTL_LINK)

TESTBINS += build/tests/rtl/index

# Lookups of handles against a whole vault; its calls of the index are watched.
build/tests/rtl/index_vault.o: CFLAGS += -Isim/model -Isim/model/include -Itests/unit
build/tests/rtl/index_lookup.o: RTL_CXXFLAGS += -Isim/model -Isim/model/include -Itests/unit -isystem $(VERILATOR_ROOT)/include/vltstd
build/tests/rtl/index_lookup.o: build/rtl/index_core/lib.a
build/tests/rtl/index_lookup: RTL_LIBS := $(MODEL_LIBS) -Wl,--wrap=index_insert -Wl,--wrap=index_remove
build/tests/rtl/index_lookup: build/tests/rtl/index_lookup.o build/tests/rtl/index_vault.o \
		build/rtl/index_core/lib.a build/libpammodel.a
	$(RTL_LINK)

TESTBINS += build/tests/rtl/index_lookup

# The executor's way of pages, block by block.
EXEC_PAGES_RTL := $(patsubst %,build/rtl/%/lib.a,exec_blocks exec_page_in exec_page_out)
build/tests/rtl/exec_pages.o: $(EXEC_PAGES_RTL)
build/tests/rtl/exec_pages: build/tests/rtl/exec_pages.o $(EXEC_PAGES_RTL)
	$(RTL_LINK)

TESTBINS += build/tests/rtl/exec_pages

# The executor on the model's vault, with flash behind it.
RTL_TOP_exec_flash := exec_top
RTL_FLAGS_exec_flash := -GPutLanes=1 -GGetLanes=2
build/tests/rtl/exec_flash.o: RTL_CXXFLAGS += -Isim/model -Isim/model/include -Itests/unit -isystem $(VERILATOR_ROOT)/include/vltstd
build/tests/rtl/exec_flash.o: build/rtl/exec_flash/lib.a
build/tests/rtl/exec_flash: RTL_LIBS := $(MODEL_LIBS)
build/tests/rtl/exec_flash: build/tests/rtl/exec_flash.o build/tests/rtl/vault_model.o build/rtl/exec_flash/lib.a build/libpammodel.a
	$(RTL_LINK)

TESTBINS += build/tests/rtl/exec_flash

# The allocator beside the model's store.
build/tests/rtl/store.o: RTL_CXXFLAGS += -Isim/model
build/tests/rtl/store.o: build/rtl/store_alloc/lib.a
build/tests/rtl/store: RTL_LIBS := -llz4
build/tests/rtl/store: build/tests/rtl/store.o build/sim/model/store.o build/sim/model/store_check.o \
		build/rtl/store_alloc/lib.a
	$(RTL_LINK)

TESTBINS += build/tests/rtl/store

# Card DRAM: five ports on a slave that has the timing of DDR4 (sim/verilator).
RTL_TOP_dram_test := dram_top
RTL_FLAGS_dram_test := -GPorts=5
build/tests/rtl/dram.o: RTL_CXXFLAGS += -Isim/verilator
build/tests/rtl/dram.o: build/rtl/dram_test/lib.a
build/tests/rtl/dram: build/tests/rtl/dram.o build/sim/verilator/dram.o build/rtl/dram_test/lib.a
	$(RTL_LINK)

TESTBINS += build/tests/rtl/dram

# The whole card.
CARD_SIM := $(patsubst sim/verilator/%.cpp,build/sim/verilator/%.o,$(filter-out %/card_rtl.cpp,$(wildcard sim/verilator/*.cpp))) \
	$(CORE_PARTS)
# Programs about it, of a source each.
CARD_TESTS := $(patsubst %,build/tests/rtl/%,card card_abort card_candidates card_failed_put card_ecc card_flash card_power card_sanitize card_tier \
	card_tier_core card_restart)
$(CARD_TESTS:=.o): RTL_CXXFLAGS += -Isim/model -Isim/nand -Isim/verilator -Ifirmware -isystem $(VERILATOR_ROOT)/include/vltstd
$(CARD_TESTS:=.o): build/rtl/card_top/lib.a
$(CARD_TESTS): build/tests/rtl/%: build/tests/rtl/%.o $(CARD_SIM) build/libpamfw.a build/libpamnand.a build/libpammodel.a \
		build/rtl/card_top/lib.a
	$(RTL_LINK)
$(CARD_TESTS): RTL_LIBS := -llz4

TESTBINS += $(CARD_TESTS)

# The whole card beside the C model: streams of commands, which replay and shrink.
TWINS := $(patsubst %,build/tests/rtl/%.o,twins twins_main twins_stream twins_random twins_admin twins_figures twins_try)
$(TWINS): RTL_CXXFLAGS += -Isim/model -Isim/model/include -Isim/verilator -Ifirmware -isystem $(VERILATOR_ROOT)/include/vltstd
$(TWINS): build/rtl/card_top/lib.a
build/tests/rtl/twins: $(TWINS) $(CARD_SIM) build/libpamfw.a build/libpamnand.a build/libpammodel.a build/rtl/card_top/lib.a
	$(RTL_LINK)

# The same card under faults.
build/tests/rtl/faults.o: RTL_CXXFLAGS += -Isim/model -Isim/verilator -Ifirmware -isystem $(VERILATOR_ROOT)/include/vltstd
build/tests/rtl/faults.o: build/rtl/card_top/lib.a
build/tests/rtl/faults: RTL_LIBS := -llz4
build/tests/rtl/faults: build/tests/rtl/faults.o $(CARD_SIM) build/libpamfw.a build/libpamnand.a build/libpammodel.a build/rtl/card_top/lib.a
	$(RTL_LINK)

TESTBINS += build/tests/rtl/twins build/tests/rtl/faults

# With other numbers of lanes, by name: making a card takes minutes.
CARD_SIM_OTHERS := $(filter-out %/card_sim.o,$(CARD_SIM))
TWINS_OTHERS := $(patsubst %,build/tests/rtl/twins_%,1 4 8)
$(TWINS_OTHERS): build/tests/rtl/twins_%: $(TWINS) \
		$(CARD_SIM_OTHERS) build/sim/verilator/card_sim_%.o build/libpamfw.a build/libpamnand.a build/libpammodel.a build/rtl/card_top_%/lib.a
	$(RTL_LINK)
build/tests/rtl/twins $(TWINS_OTHERS): RTL_LIBS := -llz4

# Memories on the chip with errors in them.
build/tests/rtl/ecc.o: build/rtl/exec_pools/lib.a
build/tests/rtl/ecc: build/tests/rtl/ecc.o build/rtl/exec_pools/lib.a
	$(RTL_LINK)

TESTBINS += build/tests/rtl/ecc

# Lines of the codec's RTL that its tests reach: the tests again, on models that count.
build/cov/%.o: %.cpp
	@mkdir -p $(@D)
	@echo "  CXX cov $<"
	@$(CXX) $(subst build/rtl,build/rtl-cov,$(RTL_CXXFLAGS)) -O1 -DVM_COVERAGE=1 -Itests/rtl -Isim/model -c -o $@ $<

build/cov/tests/rtl/compressor.o: build/rtl-cov/lz4_compressor/lib.a build/rtl-cov/lz4_decompressor/lib.a
build/cov/tests/rtl/compressor: RTL_LIBS := -llz4
build/cov/tests/rtl/compressor: build/cov/tests/rtl/compressor.o build/sim/model/lz4_card.o \
		build/rtl-cov/lz4_compressor/lib.a build/rtl-cov/lz4_decompressor/lib.a
	$(RTL_LINK)

build/cov/tests/rtl/decompressor.o: build/rtl-cov/lz4_decompressor/lib.a
build/cov/tests/rtl/decompressor: RTL_LIBS := -llz4
build/cov/tests/rtl/decompressor: build/cov/tests/rtl/decompressor.o build/rtl-cov/lz4_decompressor/lib.a
	$(RTL_LINK)

.PHONY: coverage-codec
coverage-codec: build/cov/tests/rtl/compressor build/cov/tests/rtl/decompressor
	@python3 tools/rtl/coverage.py rtl/codec rtl/lib -- $^

# Does a test or a proof notice when the RTL is broken? tools/rtl/mutate.list says how.
.PHONY: mutate-codec
mutate-codec: build/tests/rtl/compressor build/tests/rtl/decompressor
	@python3 tools/rtl/mutate.py

# PCI Express: times that a test can wait for. The host is a model of its own, for the
# whole card, too.
CXXFLAGS_sim/verilator := -Itests/rtl
RTL_TOP_pcie_test := pcie_top
RTL_FLAGS_pcie_test := -GTimeout=4000 -GQuarantine=12000
build/tests/rtl/pcie.o: RTL_CXXFLAGS += -Isim/verilator
build/tests/rtl/pcie.o: build/rtl/pcie_test/lib.a
ROOT_COMPLEX := build/sim/verilator/root_complex.o build/sim/verilator/root_complex_card.o
build/tests/rtl/pcie: build/tests/rtl/pcie.o $(ROOT_COMPLEX) build/rtl/pcie_test/lib.a
	$(RTL_LINK)

TESTBINS += build/tests/rtl/pcie

# Queue pairs, with microseconds that a test can wait for.
RTL_TOP_queue_test := queue_top
RTL_FLAGS_queue_test := -GCyclesPerUs=50
build/tests/rtl/queue.o build/tests/rtl/queue_aborts.o build/tests/rtl/queue_flips.o: build/rtl/queue_test/lib.a
build/tests/rtl/queue build/tests/rtl/queue_aborts build/tests/rtl/queue_flips: %: %.o build/rtl/queue_test/lib.a
	$(RTL_LINK)

TESTBINS += build/tests/rtl/queue build/tests/rtl/queue_aborts build/tests/rtl/queue_flips

# The vault beside the model's, with the index, the allocator and the writer of records.
build/tests/rtl/vault_model.o: CFLAGS += -Isim/model -Isim/model/include
build/tests/rtl/vault.o: RTL_CXXFLAGS += -Isim/model -Isim/model/include -Itests/unit -isystem $(VERILATOR_ROOT)/include/vltstd
build/tests/rtl/vault.o: build/rtl/vault_top/lib.a
build/tests/rtl/vault: RTL_LIBS := $(MODEL_LIBS)
build/tests/rtl/vault: build/tests/rtl/vault.o build/tests/rtl/vault_model.o build/rtl/vault_top/lib.a \
		build/libpammodel.a
	$(RTL_LINK)

TESTBINS += build/tests/rtl/vault

# The flash's error correction, 4 and 8 bytes a cycle.
RTL_TOP_flash_bch_encode_8 := flash_bch_encode
RTL_FLAGS_flash_bch_encode_8 := -GBytes=8
RTL_TOP_flash_bch_decode_8 := flash_bch_decode
RTL_FLAGS_flash_bch_decode_8 := -GBytes=8
FLASH_BCH_RTL := $(patsubst %,build/rtl/%/lib.a,flash_bch_encode flash_bch_encode_8 flash_bch_decode flash_bch_decode_8)
build/tests/rtl/flash_bch.o: $(FLASH_BCH_RTL)
build/tests/rtl/flash_bch: build/tests/rtl/flash_bch.o $(FLASH_BCH_RTL)
	$(RTL_LINK)

TESTBINS += build/tests/rtl/flash_bch

# The flash's bus, with dies at its pins that time out soon.
RTL_TOP_flash_sequencer_test := flash_sequencer
RTL_FLAGS_flash_sequencer_test := -GTimeoutCycles=20000
build/tests/rtl/flash_sequencer.o: build/rtl/flash_sequencer_test/lib.a
build/tests/rtl/flash_sequencer: build/tests/rtl/flash_sequencer.o build/rtl/flash_sequencer_test/lib.a
	$(RTL_LINK)

TESTBINS += build/tests/rtl/flash_sequencer

# A channel: small pages on a slow bus, and real ones on one that moves a byte a cycle.
RTL_TOP_flash_channel_small := flash_channel
RTL_FLAGS_flash_channel_small := -GChunks=2 -GPageBits=3 -GTimeoutCycles=30000
RTL_TOP_flash_channel_page := flash_channel
RTL_FLAGS_flash_channel_page := -GChunks=16 -GPageBits=3 -GPeriod=1
FLASH_CHANNEL_RTL := $(patsubst %,build/rtl/%/lib.a,flash_channel_small flash_channel_page)
build/tests/rtl/flash_channel.o: $(FLASH_CHANNEL_RTL)
build/tests/rtl/flash_channel: build/tests/rtl/flash_channel.o $(FLASH_CHANNEL_RTL)
	$(RTL_LINK)

TESTBINS += build/tests/rtl/flash_channel

# All of the card's flash, with the translation layer on it: two channels of small pages, and
# one of real ones; the bus moves a byte a cycle.
RTL_TOP_flash_card_small := flash_top
RTL_FLAGS_flash_card_small := -GChannels=2 -GDies=2 -GChunks=2 -GPageBits=4 -GPeriod=1 -GTimeoutCycles=60000 \
	$(CARD_RTL_FLAGS)
RTL_TOP_flash_card_page := flash_top
RTL_FLAGS_flash_card_page := -GChunks=16 -GPeriod=1
FLASH_CARD_RTL := $(patsubst %,build/rtl/%/lib.a,flash_card_small flash_card_page)
build/tests/rtl/flash_card.o: RTL_CXXFLAGS += -Isim/verilator -Isim/nand -Ifirmware
build/tests/rtl/flash_card.o: $(FLASH_CARD_RTL)
build/tests/rtl/flash_card: build/tests/rtl/flash_card.o build/tests/unit/flash_rig.o build/tests/unit/flash_rig_ops.o \
		build/firmware/hal_flash_mailbox.o build/libpamflash.a build/libpamnand.a $(FLASH_CARD_RTL)
	$(RTL_LINK)

TESTBINS += build/tests/rtl/flash_card

# The management core alone, with a firmware for tests.
build/tests/rtl/mcu_probe.o: tests/rtl/mcu_probe.c
	@mkdir -p $(@D)
	@echo "  RVCC    $<"
	@$(RISCV)gcc $(RISCV_CFLAGS) -c -o $@ $<
build/tests/rtl/mcu_probe.elf: build/firmware/riscv/start.o build/tests/rtl/mcu_probe.o build/firmware/riscv/nor.o \
		firmware/platform/riscv/firmware.ld
	$(riscv_link)
build/tests/rtl/mcu_probe.bin: build/tests/rtl/mcu_probe.elf
	@$(RISCV)objcopy -O binary $< $@
build/tests/rtl/mcu_probe.image: build/tests/rtl/mcu_probe.bin tools/fwimage.py build/tools/monocypher.so
	@python3 tools/fwimage.py make $< $@ probe
build/tests/rtl/mcu_images.o: tests/rtl/mcu_images.S build/tests/rtl/mcu_probe.image
	@gcc -c -o $@ $<
build/tests/rtl/mcu.o: RTL_CXXFLAGS += -Isim/verilator -Ifirmware -isystem $(VERILATOR_ROOT)/include/vltstd
build/tests/rtl/mcu.o: build/rtl/mcu_top/lib.a
build/tests/rtl/mcu: build/tests/rtl/mcu.o build/tests/rtl/mcu_images.o build/sim/verilator/core.o \
		build/sim/verilator/boot_flash.o $(CORE_PARTS)
	$(RTL_LINK)

# And with the product's, at the mailbox of the firmware's unit tests.
build/tests/rtl/mcu_update.o: RTL_CXXFLAGS += -Isim/verilator -Ifirmware -Itests/unit
build/tests/rtl/mcu_update.o: build/rtl/mcu_top/lib.a
build/tests/rtl/mcu_update: build/tests/rtl/mcu_update.o build/tests/unit/mailbox.o build/sim/verilator/core.o \
		build/sim/verilator/boot_flash.o build/libpamfw.a $(CORE_PARTS)
	$(RTL_LINK)

TESTBINS += build/tests/rtl/mcu build/tests/rtl/mcu_update
