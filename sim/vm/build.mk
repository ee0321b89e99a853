# SPDX-License-Identifier: Apache-2.0
#
# What boots virtual machines. Their images are made by sim/vm/run itself, which
# knows what they depend on; here is what has to be compiled first.

.PHONY: demo bench-swap

# CARD=rtl: on the Verilated card, with less data.
demo: build/pamsim $(driver_stamps) $(if $(filter rtl,$(CARD)),build/libpamcard_rtl.so)
	@sim/vm/demo $(if $(KERNEL),--kernel=$(KERNEL)) $(DEMO)

bench-swap: build/pamsim $(driver_stamps) build/vm/profile.so build/tests/vm/hog
	@sim/vm/bench_swap $(if $(KERNEL),--kernel=$(KERNEL))

# QEMU, which loads it, has the functions that it calls.
build/vm/profile.so: build/sim/vm/plugin/profile.o
	@mkdir -p $(@D)
	@echo "  LD      $@"
	@$(CC) -shared -pthread -o $@ $<
