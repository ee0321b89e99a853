# SPDX-License-Identifier: Apache-2.0
#
# The Verilated card for pamsim, as a library that pamsim loads when it is asked for
# --card=rtl. Not part of "make": making it takes minutes.

CARD_RTL_FLAGS := -CFLAGS -fPIC -CFLAGS -march=x86-64-v2
RTL_FLAGS_card_top := $(CARD_RTL_FLAGS)
CXXFLAGS_sim/verilator := -Itests/rtl -Isim/server -Isim/nand -Ifirmware -isystem $(VERILATOR_ROOT)/include/vltstd -fPIC

CARD_RTL_SOURCES := $(wildcard sim/verilator/*.cpp)

# The management core, and what it runs.
RTL_FLAGS_mcu_top := $(CARD_RTL_FLAGS)
build/sim/verilator/core.o: build/rtl/mcu_top/lib.a

# What knows the model; the rest serves other models, too.
build/sim/verilator/card_sim.o: build/rtl/card_top/lib.a

# Cards with other numbers of lanes, as many each way: a program takes card_sim_N.o instead
# of card_sim.o, and that card's library.
define card_with_lanes
RTL_TOP_card_top_$(1) := card_top
RTL_FLAGS_card_top_$(1) := -GPutLanes=$(1) -GGetLanes=$(1) $(CARD_RTL_FLAGS)
build/sim/verilator/card_sim_$(1).o: RTL_CXXFLAGS += -DCARD_MODEL=Vcard_top_$(1) \
	-DCARD_MODEL_HEADER='"card_top_$(1)/Vcard_top_$(1).h"'
build/sim/verilator/card_sim_$(1).o: sim/verilator/card_sim.cpp build/rtl/card_top_$(1)/lib.a
	@mkdir -p $$(@D)
	@echo "  CXX     $$< ($(1) + $(1) lanes)"
	@$$(CXX) $$(RTL_CXXFLAGS) $$(CXXFLAGS_sim/verilator) -c -o $$@ $$<
endef
$(foreach n,1 4 8,$(eval $(call card_with_lanes,$(n))))

# One that can write its signals (pamsim --waves).
RTL_TOP_card_top_waves := card_top
RTL_FLAGS_card_top_waves := --trace-fst --trace-structs $(CARD_RTL_FLAGS)
build/sim/verilator/card_sim_waves.o: RTL_CXXFLAGS += -DCARD_MODEL=Vcard_top_waves -DVM_TRACE=1 \
	-DCARD_MODEL_HEADER='"card_top_waves/Vcard_top_waves.h"'
build/sim/verilator/card_sim_waves.o: sim/verilator/card_sim.cpp build/rtl/card_top_waves/lib.a
	@mkdir -p $(@D)
	@echo "  CXX     $< (with waves)"
	@$(CXX) $(RTL_CXXFLAGS) $(CXXFLAGS_sim/verilator) -c -o $@ $<

build/libpamcard_rtl_waves.so: $(patsubst %card_sim.o,%card_sim_waves.o,$(CARD_RTL_SOURCES:%.cpp=build/%.o)) \
		build/libpamfw.a build/libpamnand.a build/rtl/card_top_waves/lib.a $(CORE_PARTS)
	@echo "  LINK    $@"
	@$(CXX) -shared -o $@ $(filter %.o,$^) $(filter %.a,$^) -lpthread -latomic -lz -Wl,--no-undefined -Wl,-Bsymbolic

build/libpamcard_rtl.so: $(CARD_RTL_SOURCES:%.cpp=build/%.o) build/libpamfw.a build/libpamnand.a build/rtl/card_top/lib.a $(CORE_PARTS)
	@echo "  LINK    $@"
	@$(CXX) -shared -o $@ $(filter %.o,$^) $(filter %.a,$^) -lpthread -latomic -Wl,--no-undefined -Wl,-Bsymbolic

.PHONY: rtl
rtl: build/libpamcard_rtl.so build/pamsim

TESTBINS += build/libpamcard_rtl.so
