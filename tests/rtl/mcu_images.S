/* SPDX-License-Identifier: Apache-2.0 */
	.section .rodata
	.globl	probe_begin, probe_end
probe_begin:
	.incbin	"build/tests/rtl/mcu_probe.image"
probe_end:
	.section .note.GNU-stack, "", @progbits
