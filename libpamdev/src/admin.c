// SPDX-License-Identifier: Apache-2.0
/*
 * Admin commands, one at a time: they are rare, and one at a time needs neither
 * slots nor any thought about which completion is whose. One that times out
 * takes the controller with it, as nothing can be said about the card then.
 */
#include <string.h>

#include "device.h"

int admin_start(struct pamdev *dev)
{
	struct transport *t = dev->transport;
	uint64_t sq, cq;
	uint32_t attr;
	int status;

	ring_init(&dev->admin, t, dev->admin_rings, 1u << ADMIN_SHIFT, 0, 0);
	sq = (uintptr_t)dev->admin.sq;
	cq = (uintptr_t)dev->admin.cq;
	attr = PAMC_PREP(PAMC_AQ_ATTR_SQ_SHIFT, ADMIN_SHIFT) |
	       PAMC_PREP(PAMC_AQ_ATTR_CQ_SHIFT, ADMIN_SHIFT + 1);
	status = t->ops->write(t, PAMC_BAR_REGS, PAMC_REG_AQ_ATTR, &attr, sizeof(attr));
	if (status == 0)
		status = t->ops->write(t, PAMC_BAR_REGS, PAMC_REG_ASQ_BASE, &sq, sizeof(sq));
	if (status == 0)
		status = t->ops->write(t, PAMC_BAR_REGS, PAMC_REG_ACQ_BASE, &cq, sizeof(cq));
	return status;
}

/* Waits for the completion of `cid` and takes it. */
static int await(struct pamdev *dev, uint16_t cid, struct pamc_cqe *cqe)
{
	struct transport *t = dev->transport;
	uint64_t deadline = now_ns() + dev->timeout_ns;

	for (;;) {
		const struct pamc_cqe *found = ring_peek(&dev->admin);
		uint64_t now;
		int state;

		if (found) {
			*cqe = *found;
			ring_consumed(&dev->admin);
			/* Another's can only be a late one of a command given up before. */
			if (cqe->cid == cid)
				return 0;
			continue;
		}
		state = device_state(dev);
		if (state != 0)
			return state;
		if (t->ops->drive && t->ops->drive(t))
			continue;
		if (ring_peek(&dev->admin))
			continue;
		now = now_ns();
		if (now >= deadline)
			return -ETIMEDOUT;
		ring_sleep(&dev->admin, deadline - now);
	}
}

static int execute(struct pamdev *dev, struct pamc_admin_sqe *entry, struct pamc_cqe *cqe)
{
	struct ring *ring = &dev->admin;
	int status = device_state(dev);

	if (status != 0)
		return status;
	entry->cid = ++dev->admin_cid;
	memcpy(&ring->sq[ring->tail & ring->sq_mask], entry, sizeof(*entry));
	ring->tail++;
	status = ring_submit(ring, false);
	if (status == 0)
		status = await(dev, entry->cid, cqe);
	if (status == -ETIMEDOUT)
		device_disable(dev);
	return status != 0 ? status : status_errno(cqe->status >> 1 & 0xff);
}

int admin_command(struct pamdev *dev, struct pamc_admin_sqe *entry, const void *out,
		  size_t out_size, void *in, size_t in_size, struct pamc_cqe *cqe)
{
	size_t size = out_size > in_size ? out_size : in_size;
	struct pamc_cqe mine;
	int status;

	if (size > PAMC_MAX_ADMIN_DATA)
		return -EINVAL;
	pthread_mutex_lock(&dev->admin_lock);
	if (size) {
		memset(dev->admin_data, 0, size);
		if (out_size)
			memcpy(dev->admin_data, out, out_size);
		entry->addr = (uintptr_t)dev->admin_data;
		entry->length = (uint32_t)size;
	}
	status = execute(dev, entry, &mine);
	if (status == 0 && in_size)
		memcpy(in, dev->admin_data, in_size);
	if (cqe)
		*cqe = mine;
	pthread_mutex_unlock(&dev->admin_lock);
	return status;
}
