/* SPDX-License-Identifier: Apache-2.0 */
/* A pamsim of the test's own: see sim.h. */
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "sim.h"

#define MAX_ARGUMENTS   32
#define PATIENCE_MS     20000
#define CONTROL_SECONDS 20

static void sleep_ms(long ms)
{
	const struct timespec time = {ms / 1000, ms % 1000 * 1000000};

	nanosleep(&time, NULL);
}

static void run_program(const struct sim *sim, const char *const *extra)
{
	const char *program = getenv("PAMSIM") ? getenv("PAMSIM") : "build/san/pamsim";
	char socket_option[128];
	char control_option[128];
	const char *arguments[MAX_ARGUMENTS] = {program, socket_option, control_option,
						"--dram=32MiB", "--seed=1"};
	unsigned int count = 5;

	snprintf(socket_option, sizeof(socket_option), "--socket-path=%s", sim->socket);
	snprintf(control_option, sizeof(control_option), "--control=%s", sim->control);
	while (extra && *extra && count < MAX_ARGUMENTS - 1)
		arguments[count++] = *extra++;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	execv(program, (char **)(uintptr_t)arguments);
	fprintf(stderr, "%s: %s\n", program, strerror(errno));
	_exit(127);
}

bool sim_start(struct sim *sim, const char *const *extra)
{
	snprintf(sim->folder, sizeof(sim->folder), "/tmp/pamsim-test-XXXXXX");
	if (!mkdtemp(sim->folder))
		return false;
	snprintf(sim->socket, sizeof(sim->socket), "%s/socket", sim->folder);
	snprintf(sim->control, sizeof(sim->control), "%s/control", sim->folder);
	fflush(stdout);
	sim->pid = fork();
	if (sim->pid == 0)
		run_program(sim, extra);
	for (int waited = 0; waited < PATIENCE_MS; waited += 10) {
		if (access(sim->socket, F_OK) == 0)
			return true;
		if (!sim_alive(sim))
			break;
		sleep_ms(10);
	}
	printf("# pamsim did not come up\n");
	sim_stop(sim);
	return false;
}

bool sim_stop(struct sim *sim)
{
	int status = 0;
	int waited = 0;
	pid_t ended;

	kill(sim->pid, SIGTERM);
	while ((ended = waitpid(sim->pid, &status, WNOHANG)) == 0 && waited < PATIENCE_MS) {
		sleep_ms(10);
		waited += 10;
	}
	if (ended == 0) {
		printf("# pamsim did not end on SIGTERM\n");
		kill(sim->pid, SIGKILL);
		waitpid(sim->pid, &status, 0);
		status = -1;
	} else if (status) {
		printf("# pamsim ended with status %#x\n", status);
	}
	if (access(sim->socket, F_OK) == 0) {
		printf("# pamsim left its socket behind\n");
		unlink(sim->socket);
		status = -1;
	}
	unlink(sim->control);
	rmdir(sim->folder);
	return status == 0;
}

bool sim_alive(const struct sim *sim)
{
	siginfo_t info = {0};

	return waitid(P_PID, (id_t)sim->pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
	       info.si_pid == 0;
}

int sim_connect(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof(address))) {
		close(fd);
		return -1;
	}
	return fd;
}

bool sim_control(const struct sim *sim, const char *line, char *answer, size_t size)
{
	const struct timeval patience = {.tv_sec = CONTROL_SECONDS};
	int fd = sim_connect(sim->control);
	size_t len = 0;

	*answer = '\0';
	if (fd < 0)
		return false;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	dprintf(fd, "%s\n", line);
	while (len + 1 < size && !strchr(answer, '\n')) {
		ssize_t got = recv(fd, answer + len, size - len - 1, 0);

		if (got <= 0)
			break;
		len += (size_t)got;
		answer[len] = '\0';
	}
	close(fd);
	return strchr(answer, '\n') != NULL;
}

unsigned long long sim_counter(const struct sim *sim, const char *group, const char *name)
{
	static char answer[16384];
	char key[64];
	char *at;

	if (!sim_control(sim, "counters", answer, sizeof(answer)))
		return ~0ull;
	snprintf(key, sizeof(key), "\"%s\":{", group);
	at = strstr(answer, key);
	snprintf(key, sizeof(key), "\"%s\":", name);
	at = at ? strstr(at, key) : NULL;
	return at ? strtoull(at + strlen(key), NULL, 10) : ~0ull;
}

int sim_descriptors(const struct sim *sim)
{
	char path[64];
	DIR *folder;
	int count = 0;

	snprintf(path, sizeof(path), "/proc/%d/fd", (int)sim->pid);
	folder = opendir(path);
	if (!folder)
		return -1;
	while (readdir(folder))
		count++;
	closedir(folder);
	return count;
}

int sim_descriptors_at_rest(const struct sim *sim)
{
	int count = -1, same = 0;

	for (int waited = 0; waited < PATIENCE_MS && same < 10; waited += 10) {
		int now = sim_descriptors(sim);

		same = now == count ? same + 1 : 0;
		count = now;
		sleep_ms(10);
	}
	return count;
}
