// SPDX-License-Identifier: Apache-2.0
/* Long work of the card on itself; log pages SELF_TEST and SANITIZE tell how far it is. */
#include "device.h"

int pamdev_self_test(struct pamdev *dev, unsigned int test)
{
	struct pamc_admin_sqe entry = {.opcode = PAMC_ADMIN_SELF_TEST, .id = test};

	return admin_command(dev, &entry, NULL, 0, NULL, 0, NULL);
}

int pamdev_sanitize(struct pamdev *dev)
{
	struct pamc_admin_sqe entry = {.opcode = PAMC_ADMIN_SANITIZE};

	return admin_command(dev, &entry, NULL, 0, NULL, 0, NULL);
}
