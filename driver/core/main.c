// SPDX-License-Identifier: GPL-2.0-only
/* Module of the PAM core. */
#include <linux/module.h>
#include "pam.h"
MODULE_DESCRIPTION("Page-accessible memory core");
MODULE_LICENSE("GPL");
