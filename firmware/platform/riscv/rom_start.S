/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The first instructions of the boot loader. After power-up every word of RAM is written:
 * those that never were have no right check bits. After a restart RAM keeps what it has.
 */
#include "pamc_mcu.h"
#include "rom.h"

	.section .start, "ax"
	.globl _start
_start:
	.option	push
	.option	norvc
	j	begin
	.option	pop
	.balign	4
	.word	ROM_MAGIC
	.word	rom_services
begin:
	li	sp, MCU_RAM + MCU_RAM_BYTES
	li	a0, MCU_RESTART
	lw	a0, 0(a0)
	andi	a0, a0, 7
	bnez	a0, 2f
	li	a0, MCU_RAM
	mv	a1, sp
1:	sw	zero, 0(a0)
	sw	zero, 4(a0)
	sw	zero, 8(a0)
	sw	zero, 12(a0)
	addi	a0, a0, 16
	bne	a0, a1, 1b
2:	call	boot
3:	j	3b
