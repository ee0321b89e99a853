/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One vfio-user client: handshake, commands, replies.  The only part of pamsim
 * that knows what the messages of the protocol mean.
 *
 * A message that makes no sense gets an error reply; one after which the stream
 * cannot be understood any more ends the session.  Neither harms the device.
 */
#ifndef PAMSIM_SESSION_H
#define PAMSIM_SESSION_H

#include <stdint.h>

#include "device.h"

struct session;

/* Takes fd over, a connected socket, also when it fails. 0 or -ENOMEM. */
int session_create(int fd, struct device *device, struct session **session);

/* Ends it and releases what the client gave the device. NULL is allowed. */
void session_destroy(struct session *session);

/* For poll: readable means that session_serve has something to do. */
int session_fd(const struct session *session);

/*
 * Serves what has arrived, without waiting for more. 1: something had; 0: nothing;
 * negative: the session is over: -ECONNRESET when the client left, anything else
 * for what session_complaint tells.
 */
int session_serve(struct session *session);

/* What was wrong with the client. */
const char *session_complaint(const struct session *session);

#endif /* PAMSIM_SESSION_H */
