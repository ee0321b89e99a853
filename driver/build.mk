# SPDX-License-Identifier: GPL-2.0-only
#
# Kernel modules, for every kernel whose headers are installed.  Kbuild writes
# next to the sources, so it works in build/driver/<release>/driver, a tree of
# links to them; the modules appear below that, e.g. core/pam.ko.
#
#	make build/driver/all			all modules for all kernels
#	make build/driver/all PAM_FOLDERS="core card"	only these folders
#	make check-driver			W=1, sparse and checkpatch, no finding allowed
#	make check-driver PAM_FOLDERS=card

PAM_FOLDERS ?= core ram card swap contract selftest
driver_releases := $(patsubst /lib/modules/%/build,%,$(wildcard /lib/modules/*/build))
# What the modules are made of; tests/contract is shared with userspace.
driver_sources = $(sort $(shell find driver include tests/contract -name '*.[ch]' -o -name Kbuild 2>/dev/null))
driver_stamps := $(driver_releases:%=build/driver/%/modules.stamp)
driver_checks := $(driver_releases:%=build/check/driver/%/modules.stamp)

ALL += $(driver_stamps)

.PHONY: build/driver/all drivers check-driver
build/driver/all drivers: $(driver_stamps)

# No vmlinux is at hand to make BTF from; and some kernels' headers lack the
# script that looks whether sparse works (KBUILD_CHECKSRC instead of C=2 goes on
# without it).
driver_noise := ^Skipping BTF generation|checker-valid.sh: No such file|is not available or not up to date

# The packaged sparse is older than what newer kernels' headers use: a keyword,
# and the length of a string as a constant.
driver_sparse := sparse -D__typeof_unqual__=__typeof__ '-D__builtin_strlen(s)=(sizeof(s)-1)'

# $(1) folder of the tree of links, $(2) kernel release, $(3) more for kbuild
define driver_kbuild
	@mkdir -p $(1)
	@exec 9>$(1)/lock && flock 9 && python3 tools/linktree.py $(1) $(driver_sources) && \
		$(MAKE) -s -C /lib/modules/$(2)/build M=$(CURDIR)/$(1)/driver \
		PAM_FOLDERS="$(PAM_FOLDERS)" W=1e $(3) modules 2>&1 | \
		{ grep -vE '$(driver_noise)' || true; } | tee $(1)/log; \
		! grep -qE 'warning:|error:|ERROR:|\*\*\*' $(1)/log
endef

build/driver/%/modules.stamp: $(driver_sources) driver/build.mk
	@echo "  KBUILD  $*"
	$(call driver_kbuild,build/driver/$*,$*,)
	@touch $@

build/check/driver/%/modules.stamp: $(driver_sources) driver/build.mk
	@echo "  SPARSE  $*"
	$(call driver_kbuild,build/check/driver/$*,$*,KBUILD_CHECKSRC=2 CHECK="$(driver_sparse)")
	@touch $@

check-driver: $(driver_checks)
	@perl /usr/share/checkpatch/checkpatch.pl --no-tree --strict --terse --show-types --quiet \
		--no-summary --ignore $(driver_checkpatch_ignore) --max-line-length=100 \
		-f $(foreach folder,include $(PAM_FOLDERS),$(wildcard driver/$(folder)/*.[ch])) $(wildcard driver/*.h)
	@echo "  ok      driver: W=1, sparse, checkpatch"

# Not applicable: the kernel tree's own list of maintainers and Kconfig; and macros
# that define a function or an attribute name their argument more than once, or
# take from a table (PAMC_STATUS_TABLE) less than it has.
driver_checkpatch_ignore := FILE_PATH_CHANGES,CONFIG_DESCRIPTION,MACRO_ARG_REUSE,MACRO_ARG_UNUSED
