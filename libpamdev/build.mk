# SPDX-License-Identifier: Apache-2.0
#
# libpamdev (shared and static, the model inside), pamctl, pambench, the contract
# test on libpamdev, manual pages.

PAMDEV_INCLUDES := -Ilibpamdev/include
CFLAGS_libpamdev/src := $(PAMDEV_INCLUDES) -Isim/model/include -O3
CFLAGS_libpamdev/pamctl := $(PAMDEV_INCLUDES) -Ilibpamdev
CFLAGS_libpamdev/pambench := $(PAMDEV_INCLUDES) -Ilibpamdev
CFLAGS_libpamdev/cli := -Ilibpamdev

PAMDEV_SOURCES := $(wildcard libpamdev/src/*.c)
PAMDEV_SONAME := libpamdev.so.0

# What a program that links libpamdev.a needs besides.
PAMDEV_LIBS := $(MODEL_LIBS) -lpthread

build/$(PAMDEV_SONAME): $(PAMDEV_SOURCES:%.c=build/%.o) build/libpammodel.a libpamdev/libpamdev.map
	@echo "  LD      $@"
	@$(CC) -shared -Wl,-soname,$(PAMDEV_SONAME) -Wl,--version-script=libpamdev/libpamdev.map \
		-Wl,-z,defs -o $@ $(filter %.o %.a,$^) $(PAMDEV_LIBS)

build/libpamdev.so: build/$(PAMDEV_SONAME)
	@ln -sf $(PAMDEV_SONAME) $@

# One archive that holds the model as well.
build/libpamdev.a: $(PAMDEV_SOURCES:%.c=build/%.o) $(MODEL_OBJECTS)
build/san/libpamdev.a: $(PAMDEV_SOURCES:%.c=build/san/%.o) $(MODEL_OBJECTS_SAN)
build/libpamdev.a build/san/libpamdev.a:
	@echo "  AR      $@"
	@rm -f $@
	@ar rcs $@ $^

ALL += build/libpamdev.so build/libpamdev.a

# ---- programs; they hold the library, so that one file is enough to try them ----

PAMDEV_CLI := $(wildcard libpamdev/cli/*.c)
PAMBENCH_SOURCES := $(wildcard libpamdev/pambench/*.c) $(PAMDEV_CLI)

build/pambench: $(PAMBENCH_SOURCES:%.c=build/%.o) build/libpamdev.a
	@echo "  LD      $@"
	@$(CC) -o $@ $^ $(PAMDEV_LIBS) -lm

build/san/pambench: $(PAMBENCH_SOURCES:%.c=build/san/%.o) build/san/libpamdev.a
	@echo "  LD san  $@"
	@$(CC) $(SANFLAGS) -o $@ $^ $(PAMDEV_LIBS) -lm

PAMCTL_SOURCES := $(wildcard libpamdev/pamctl/*.c) $(PAMDEV_CLI)

build/pamctl: $(PAMCTL_SOURCES:%.c=build/%.o) build/libpamdev.a
	@echo "  LD      $@"
	@$(CC) -o $@ $^ $(PAMDEV_LIBS) -lm

build/san/pamctl: $(PAMCTL_SOURCES:%.c=build/san/%.o) build/san/libpamdev.a
	@echo "  LD san  $@"
	@$(CC) $(SANFLAGS) -o $@ $^ $(PAMDEV_LIBS) -lm

.PHONY: bench-io
bench-io: build/pambench build/pamsim
	@python3 libpamdev/pambench/bench_io.py

build/completion/pamctl: build/pamctl libpamdev/pamctl/completion.sh
	@echo "  GEN     $@"
	@mkdir -p $(@D)
	@libpamdev/pamctl/completion.sh build/pamctl > $@

ALL += build/pambench build/pamctl build/completion/pamctl
TESTBINS += build/san/pambench build/san/pamctl

# ---- the contract cases on libpamdev ----

CFLAGS_tests/contract := $(PAMDEV_INCLUDES)
CONTRACT_SOURCES := $(wildcard tests/contract/*.c)

build/san/tests/contract/pamdev: $(CONTRACT_SOURCES:%.c=build/san/%.o) build/san/libpamdev.a
	@echo "  LINK    $@"
	@$(CC) $(SANFLAGS) -o $@ $^ $(PAMDEV_LIBS)

# The cases with threads again, with the thread sanitizer, which excludes the others.
build/tsan/contract: $(CONTRACT_SOURCES) $(PAMDEV_SOURCES) $(MODEL_SOURCES) $(MODEL_VERIFY) \
		$(wildcard tests/contract/*.h libpamdev/src/*.h sim/model/*.h sim/nand/*.h firmware/*.h include/*.h)
	@mkdir -p $(@D)
	@echo "  CC tsan tests/contract"
	@$(CC) $(filter-out -MMD -MP,$(CFLAGS)) $(CFLAGS_libpamdev/src) -Ifirmware -Isim/nand -fsanitize=thread -Wno-tsan -O1 \
		-o $@ $(filter %.c %.o,$^) $(PAMDEV_LIBS)

TESTBINS += build/san/tests/contract/pamdev build/tsan/contract

# ---- unit tests; tests/build.mk has the rules ----

PAMDEV_TESTS := $(patsubst %.c,build/san/%,$(wildcard tests/unit/pamdev_*.c))
build/san/tests/unit/pamdev_%.o: CFLAGS += $(PAMDEV_INCLUDES) -Ilibpamdev/src -Itests/contract
$(PAMDEV_TESTS): build/san/libpamdev.a build/san/tests/contract/pamsim.o

# ---- manual pages, all there are ----

build/man/%: docs/man/%.scd
	@echo "  MAN     $@"
	@mkdir -p $(@D)
	@sed '/^; /d' $< | scdoc > $@

ALL += $(patsubst docs/man/%.scd,build/man/%,$(wildcard docs/man/*.scd))

# ---- the example of the README ----

CFLAGS_libpamdev/examples := $(PAMDEV_INCLUDES)

build/examples/keep: build/libpamdev/examples/keep.o build/libpamdev.a
	@mkdir -p $(@D)
	@echo "  LD      $@"
	@$(CC) -o $@ $^ $(PAMDEV_LIBS)

ALL += build/examples/keep
