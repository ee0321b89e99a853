/* SPDX-License-Identifier: Apache-2.0 */
/* Guarded copies: see guard.h. */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <string.h>

#include "guard.h"

/*
 * Where the handler returns to. Per thread, and the one piece of state outside a
 * structure: a signal handler is given nothing else to find it by.
 */
static _Thread_local sigjmp_buf *volatile guard_return;

static void on_sigbus(int number)
{
	sigjmp_buf *target = guard_return;

	if (target)
		siglongjmp(*target, 1);
	/* Not in a guarded copy: an error of this program, which shall show as one. */
	signal(number, SIG_DFL);
	raise(number);
}

int guard_install(void)
{
	/* SA_NODEFER, because siglongjmp leaves the handler without restoring the mask. */
	struct sigaction action = {.sa_handler = on_sigbus, .sa_flags = SA_NODEFER};

	sigemptyset(&action.sa_mask);
	return sigaction(SIGBUS, &action, NULL) ? -errno : 0;
}

bool guard_copy(void *to, const void *from, size_t len)
{
	sigjmp_buf here;

	if (sigsetjmp(here, 0)) {
		guard_return = NULL;
		return false;
	}
	guard_return = &here;
	memcpy(to, from, len);
	guard_return = NULL;
	return true;
}
