// SPDX-License-Identifier: Apache-2.0
/*
 * Asynchronous events: what happened waits here for an ASYNC_EVENT command, and the
 * commands wait here for something to happen. Of each kind only the latest is kept,
 * so a host that does not listen costs nothing.
 */
#include "card.h"

#include <string.h>

#define ALL_EVENTS ((2u << PAMC_EVENT_SELF_TEST) - 2)

void parked_take(struct parked *parked, struct command *command)
{
	parked->used = true;
	parked->start_ns = command->start_ns;
	parked->entry = *command->entry;
	command->deferred = true;
}

void parked_complete(struct pam_model *model, struct parked *parked, struct command *outcome)
{
	union entry entry = parked->entry;

	outcome->qp = &model->qps[0];
	outcome->entry = &entry;
	outcome->start_ns = parked->start_ns;
	outcome->field = NO_FIELD;
	outcome->latency = -1;
	parked->used = false;
	complete(model, outcome, card_now(model));
}

static struct parked *find(struct pam_model *model, bool used)
{
	for (unsigned int i = 0; i < PAMC_MAX_AEN; i++) {
		if (model->events[i].used == used) {
			return &model->events[i];
		}
	}
	return NULL;
}

/* Brings events and commands together. */
static void deliver(struct pam_model *model)
{
	struct parked *parked;

	while (model->events_pending && (parked = find(model, true))) {
		unsigned int event = (unsigned int)__builtin_ctz(model->events_pending);
		struct command outcome = {
		    .status = PAMC_STATUS_SUCCESS,
		    .result = event,
		    .info = model->event_info[event],
		};

		model->events_pending &= model->events_pending - 1;
		parked_complete(model, parked, &outcome);
	}
}

void event_raise(struct pam_model *model, enum pamc_event event, uint32_t info)
{
	if (!(model->event_mask >> event & 1)) {
		return;
	}
	model->events_pending |= 1u << event;
	model->event_info[event] = info;
	deliver(model);
}

void event_wait(struct pam_model *model, struct command *command)
{
	struct parked *parked = find(model, false);

	if (!parked) {
		command_fail(command, PAMC_STATUS_NO_RESOURCES, NO_FIELD);
		return;
	}
	parked_take(parked, command);
	deliver(model);
}

bool event_abort(struct pam_model *model, int cid)
{
	for (unsigned int i = 0; i < PAMC_MAX_AEN; i++) {
		struct parked *parked = &model->events[i];

		if (parked->used && (cid < 0 || parked->entry.admin.cid == cid)) {
			struct command outcome = {.status = PAMC_STATUS_ABORTED};

			parked_complete(model, parked, &outcome);
			return true;
		}
	}
	return false;
}

void event_pressure(struct pam_model *model)
{
	if (model->pressure_percent == 0) {
		model->pressed = false;
		return;
	}

	unsigned int percent = log_percent_free(model);
	bool pressed = percent < model->pressure_percent;

	if (pressed && !model->pressed) {
		event_raise(model, PAMC_EVENT_PRESSURE, percent);
	}
	model->pressed = pressed;
}

void event_reset(struct pam_model *model)
{
	memset(model->events, 0, sizeof(model->events));
	model->events_pending = 0;
	model->event_mask = ALL_EVENTS;
	model->pressed = false;
}
