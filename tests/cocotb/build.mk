# SPDX-License-Identifier: Apache-2.0
#
# The card as cocotb's testbench calls it. The testbench itself is built by run.py, as it
# needs what only the package index has.

CXXFLAGS_tests/cocotb = -Itests/rtl -Isim/verilator -Ifirmware -isystem $(VERILATOR_ROOT)/include/vltstd -fPIC

build/tests/cocotb/card.o: build/rtl/card_top/lib.a
build/tests/cocotb/libcard.so: build/tests/cocotb/card.o build/sim/verilator/dram.o \
		$(patsubst %,build/sim/verilator/%.o,management management_host management_core core boot_flash) \
		build/libpamfw.a build/rtl/card_top/lib.a $(CORE_PARTS)
	@echo "  LINK    $@"
	@echo '{ global: card_eval; local: *; };' > $(@D)/exports
	@$(CXX) -shared -o $@ $(filter %.o,$^) $(filter %.a,$^) -lpthread -latomic -Wl,--no-undefined \
		-Wl,--version-script=$(@D)/exports

TESTBINS += build/tests/cocotb/libcard.so
