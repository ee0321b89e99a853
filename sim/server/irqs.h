/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The card's MSI-X vectors as the client sees them: an eventfd each, or none.
 *
 * An interrupt that cannot be delivered now, because its vector is masked or has
 * no eventfd, stays pending and is delivered as soon as it can be.  QEMU needs
 * that: to enable one more vector it takes all eventfds away and gives them again.
 *
 * All functions may be called from any thread and do not block.
 */
#ifndef PAMSIM_IRQS_H
#define PAMSIM_IRQS_H

#include <stdbool.h>
#include <stdint.h>

struct irqs;

struct irqs_counters {
	uint64_t raised;    /* by the card or the client */
	uint64_t signalled; /* eventfds written */
	uint64_t latched;   /* raised while they could not be delivered */
};

/* count is 1 ... 64 vectors. 0 or -ENOMEM. */
int irqs_create(unsigned int count, struct irqs **irqs);
void irqs_destroy(struct irqs *irqs);
unsigned int irqs_count(const struct irqs *irqs);

/* Raises vector; one that does not exist is ignored. */
void irqs_raise(struct irqs *irqs, unsigned int vector);

/*
 * Gives vector an eventfd, which it owns from now on, also when this fails; -1
 * takes the present one away. 0, or -EINVAL: no such vector, not an eventfd.
 */
int irqs_set_eventfd(struct irqs *irqs, unsigned int vector, int fd);

/* -EINVAL: no such vector. */
int irqs_mask(struct irqs *irqs, unsigned int vector, bool masked);

/* Bit n: vector n is pending. As the pending bit array shows it. */
uint64_t irqs_pending(struct irqs *irqs);

/* Closes all eventfds and unmasks; what is pending stays so. */
void irqs_release(struct irqs *irqs);

/* Forgets what is pending. */
void irqs_clear(struct irqs *irqs);

void irqs_get_counters(struct irqs *irqs, struct irqs_counters *counters);

#endif /* PAMSIM_IRQS_H */
