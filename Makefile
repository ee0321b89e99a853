# SPDX-License-Identifier: Apache-2.0
#
# What a user calls. Each target enters the toolbox (tools/toolbox) and builds
# there by build.mk; with TOOLBOX= (empty) the host's own tools are used.

.DEFAULT_GOAL := help

# Also the help text: target, tab, what it does.
define HELP
demo		boot Linux with little memory, swap to the simulated card, check the data
rtl		the Verilated card for pamsim --card=rtl (takes minutes)
test		build everything and run all tests
test-long	those that take hours: virtual machines on the card in RTL, many more cases
bench		all benchmarks
coverage-codec	lines of the codec's RTL that its tests reach
mutate-codec	breaks the codec's RTL and tells what notices (takes long)
bench-rtl	cycles of the card in RTL with 1, 2, 4 and 8 lanes: puts and gets, alone and many
bench-codec	ratio and RTL cycles of the page codec, beside stock lz4 and zstd
bench-capacity	effective capacity under churn, beside zram's
bench-flash	the flash layer: write amplification, wear, time of a start, sizes
bench-io	pages/s and latency of put and get: model, socket, bare liblz4
bench-swap	swap to the card, to pam_ram and to zram in one guest
synth		area and estimated clock of the whole card, by open tools (takes long)
synth-codec	area and estimated clock of the codec's engines, by open tools (takes long)
all		build everything
generate	renew what is derived from spec/card.toml
toolbox		create the build environment (the others do it when needed)
shell		a shell in the toolbox
clean		remove build/
endef

TARGETS := demo rtl test test-long coverage-codec mutate-codec bench bench-rtl bench-codec bench-capacity bench-flash bench-io bench-swap synth synth-codec all generate

# Inside already, or wanted on the host?
IN_PLACE := $(PAMCARD_IN_TOOLBOX)$(if $(filter undefined,$(origin TOOLBOX)),,$(if $(TOOLBOX),,host))

ifeq ($(IN_PLACE),)

.PHONY: help toolbox shell clean FORCE $(TARGETS)
FORCE:

export HELP
help:
	@echo "make TARGET, one of:"; echo "$$HELP" | sed 's/^/  /'

$(TARGETS):
	@tools/toolbox/enter.sh $(MAKE) --no-print-directory $@

# Anything under build/, and single checks, by name: for developers.
build/% check-%: FORCE
	@tools/toolbox/enter.sh $(MAKE) --no-print-directory $@

toolbox:
	@tools/toolbox/create.sh >/dev/null

shell:
	@tools/toolbox/enter.sh bash -i

clean:
	rm -rf build

else
include build.mk
endif
