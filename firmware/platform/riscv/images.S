/* SPDX-License-Identifier: Apache-2.0 */
/* Loader and firmware of the management core as parts of a simulation (sim/verilator/core.hpp). */
	.section .rodata
	.balign	4
	.globl	mcu_rom_begin, mcu_rom_end, mcu_rom_quick_begin, mcu_rom_quick_end, mcu_image_begin, mcu_image_end
mcu_rom_begin:
	.incbin	"build/firmware/riscv/rom.bin"
mcu_rom_end:
	.balign	4
mcu_rom_quick_begin:
	.incbin	"build/firmware/riscv/rom_quick.bin"
mcu_rom_quick_end:
	.balign	4
mcu_image_begin:
	.incbin	"build/firmware/riscv/image.bin"
mcu_image_end:
	.section .note.GNU-stack, "", @progbits
