# SPDX-License-Identifier: Apache-2.0
#
# What boots virtual machines. Images are made by sim/vm/run itself, which knows
# what they depend on.

.PHONY: demo

demo: build/pamsim $(driver_stamps)
	@sim/vm/demo $(if $(KERNEL),--kernel=$(KERNEL)) $(DEMO)
