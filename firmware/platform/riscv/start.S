/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The firmware's first instructions: the header, which tools/fwimage.py fills, data and
 * memory as C wants them. What .kept holds stays as it is over restarts.
 */
#include "pamc_mcu.h"

	.section .header, "a"
	.space	128

	.section .start, "ax"
	.globl _start
_start:
	li	sp, MCU_RAM + MCU_RAM_BYTES
	la	a0, data_start
	la	a1, data_end
	la	a2, data_image
	beq	a0, a1, 2f
1:	lw	a3, 0(a2)
	sw	a3, 0(a0)
	addi	a0, a0, 4
	addi	a2, a2, 4
	bne	a0, a1, 1b
2:	la	a0, bss_start
	la	a1, bss_end
	beq	a0, a1, 4f
3:	sw	zero, 0(a0)
	addi	a0, a0, 4
	bne	a0, a1, 3b
4:	call	main
5:	j	5b
