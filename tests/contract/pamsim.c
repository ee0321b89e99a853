// SPDX-License-Identifier: Apache-2.0
/*
 * Starting and stopping pamsim; see pamsim.h.
 */
#include "pamsim.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PAMSIM      "build/san/pamsim"
#define MAX_OPTIONS 16
/* Sanitized programs take their time to start. */
#define PATIENCE_MS 20000

static void nap(void)
{
	const struct timespec time = {0, 10000000};

	nanosleep(&time, NULL);
}

static int dial(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof(address)) != 0) {
		close(fd);
		fd = -1;
	}
	return fd;
}

static void run(const struct pamsim *sim, pid_t parent, const char *const options[])
{
	char socket_option[128];
	char control_option[128];
	const char *argv[MAX_OPTIONS + 4] = {PAMSIM, socket_option, control_option};

	/* Dies with us, also if we die between fork and here. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	snprintf(socket_option, sizeof(socket_option), "--socket-path=%s",
		 sim->uri + strlen("vfio-user:"));
	snprintf(control_option, sizeof(control_option), "--control=%s", sim->control);
	for (unsigned int i = 0; i < MAX_OPTIONS && options[i]; i++)
		argv[3 + i] = options[i];
	execv(PAMSIM, (char *const *)argv);
	perror(PAMSIM);
	_exit(127);
}

int pamsim_start(struct pamsim *sim, const char *const options[])
{
	pid_t parent = getpid();

	memset(sim, 0, sizeof(*sim));
	sim->patience_ms = PATIENCE_MS;
	strcpy(sim->folder, "/tmp/pamsim.XXXXXX");
	if (!mkdtemp(sim->folder)) {
		perror(sim->folder);
		return -1;
	}
	snprintf(sim->uri, sizeof(sim->uri), "vfio-user:%s/card", sim->folder);
	snprintf(sim->control, sizeof(sim->control), "%s/control", sim->folder);
	sim->pid = fork();
	if (sim->pid == 0)
		run(sim, parent, options);
	for (int waited = 0; sim->pid > 0 && waited < PATIENCE_MS; waited += 10) {
		/* Looked at only: a connection would be taken for the client. */
		int fd = access(sim->uri + strlen("vfio-user:"), F_OK) ? -1 : dial(sim->control);

		if (fd >= 0) {
			close(fd);
			return 0;
		}
		if (waitpid(sim->pid, NULL, WNOHANG) == sim->pid)
			sim->pid = 0;
		nap();
	}
	fprintf(stderr, "%s does not start\n", PAMSIM);
	pamsim_stop(sim);
	return -1;
}

void pamsim_stop(struct pamsim *sim)
{
	if (sim->pid > 0) {
		kill(sim->pid, SIGTERM);
		for (int waited = 0; waited < PATIENCE_MS; waited += 10) {
			if (waitpid(sim->pid, NULL, WNOHANG) == sim->pid) {
				sim->pid = 0;
				break;
			}
			nap();
		}
		if (sim->pid) {
			kill(sim->pid, SIGKILL);
			waitpid(sim->pid, NULL, 0);
		}
	}
	if (sim->folder[0]) {
		unlink(sim->uri + strlen("vfio-user:"));
		unlink(sim->control);
		rmdir(sim->folder);
	}
	memset(sim, 0, sizeof(*sim));
}

int pamsim_control(const struct pamsim *sim, const char *line, char *reply, size_t size)
{
	const struct timeval patience = {sim->patience_ms / 1000, 0};
	size_t used = 0;
	ssize_t got = 1;
	int fd = dial(sim->control);

	reply[0] = '\0';
	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	dprintf(fd, "%s\n", line);
	shutdown(fd, SHUT_WR);
	while (got > 0 && used + 1 < size) {
		got = recv(fd, reply + used, size - 1 - used, 0);
		if (got > 0)
			used += (size_t)got;
		reply[used] = '\0';
	}
	close(fd);
	return used >= 3 && strcmp(reply + used - 3, "ok\n") == 0 ? 0 : -1;
}
