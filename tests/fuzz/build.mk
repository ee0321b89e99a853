# SPDX-License-Identifier: Apache-2.0
#
# libFuzzer on verilated RTL: the model instrumented for coverage (rtl/build.mk), the
# target with the address sanitizer too. "make fuzz-decompressor" runs for an hour, or
# FUZZ_SECONDS; what it finds of new inputs stays in build/fuzz/decompressor.corpus.

FUZZ_CXXFLAGS = $(subst -isystem build/rtl,-isystem build/rtl-fuzz,$(filter-out -MMD -MP,$(RTL_CXXFLAGS))) -Itests/rtl

build/fuzz/decompressor: tests/fuzz/decompressor.cpp $(wildcard tests/rtl/*.hpp) \
		build/rtl-fuzz/lz4_decompressor/lib.a
	@mkdir -p $(@D)
	@echo "  FUZZ    $<"
	@ccache clang++ $(FUZZ_CXXFLAGS) -fsanitize=address,fuzzer -o $@ \
		$(filter %.cpp %.a,$^) -llz4 -lpthread -latomic

build/tests/fuzz/seeds.o: CXXFLAGS_tests/fuzz := -Itests/rtl
build/tests/fuzz/seeds: build/tests/fuzz/seeds.o
	@mkdir -p $(@D)
	@echo "  LINK    $@"
	@$(CXX) -o $@ $< -llz4

build/fuzz/decompressor.seeds/.done: build/tests/fuzz/seeds $(wildcard tests/data/*.pages)
	@rm -rf $(@D)
	@build/tests/fuzz/seeds $(@D)
	@touch $@

TESTBINS += build/fuzz/decompressor build/fuzz/decompressor.seeds/.done

.PHONY: fuzz-decompressor
fuzz-decompressor: build/fuzz/decompressor build/fuzz/decompressor.seeds/.done
	@mkdir -p build/fuzz/decompressor.corpus build/fuzz/artifacts
	@build/fuzz/decompressor -max_total_time=$(or $(FUZZ_SECONDS),3600) -max_len=4097 -use_value_profile=1 \
		-artifact_prefix=build/fuzz/artifacts/ \
		build/fuzz/decompressor.corpus build/fuzz/decompressor.seeds
