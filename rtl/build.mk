# SPDX-License-Identifier: Apache-2.0
#
# Verilated RTL as C++ libraries, for tests, fuzzing and benchmarks:
#
#   build/rtl/TOP/lib.a          module TOP and all below it, with the runtime,
#   build/rtl/TOP/VTOP.h         optimised, assertions on; found by -Ibuild/rtl as
#                                "TOP/VTOP.h"
#   build/rtl-fuzz/TOP/lib.a     the same, instrumented for libFuzzer
#   build/rtl-cov/TOP/lib.a      the same, counting how often each line is reached
#
# A variant of a module has a name of its own:
#   RTL_TOP_crc32c_8 := crc32c
#   RTL_FLAGS_crc32c_8 := -GDataBytes=8
# and perhaps variables for the make that compiles it:
#   RTL_MAKE_crc32c_8 := OPT_FAST=-O3
#
# A program lists its objects and libraries:
#   build/tests/rtl/crc32c.o: build/rtl/crc32c_8/lib.a     (that its headers exist)
#   build/tests/rtl/crc32c: build/tests/rtl/crc32c.o build/rtl/crc32c_8/lib.a
#   	$(RTL_LINK)
#
# make TRACE=1 ... makes models that can write VCD (open with +trace in the program).

# All sources, packages first. Models read only what their top needs, found by name.
RTL_SOURCES := $(shell python3 tools/rtl/sources.py)
RTL_PACKAGES := $(filter %_pkg.sv,$(RTL_SOURCES))
RTL_FOLDERS := $(sort $(dir $(RTL_SOURCES)))

VERILATOR_ROOT ?= /usr/share/verilator
# Registers without a reset may start as anything: the programs choose by
# +verilator+rand+reset+N and +verilator+seed+N.
# By clang models are up to 1.6 times as quick as by gcc (docs/performance.md), and compiled in half the time.
RTL_VERILATE := verilator --cc --build -j 2 --compiler clang --assert -O3 --x-initial unique rtl/waivers.vlt \
	$(addprefix -I,rtl/lib) $(addprefix -y ,$(RTL_FOLDERS)) $(if $(TRACE),--trace)
# -O2 makes models as quick as -O3 does, in two thirds of the time.
RTL_MAKE := OPT_FAST=-O2 OPT_SLOW=-O1 OPT_GLOBAL=-O2 OBJCACHE=ccache \
	CXX=clang++ LINK=clang++ CFG_CXXFLAGS_PCH_I=-include-pch CFG_GCH_IF_CLANG=.gch

# C++ on top of models.
CXX := ccache g++
RTL_CXXFLAGS := -std=c++17 -Wall -Wextra -Werror -Wshadow -O2 -g -fno-omit-frame-pointer -march=x86-64-v2 \
	-MMD -MP -Iinclude -Itests/unit -isystem build/rtl -isystem $(VERILATOR_ROOT)/include

build/%.o: %.cpp
	@mkdir -p $(@D)
	@echo "  CXX     $<"
	@$(CXX) $(RTL_CXXFLAGS) $(CXXFLAGS_$(patsubst %/,%,$(dir $<))) -c -o $@ $<

RTL_LINK = @mkdir -p $(@D); echo "  LINK    $@"; $(CXX) -o $@ $(filter %.o,$^) $(filter %.a,$^) $(RTL_LIBS) -lpthread -latomic

# Models are made anew when the way to make them changes.
build/rtl/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(RTL_VERILATE) $(RTL_MAKE)' | cmp -s - $@ || \
		echo '$(RTL_VERILATE) $(RTL_MAKE)' > $@

.PHONY: FORCE
FORCE:

# $(call rtl_model,FOLDER,NAME,FURTHER FLAGS,FURTHER MAKE VARIABLES)
define rtl_model
	@echo "  RTL     $(2)$(if $(3), ($(1)))"
	@CCACHE_SLOPPINESS=pch_defines,time_macros tools/rtl/verilate.sh build/$(1)/$(2) $(RTL_VERILATE) $(3) $(RTL_FLAGS_$(2)) \
		--top-module $(or $(RTL_TOP_$(2)),$(2)) $$(python3 tools/rtl/sources.py --packages $(or $(RTL_TOP_$(2)),$(2))) \
		$$(python3 tools/rtl/sources.py --others $(or $(RTL_TOP_$(2)),$(2))) $(or $(RTL_TOP_$(2)),$(2)) -MAKEFLAGS "$(RTL_MAKE) $(4) $(RTL_MAKE_$(2))"
endef

build/rtl/%/lib.a: build/rtl/flags
	$(call rtl_model,rtl,$*,,)

build/rtl-fuzz/%/lib.a: build/rtl/flags
	$(call rtl_model,rtl-fuzz,$*,,CXXFLAGS+=-fsanitize=fuzzer-no-link)

# The same with counters of lines and branches.
build/rtl-cov/%/lib.a: build/rtl/flags
	$(call rtl_model,rtl-cov,$*,--coverage-line,)

.PHONY: check-rtl
check-rtl:
	@python3 tests/unit/rtl_lint.py
