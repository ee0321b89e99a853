# SPDX-License-Identifier: Apache-2.0
#
# Programs that run inside test guests: plain builds, as their memory is the test.

build/tests/vm/%: build/tests/vm/%.o
	@echo "  LD      $@"
	@$(CC) -o $@ $<

TESTBINS += build/tests/vm/hog
