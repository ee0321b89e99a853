/* SPDX-License-Identifier: Apache-2.0 */
/* The control channel: see control.h. */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "control.h"
#include "counters.h"
#include "parse.h"

#define MAX_CLIENTS     4u
#define LINE_SIZE       512u
#define SEND_TIMEOUT_MS 1000
#define HOTTEST         200u

struct client {
	int fd; /* -1: free */
	size_t len;
	char line[LINE_SIZE];
};

struct control {
	struct device *device;
	struct server *server;
	struct control_config config;
	int signal_fd;
	int stop_fd;
	pthread_t thread;
	struct client clients[MAX_CLIENTS];
};

/*
 * Commands get what follows their name. They print what shall follow "ok ", or,
 * returning -EINVAL, "error: "; one line, without its end.
 */
static int command_fault(struct control *control, char *arguments, FILE *out)
{
	struct faults faults = {0};
	char error[PARSE_ERROR_SIZE];

	if (faults_parse(arguments, &faults, error)) {
		fputs(error, out);
		return -EINVAL;
	}
	if (faults.delay_ns) {
		fputs("the time of fault delay is fixed at the start, by --fault", out);
		return -EINVAL;
	}
	for (int fault = 0; fault < CARD_FAULT_COUNT; fault++)
		if (faults.named & 1u << fault)
			device_set_fault(control->device, (enum card_fault)fault,
					 faults.one_in[fault]);
	return 0;
}

static int command_counters(struct control *control, char *arguments, FILE *out)
{
	(void)arguments;
	counters_print(out, control->device, true);
	return 0;
}

static int command_check(struct control *control, char *arguments, FILE *out)
{
	char message[256] = "";
	int ret = device_check(control->device, message, sizeof(message));

	(void)arguments;
	fputs(message, out);
	return ret ? -EINVAL : 0;
}

static int command_temperature(struct control *control, char *arguments, FILE *out)
{
	uint64_t degrees;

	if (parse_number(arguments, 0, HOTTEST, &degrees)) {
		fprintf(out, "temperature wants degrees Celsius, 0 to %u", HOTTEST);
		return -EINVAL;
	}
	if (!device_set_temperature(control->device, (unsigned int)degrees + 273)) {
		fputs("this card has no sensor", out);
		return -EINVAL;
	}
	return 0;
}

static int command_power_cycle(struct control *control, char *arguments, FILE *out)
{
	(void)arguments;
	(void)out;
	device_power_cycle(control->device);
	return 0;
}

static int command_disconnect(struct control *control, char *arguments, FILE *out)
{
	(void)arguments;
	(void)out;
	server_disconnect(control->server);
	return 0;
}

static int command_help(struct control *control, char *arguments, FILE *out);

static const struct command {
	const char *name;
	int (*run)(struct control *control, char *arguments, FILE *out);
	const char *arguments;
} commands[] = {
    {"fault", command_fault, " dma=N,irq=N,refuse=N,delay=N,bit-flip=N"},
    {"counters", command_counters, ""},
    {"check", command_check, ""},
    {"power-cycle", command_power_cycle, ""},
    {"temperature", command_temperature, " N"},
    {"disconnect", command_disconnect, ""},
    {"help", command_help, ""},
};

#define COMMAND_COUNT (sizeof(commands) / sizeof(commands[0]))

static int command_help(struct control *control, char *arguments, FILE *out)
{
	(void)control;
	(void)arguments;
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		fprintf(out, "%s%s%s", i ? "; " : "", commands[i].name, commands[i].arguments);
	return 0;
}

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		if (strcmp(name, commands[i].name) == 0)
			return &commands[i];
	return NULL;
}

/* Runs line and returns the answer, one line, for the caller to free; NULL: no memory. */
static char *execute(struct control *control, char *line)
{
	char *arguments = strchr(line, ' ');
	const struct command *command;
	char *text = NULL;
	char *result = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	int ret = -EINVAL;

	if (!out)
		return NULL;
	if (arguments)
		*arguments++ = '\0';
	command = find_command(line);
	if (command)
		ret = command->run(control, arguments ? arguments : line + strlen(line), out);
	else
		fprintf(out, "no command '%.40s'; 'help' lists them", line);
	fclose(out);
	if (text &&
	    asprintf(&result, "%s%s%s\n", ret ? "error:" : "ok", *text ? " " : "", text) < 0)
		result = NULL;
	free(text);
	return result;
}

static void drop_client(struct client *client)
{
	close(client->fd);
	client->fd = -1;
}

/* False: the client does not take it. */
static bool send_text(int fd, const char *text, size_t len)
{
	while (len) {
		struct pollfd room = {.fd = fd, .events = POLLOUT};
		ssize_t sent = send(fd, text, len, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (sent < 0 && errno != EAGAIN && errno != EINTR)
			return false;
		if (sent < 0 && poll(&room, 1, SEND_TIMEOUT_MS) != 1)
			return false;
		if (sent > 0) {
			text += sent;
			len -= (size_t)sent;
		}
	}
	return true;
}

static bool answer(struct control *control, struct client *client, char *line)
{
	char *text = execute(control, line);
	bool sent = text && send_text(client->fd, text, strlen(text));

	free(text);
	return sent;
}

static void serve_client(struct control *control, struct client *client)
{
	ssize_t got =
	    recv(client->fd, client->line + client->len, LINE_SIZE - client->len, MSG_DONTWAIT);
	char *end;

	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (got <= 0) {
		drop_client(client);
		return;
	}
	client->len += (size_t)got;
	while ((end = memchr(client->line, '\n', client->len))) {
		size_t used = (size_t)(end - client->line) + 1;

		*end = '\0';
		if (!answer(control, client, client->line)) {
			drop_client(client);
			return;
		}
		client->len -= used;
		memmove(client->line, client->line + used, client->len);
	}
	if (client->len == LINE_SIZE) {
		static const char text[] = "error: the line is too long\n";

		send_text(client->fd, text, sizeof(text) - 1);
		drop_client(client);
	}
}

static void accept_client(struct control *control)
{
	int fd = accept4(control->config.listen_fd, NULL, NULL, SOCK_CLOEXEC);

	if (fd < 0)
		return;
	for (unsigned int i = 0; i < MAX_CLIENTS; i++) {
		if (control->clients[i].fd >= 0)
			continue;
		control->clients[i].fd = fd;
		control->clients[i].len = 0;
		return;
	}
	close(fd);
}

/* SIGUSR1. */
static void dump_counters(struct control *control)
{
	const char *path = control->config.counters_path;
	struct signalfd_siginfo info;
	FILE *file;

	if (read(control->signal_fd, &info, sizeof(info)) != sizeof(info))
		return;
	file = path ? fopen(path, "we") : stderr;
	if (!file) {
		fprintf(stderr, "pamsim: cannot write counters to %s: %s\n", path, strerror(errno));
		return;
	}
	counters_print(file, control->device, control->config.json);
	if (control->config.json)
		fputc('\n', file);
	if (path)
		fclose(file);
}

static void *control_main(void *arg)
{
	struct control *control = arg;

	for (;;) {
		struct pollfd fds[3 + MAX_CLIENTS] = {
		    {.fd = control->stop_fd, .events = POLLIN},
		    {.fd = control->signal_fd, .events = POLLIN},
		    {.fd = control->config.listen_fd, .events = POLLIN},
		};

		for (unsigned int i = 0; i < MAX_CLIENTS; i++)
			fds[3 + i] =
			    (struct pollfd){.fd = control->clients[i].fd, .events = POLLIN};
		if (poll(fds, 3 + MAX_CLIENTS, -1) < 0)
			continue;
		if (fds[0].revents)
			return NULL;
		if (fds[1].revents)
			dump_counters(control);
		for (unsigned int i = 0; i < MAX_CLIENTS; i++)
			if (fds[3 + i].revents)
				serve_client(control, &control->clients[i]);
		if (fds[2].revents)
			accept_client(control);
	}
}

static void control_free(struct control *control)
{
	for (unsigned int i = 0; i < MAX_CLIENTS; i++)
		if (control->clients[i].fd >= 0)
			close(control->clients[i].fd);
	if (control->signal_fd >= 0)
		close(control->signal_fd);
	if (control->stop_fd >= 0)
		close(control->stop_fd);
	free(control);
}

int control_start(struct device *device, struct server *server, const struct control_config *config,
		  struct control **control)
{
	struct control *self = calloc(1, sizeof(*self));
	sigset_t usr1;
	int ret = 0;

	if (!self)
		return -ENOMEM;
	self->device = device;
	self->server = server;
	self->config = *config;
	for (unsigned int i = 0; i < MAX_CLIENTS; i++)
		self->clients[i].fd = -1;
	sigemptyset(&usr1);
	sigaddset(&usr1, SIGUSR1);
	self->signal_fd = signalfd(-1, &usr1, SFD_CLOEXEC | SFD_NONBLOCK);
	self->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (self->signal_fd < 0 || self->stop_fd < 0)
		ret = -errno;
	if (ret == 0)
		ret = -pthread_create(&self->thread, NULL, control_main, self);
	if (ret) {
		control_free(self);
		return ret;
	}
	*control = self;
	return 0;
}

void control_stop(struct control *control)
{
	const uint64_t one = 1;

	if (!control)
		return;
	/* A fresh eventfd takes it. */
	if (write(control->stop_fd, &one, sizeof(one)) == sizeof(one))
		pthread_join(control->thread, NULL);
	control_free(control);
}
