/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ORDER_H
#define ORDER_H

/* Nothing before it in the program is done after it: a restart of the core sees memory as it
 * is. */
static inline void order_stores(void)
{
	__asm__ volatile("" ::: "memory");
}

#endif /* ORDER_H */
