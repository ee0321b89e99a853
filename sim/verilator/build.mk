# SPDX-License-Identifier: Apache-2.0
#
# The Verilated card for pamsim, as a library that pamsim loads when it is asked for
# --card=rtl. Not part of "make": making it takes minutes.

RTL_FLAGS_card_top := -CFLAGS -fPIC
CXXFLAGS_sim/verilator := -Itests/rtl -Isim/server -Isim/model -isystem $(VERILATOR_ROOT)/include/vltstd -fPIC

CARD_RTL_SOURCES := $(wildcard sim/verilator/*.cpp)

# What knows the model's ports; the rest serves other models, too.
$(patsubst %.cpp,build/%.o,$(filter sim/verilator/card_% sim/verilator/management%,$(CARD_RTL_SOURCES))): \
		build/rtl/card_top/lib.a

build/libpamcard_rtl.so: $(CARD_RTL_SOURCES:%.cpp=build/%.o) build/sim/model/vault_layout.o \
		build/sim/model/record.o build/sim/model/store.o build/rtl/card_top/lib.a
	@echo "  LINK    $@"
	@$(CXX) -shared -o $@ $(filter %.o,$^) $(filter %.a,$^) -lpthread -latomic -Wl,--no-undefined -Wl,-Bsymbolic

.PHONY: rtl
rtl: build/libpamcard_rtl.so build/pamsim

TESTBINS += build/libpamcard_rtl.so
