// SPDX-License-Identifier: Apache-2.0
/*
 * What a card tells about itself: identification, log pages, histograms.
 */
#include "device.h"

int pamdev_identify(struct pamdev *dev, struct pamc_identify *identify)
{
	struct pamc_admin_sqe entry = {.opcode = PAMC_ADMIN_IDENTIFY};

	return admin_command(dev, &entry, NULL, 0, identify, sizeof(*identify), NULL);
}

long pamdev_log(struct pamdev *dev, unsigned int page, uint64_t offset, void *data, size_t size)
{
	size_t done = 0;

	while (done < size) {
		struct pamc_admin_sqe entry = {.opcode = PAMC_ADMIN_LOG, .id = page};
		size_t part = size - done < PAMC_MAX_ADMIN_DATA ? size - done : PAMC_MAX_ADMIN_DATA;
		struct pamc_cqe cqe;
		int status;

		entry.p.log.offset = offset + done;
		status = admin_command(dev, &entry, NULL, 0, (char *)data + done, part, &cqe);
		if (status != 0)
			return status;
		if (cqe.result > part)
			return -EPROTO;
		done += cqe.result;
		if (cqe.result < part)
			break;
	}
	return (long)done;
}

/* First time in ns that is beyond the bucket; see PAMC_HIST_BUCKETS. */
static uint64_t bucket_end(unsigned int bucket)
{
	unsigned int k = bucket / 4 + 1;

	if (bucket < 4)
		return bucket + 1;
	return (uint64_t)(bucket % 4 + 5) << (k - 2);
}

uint64_t pamdev_latency_percentile(const struct pamc_log_latency *latency, double percent)
{
	double wanted = (double)latency->count * percent / 100.0;
	uint64_t seen = 0;

	if (!latency->count)
		return 0;
	for (unsigned int i = 0; i < PAMC_HIST_BUCKETS; i++) {
		seen += latency->bucket[i];
		if (latency->bucket[i] && (double)seen >= wanted)
			return bucket_end(i);
	}
	return bucket_end(PAMC_HIST_BUCKETS - 1);
}
