// SPDX-License-Identifier: GPL-2.0-only
/* Module of the PAM core: its class, and the one place where tracepoints are made. */
#include <linux/module.h>

#include "core.h"

#define CREATE_TRACE_POINTS
#include "pam_trace.h"

static int __init pam_init(void)
{
	return class_register(&pam_class);
}

static void __exit pam_exit(void)
{
	/* Every backend and every frontend uses our symbols: none is left. */
	class_unregister(&pam_class);
}

module_init(pam_init);
module_exit(pam_exit);

MODULE_DESCRIPTION("Page-accessible memory core");
MODULE_LICENSE("GPL");
