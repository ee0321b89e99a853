// SPDX-License-Identifier: GPL-2.0-only
/*
 * The order of commands on one page over a reset.
 *
 * The card executes what touches one page in the order in which it was issued.  But
 * a reset loses completions, and the driver cannot tell what was executed from what
 * was not: it issues all of it again.  That comes to the same, for everybody who
 * looks, as long as nothing in flight is changed by something younger in flight.  A
 * GET executed again must not find what a PUT behind it has left the first time.
 *
 * So a command that changes pages is issued only when no older one that touches
 * them is in flight in its queue pair.  Callers that wait for their answers never
 * notice.  Of queue pairs beside each other this says nothing: a PUT that took effect,
 * lost its completion and is issued again may undo one of another CPU that came after it,
 * as if it had come later; who writes one page from several CPUs at once has to expect it.
 *
 * A counter for each of a few classes of pages tells most of the time that there is
 * nothing to wait for; only when it does not, all commands in flight are looked at.
 */
#include <linux/hash.h>

#include "card.h"

static u8 pcard_class(const struct pam_request *request)
{
	return hash_64(request->handle.object[0] + request->handle.index, PCARD_CLASS_BITS);
}

static bool pcard_changes(const struct pcard_request *r)
{
	return r->opcode != PAMC_OP_GET || r->flags & PCARD_EXCLUSIVE;
}

static bool pcard_touches(struct pam_request *a, struct pam_request *b)
{
	if (pcard_request(a)->pool != pcard_request(b)->pool)
		return false;
	if (memcmp(a->handle.object, b->handle.object, sizeof(a->handle.object)))
		return false;
	return a->handle.index == b->handle.index || a->op == PAM_FLUSH_OBJECT ||
	       b->op == PAM_FLUSH_OBJECT;
}

/**
 * pcard_order_enter - a command is in flight
 * @q: its queue pair, locked
 * @cmd: the command
 */
void pcard_order_enter(struct pcard_queue *q, struct pcard_cmd *cmd)
{
	if (cmd->request->op == PAM_FLUSH_OBJECT) {
		q->nr_wide++;
		return;
	}
	cmd->class = pcard_class(cmd->request);
	q->classes[cmd->class]++;
}

/**
 * pcard_order_leave - it is in flight no more
 * @q: its queue pair, locked
 * @cmd: the command; it still has its request
 */
void pcard_order_leave(struct pcard_queue *q, struct pcard_cmd *cmd)
{
	if (cmd->request->op == PAM_FLUSH_OBJECT)
		q->nr_wide--;
	else
		q->classes[cmd->class]--;
}

/**
 * pcard_order_waits - must a request wait for something in flight?
 * @q: its queue pair, locked
 * @request: the next one to be issued
 *
 * Return: true when it must; a completion is a reason to ask again.
 */
bool pcard_order_waits(const struct pcard_queue *q, struct pam_request *request)
{
	unsigned int i;

	if (!pcard_changes(pcard_request(request)))
		return false;
	if (!q->nr_wide && request->op != PAM_FLUSH_OBJECT && !q->classes[pcard_class(request)])
		return false;
	for (i = 0; i < q->depth; i++)
		if (q->cmds[i].request && pcard_touches(q->cmds[i].request, request))
			return true;
	return false;
}

/**
 * pcard_order_allows_again - may a command that was aborted be issued once more?
 * @q: its queue pair, locked
 * @cmd: the command, in flight; it had no effect, or (PUT) left the handle absent
 *
 * Return: true unless a younger command for the same page would be overtaken.
 */
bool pcard_order_allows_again(const struct pcard_queue *q, const struct pcard_cmd *cmd)
{
	struct pam_request *request;
	unsigned int i;

	for (i = 0; i < q->depth; i++) {
		const struct pcard_cmd *other = &q->cmds[i];

		if (other->request && (s32)(other->seq - cmd->seq) > 0 &&
		    pcard_touches(other->request, cmd->request))
			return false;
	}
	list_for_each_entry(request, &q->waiting, list)
		if (pcard_touches(request, cmd->request))
			return false;
	return true;
}
