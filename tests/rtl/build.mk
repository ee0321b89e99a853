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

# Against the C reference, and through the decompressor.
build/tests/rtl/compressor.o: RTL_CXXFLAGS += -Isim/model
build/tests/rtl/compressor.o: build/rtl/lz4_compressor/lib.a build/rtl/lz4_decompressor/lib.a
build/tests/rtl/compressor: RTL_LIBS := -llz4
build/tests/rtl/compressor: build/tests/rtl/compressor.o build/sim/model/lz4_card.o \
		build/rtl/lz4_compressor/lib.a build/rtl/lz4_decompressor/lib.a
	$(RTL_LINK)

TESTBINS += build/tests/rtl/compressor
