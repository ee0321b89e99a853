# SPDX-License-Identifier: Apache-2.0
#
# Benchmarks that are not part of a product, and what they need.

CFLAGS_tools/bench := -Isim/model

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
