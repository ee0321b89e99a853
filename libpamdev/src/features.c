// SPDX-License-Identifier: Apache-2.0
/* Features: what can be set of a card until its next reset. */
#include "device.h"

/* That of a queue pair goes with the queue pair, whose number only the library knows. */
static bool is_of_queue(unsigned int feature)
{
	return feature == PAMC_FEATURE_COALESCE;
}

int pamdev_feature_get(struct pamdev *dev, unsigned int feature, uint64_t *value)
{
	struct pamc_admin_sqe entry = {.opcode = PAMC_ADMIN_FEATURE_GET, .id = feature};
	struct pamc_cqe cqe;
	int status;

	if (is_of_queue(feature))
		return -EINVAL;
	status = admin_command(dev, &entry, NULL, 0, NULL, 0, &cqe);
	if (status == 0)
		*value = cqe.result | (uint64_t)cqe.info << 32;
	return status;
}

int pamdev_feature_set(struct pamdev *dev, unsigned int feature, uint64_t value)
{
	struct pamc_admin_sqe entry = {.opcode = PAMC_ADMIN_FEATURE_SET, .id = feature};

	if (is_of_queue(feature))
		return -EINVAL;
	entry.p.feature.value = value;
	return admin_command(dev, &entry, NULL, 0, NULL, 0, NULL);
}
