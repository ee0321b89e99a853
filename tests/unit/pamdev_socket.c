// SPDX-License-Identifier: Apache-2.0
/*
 * libpamdev's vfio-user: transport when the other end is not as it should be:
 * killed at work, silent, talking nonsense, or away and back. Nothing may hang,
 * and nobody may die of SIGPIPE.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lz4_card.h"
#include "pamdev.h"
#include "pamsim.h"
#include "tap.h"
#include "vfio_user.h"

static const char *const sim_options[] = {"--dram=16MiB", NULL};
static const char *const slow_options[] = {"--dram=16MiB", "--put-latency=100s", NULL};

static uint64_t milliseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static int open_with(const char *uri, unsigned int timeout_ms, struct pamdev **dev)
{
	static char message[256];
	struct pamdev_open_options options = PAMDEV_OPEN_OPTIONS_INIT;
	int status;

	options.timeout_ms = timeout_ms;
	options.message = message;
	options.message_size = sizeof(message);
	status = pamdev_open(uri, &options, dev);
	if (status != 0) {
		printf("# %s\n", message);
		if (!message[0])
			return -EUCLEAN; /* no word of explanation */
	}
	return status;
}

/* ---- the server dies ---- */

struct worker {
	struct pamdev_pool *pool;
	unsigned int operations;
	int last;
};

/* Puts and gets until something fails. */
static void *work(void *context)
{
	struct worker *w = context;
	char page[4096] = {0};

	w->last = 0;
	while (w->last == 0) {
		struct pamdev_handle handle = {{(uintptr_t)w, 0, 0}, w->operations % 50};

		w->last = pamdev_put(w->pool, &handle, page);
		if (w->last == 0)
			w->last = pamdev_get(w->pool, &handle, page, 0);
		w->operations++;
	}
	return NULL;
}

static bool test_killed_at_work(struct tap *tap)
{
	struct pamdev_pool_options options = PAMDEV_POOL_OPTIONS_INIT;
	const struct timespec while_it_works = {0, 300000000};
	struct worker workers[3];
	struct pamdev_queue *queue, *another;
	struct pamc_identify identify;
	pthread_t threads[3];
	struct pamdev *dev;
	struct pamsim sim;
	uint64_t start;

	(void)tap;
	TAP_CHECK(pamsim_start(&sim, sim_options) == 0, "pamsim");
	TAP_CHECK(open_with(sim.uri, 20000, &dev) == 0, "open");
	TAP_CHECK(pamdev_pool_create(dev, &options, &workers[0].pool) == 0, "pool");
	TAP_CHECK(pamdev_queue_create(dev, NULL, &queue) == 0, "queue");
	for (unsigned int i = 0; i < 3; i++) {
		workers[i] = (struct worker){.pool = workers[0].pool};
		pthread_create(&threads[i], NULL, work, &workers[i]);
	}
	nanosleep(&while_it_works, NULL);
	kill(sim.pid, SIGKILL);
	start = milliseconds();
	for (unsigned int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	TAP_CHECK(milliseconds() - start < 5000, "took %llu ms to notice",
		  (unsigned long long)(milliseconds() - start));
	for (unsigned int i = 0; i < 3; i++)
		TAP_CHECK(workers[i].last == -ENODEV && workers[i].operations > 0, "%d after %u",
			  workers[i].last, workers[i].operations);
	TAP_CHECK(pamdev_state(dev) == -ENODEV, "state");
	TAP_CHECK(pamdev_identify(dev, &identify) == -ENODEV, "identify");
	TAP_CHECK(pamdev_reset(dev) == -ENODEV, "reset");
	TAP_CHECK(pamdev_queue_create(dev, NULL, &another) == -ENODEV, "queue");
	pamdev_queue_destroy(queue);
	TAP_CHECK(pamdev_pool_destroy(workers[0].pool) == -ENODEV, "destroy");
	pamdev_close(dev);
	TAP_CHECK(milliseconds() - start < 10000, "took too long");
	pamsim_stop(&sim);
	return true;
}

static bool test_killed_while_waiting(struct tap *tap)
{
	struct pamdev_pool_options options = PAMDEV_POOL_OPTIONS_INIT;
	struct pamdev_handle handle = {{1, 2, 3}, 4};
	struct pamdev_completion done[16];
	struct pamdev_queue *queue;
	struct pamdev_pool *pool;
	struct pamdev *dev;
	struct pamsim sim;
	uint64_t start;
	char page[4096];

	(void)tap;
	TAP_CHECK(pamsim_start(&sim, slow_options) == 0, "pamsim");
	TAP_CHECK(open_with(sim.uri, 20000, &dev) == 0, "open");
	TAP_CHECK(pamdev_pool_create(dev, &options, &pool) == 0, "pool");
	TAP_CHECK(pamdev_queue_create(dev, NULL, &queue) == 0, "queue");
	for (unsigned int i = 0; i < 10; i++)
		TAP_CHECK(pamdev_prep_put(queue, pool, &handle, page, i) == 0, "prep");
	TAP_CHECK(pamdev_submit(queue) == 10, "submit");
	TAP_CHECK(pamdev_wait(queue, done, 16, 1, 50) == 0, "too fast");
	kill(sim.pid, SIGKILL);
	start = milliseconds();
	TAP_CHECK(pamdev_wait(queue, done, 16, 10, -1) == 10, "all must end");
	TAP_CHECK(milliseconds() - start < 5000, "took too long");
	for (unsigned int i = 0; i < 10; i++)
		TAP_CHECK(done[i].status == -ENODEV && done[i].user_data == i, "%u: %d", i,
			  done[i].status);
	/* What comes later ends the same way. */
	TAP_CHECK(pamdev_prep_query(queue, pool, &handle, 77) == 0, "prep");
	TAP_CHECK(pamdev_submit(queue) == -ENODEV, "submit");
	TAP_CHECK(pamdev_wait(queue, done, 16, 1, -1) == 1 && done[0].status == -ENODEV, "wait");
	pamdev_queue_destroy(queue);
	pamdev_pool_close(pool);
	pamdev_close(dev);
	pamsim_stop(&sim);
	return true;
}

/* A server that stops in its tracks, its socket still open. */
static bool test_frozen(struct tap *tap)
{
	struct pamdev_pool_options options = PAMDEV_POOL_OPTIONS_INIT;
	struct pamdev_handle handle = {{1, 2, 3}, 4};
	char page[4096] = "frozen";
	struct pamdev_pool *pool;
	struct pamdev *dev;
	struct pamsim sim;
	uint64_t start;
	int status;

	(void)tap;
	TAP_CHECK(pamsim_start(&sim, sim_options) == 0, "pamsim");
	TAP_CHECK(open_with(sim.uri, 1000, &dev) == 0, "open");
	TAP_CHECK(pamdev_pool_create(dev, &options, &pool) == 0, "pool");
	TAP_CHECK(pamdev_put(pool, &handle, page) == 0, "put");
	kill(sim.pid, SIGSTOP);
	start = milliseconds();
	status = pamdev_put(pool, &handle, page);
	TAP_CHECK(status < 0, "it was taken");
	TAP_CHECK(milliseconds() - start < 20000, "took too long");
	TAP_CHECK(pamdev_state(dev) == -ENODEV, "nothing else is safe");
	TAP_CHECK(pamdev_get(pool, &handle, page, 0) == -ENODEV, "get");
	TAP_CHECK(pamdev_pool_destroy(pool) == -ENODEV, "destroy");
	pamdev_close(dev);
	kill(sim.pid, SIGCONT);
	pamsim_stop(&sim);
	return true;
}

/* ---- away and back ---- */

static bool test_reconnect(struct tap *tap)
{
	struct pamdev_pool_options options = PAMDEV_POOL_OPTIONS_INIT;
	struct pamdev_handle handle = {{1, 2, 3}, 4};
	struct pamdev_pool *pool;
	struct pamdev *dev;
	struct pamsim sim;
	char page[4096];

	(void)tap;
	TAP_CHECK(pamsim_start(&sim, sim_options) == 0, "pamsim");
	options.name = "stays";
	for (uint64_t round = 0; round < 4; round++) {
		pid_t child;
		int code;

		TAP_CHECK(open_with(sim.uri, 20000, &dev) == 0, "open");
		if (round == 0)
			TAP_CHECK(pamdev_pool_create(dev, &options, &pool) == 0, "pool");
		else
			TAP_CHECK(pamdev_pool_open(dev, "stays", &pool) == 0, "open");
		for (handle.index = 0; handle.index < round; handle.index++) {
			TAP_CHECK(pamdev_get(pool, &handle, page, 0) == 0, "get");
			TAP_CHECK(*(uint64_t *)(void *)page == handle.index, "another page");
		}
		memset(page, 0, sizeof(page));
		memcpy(page, &round, sizeof(round));
		TAP_CHECK(pamdev_put(pool, &handle, page) == 0, "put");
		pamdev_pool_close(pool);
		pamdev_close(dev);
		/* A program that ends without a word. */
		child = fork();
		if (child == 0) {
			_exit(open_with(sim.uri, 20000, &dev) == 0 &&
				      pamdev_pool_open(dev, "stays", &pool) == 0
				  ? 0
				  : 1);
		}
		TAP_CHECK(waitpid(child, &code, 0) == child && code == 0, "child");
	}
	pamsim_stop(&sim);
	return true;
}

static bool test_registered(struct tap *tap)
{
	enum { SIZE = 16 * 4096 };
	struct pamdev_pool_options options = PAMDEV_POOL_OPTIONS_INIT;
	struct pamdev_handle handle = {{1, 2, 3}, 4};
	int fd = memfd_create("test", MFD_CLOEXEC);
	struct pamdev_pool *pool;
	struct pamdev *dev;
	struct pamsim sim;
	char *memory;

	TAP_CHECK(pamsim_start(&sim, sim_options) == 0, "pamsim");
	TAP_CHECK(open_with(sim.uri, 20000, &dev) == 0, "open");
	TAP_CHECK(ftruncate(fd, SIZE + 4096) == 0, "memfd");
	memory = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 4096);
	TAP_CHECK(memory != MAP_FAILED, "mmap");
	TAP_CHECK(pamdev_pool_create(dev, &options, &pool) == 0, "pool");
	for (unsigned int round = 0; round < 3; round++) {
		/* At the end: beyond is nothing. */
		char *page = memory + SIZE - 4096;
		char copy[4096];

		TAP_CHECK(pamdev_register(dev, memory, SIZE, fd, 4096) == 0, "register");
		TAP_CHECK(pamdev_register(dev, memory + 4096, 4096, fd, 0) == -EEXIST, "twice");
		tap_fill_random(tap, page, 4096);
		memcpy(copy, page, 4096);
		TAP_CHECK(pamdev_put(pool, &handle, page) == 0, "put");
		memset(page, 0, 4096);
		TAP_CHECK(pamdev_get(pool, &handle, page, 0) == 0, "get");
		TAP_CHECK(memcmp(page, copy, 4096) == 0, "another page");
		TAP_CHECK(pamdev_unregister(dev, memory) == 0, "unregister");
		TAP_CHECK(pamdev_unregister(dev, memory) == -ENOENT, "twice");
		/* Without it the page is copied, and comes all the same. */
		memset(page, 0, 4096);
		TAP_CHECK(pamdev_get(pool, &handle, page, 0) == 0, "get");
		TAP_CHECK(memcmp(page, copy, 4096) == 0, "another page");
	}
	pamdev_pool_destroy(pool);
	pamdev_close(dev);
	munmap(memory, SIZE);
	close(fd);
	pamsim_stop(&sim);
	return true;
}

/* ---- nonsense ---- */

/* What a bad server does with its one client. */
struct answer {
	const char *text; /* for messages */
	size_t size;      /* of what it sends, after `wait` bytes came in */
	uint32_t claimed; /* size in its header */
	uint32_t flags;
	uint16_t id;
	uint16_t major;
	bool stay; /* keeps the connection open */
};

struct bad_server {
	const struct answer *answer;
	char path[96];
	int fd;
};

static void *serve_badly(void *context)
{
	struct bad_server *server = context;
	const struct answer *answer = server->answer;
	int client = accept(server->fd, NULL, NULL);
	struct {
		struct vfio_user_header header;
		struct vfio_user_version version;
		char rest[8192];
	} reply = {{0}, {0}, {0}};
	char sink[4096];

	reply.header.id = answer->id;
	reply.header.command = VFIO_USER_VERSION;
	reply.header.size = answer->claimed;
	reply.header.flags = answer->flags;
	reply.version.major = answer->major;
	if (client >= 0) {
		ssize_t got = recv(client, sink, sizeof(sink), 0);

		if (got > 0 && answer->size)
			send(client, &reply, answer->size, MSG_NOSIGNAL);
		/* Until the client goes. */
		while (answer->stay && recv(client, sink, sizeof(sink), 0) > 0)
			;
		close(client);
	}
	return NULL;
}

static bool try_bad_server(const struct answer *answer)
{
	struct bad_server server = {.answer = answer};
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	char uri[128];
	uint64_t start = milliseconds();
	struct pamdev *dev;
	pthread_t thread;
	int status;

	snprintf(server.path, sizeof(server.path), "/tmp/pamdev-bad.%d", (int)getpid());
	snprintf(uri, sizeof(uri), "vfio-user:%s", server.path);
	memcpy(address.sun_path, server.path, strlen(server.path));
	unlink(server.path);
	server.fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	TAP_CHECK(bind(server.fd, (struct sockaddr *)&address, sizeof(address)) == 0 &&
		      listen(server.fd, 1) == 0,
		  "listen");
	pthread_create(&thread, NULL, serve_badly, &server);
	status = open_with(uri, 500, &dev);
	TAP_CHECK(!dev && (status == -EPROTO || status == -ENODEV), "%s: %d", answer->text, status);
	pthread_join(thread, NULL);
	TAP_CHECK(milliseconds() - start < 5000, "%s: took too long", answer->text);
	close(server.fd);
	unlink(server.path);
	return true;
}

static bool test_nonsense(struct tap *tap)
{
	const uint32_t header = sizeof(struct vfio_user_header);
	const uint32_t whole = header + sizeof(struct vfio_user_version);
	const uint32_t reply = VFIO_USER_TYPE_REPLY;
	const struct answer answers[] = {
	    {.text = "hangs up"},
	    {.text = "says nothing", .stay = true},
	    {.text = "half a header", .size = 7, .claimed = whole, .flags = reply},
	    {.text = "half a header and silence", .size = 7, .flags = reply, .stay = true},
	    {.text = "header without the rest", .size = header, .claimed = whole, .flags = reply},
	    {.text = "too short a size", .size = whole, .claimed = 3, .flags = reply, .stay = true},
	    {.text = "no version", .size = header, .claimed = header, .flags = reply, .stay = true},
	    {.text = "huge", .size = whole, .claimed = ~0u, .flags = reply, .stay = true},
	    {.text = "large", .size = 8000, .claimed = 8000, .flags = reply, .stay = true},
	    {.text = "error",
	     .size = header,
	     .claimed = header,
	     .flags = reply | VFIO_USER_ERROR,
	     .stay = true},
	    {.text = "another id",
	     .size = whole,
	     .claimed = whole,
	     .flags = reply,
	     .id = 9,
	     .stay = true},
	    {.text = "another version",
	     .size = whole,
	     .claimed = whole,
	     .flags = reply,
	     .major = 7,
	     .stay = true},
	    {.text = "a command that is none",
	     .size = whole,
	     .claimed = 5,
	     .flags = 0,
	     .stay = true},
	    {.text = "an endless command", .size = whole, .claimed = ~0u, .flags = 0, .stay = true},
	    {.text = "no capabilities, then silence",
	     .size = whole,
	     .claimed = whole,
	     .flags = reply,
	     .stay = true},
	};

	(void)tap;
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		if (!try_bad_server(&answers[i]))
			return false;
	}
	return true;
}

/* ---- options of the card ---- */

/* --lz4=card reaches the model: pages take what they take on the hardware. */
static bool test_card_lz4(struct tap *tap)
{
	static const char *const options[] = {"--dram=16MiB", "--lz4=card", NULL};
	struct pamdev_pool_options pool_options = PAMDEV_POOL_OPTIONS_INIT;
	struct lz4_card *card = lz4_card_create(NULL);
	struct pamdev_page info;
	struct pamdev_pool *pool;
	struct pamdev *dev;
	struct pamsim sim;

	TAP_CHECK(card, "no memory");
	TAP_CHECK(pamsim_start(&sim, options) == 0, "pamsim");
	TAP_CHECK(open_with(sim.uri, 0, &dev) == 0, "open");
	TAP_CHECK(pamdev_pool_create(dev, &pool_options, &pool) == 0, "pool");
	for (unsigned int n = 0; n < 20; n++) {
		const uint8_t *page = tap->memory + n * TAP_PAGE;
		struct pamdev_handle handle = {{1, 2, 3}, n};
		uint8_t out[TAP_PAGE];
		uint32_t length;

		lz4_card_encode(card, page, out, &length);
		TAP_CHECK(pamdev_put(pool, &handle, page) == 0, "put");
		TAP_CHECK(pamdev_query(pool, &handle, &info) == 0, "query");
		TAP_EQUAL(info.stored_bytes, length);
	}
	TAP_CHECK(pamdev_pool_destroy(pool) == 0, "destroy");
	pamdev_close(dev);
	pamsim_stop(&sim);
	lz4_card_destroy(card);
	return true;
}

int main(void)
{
	struct tap tap;

	tap_begin(&tap);
	tap_run(&tap, "server killed at work", test_killed_at_work);
	tap_run(&tap, "server killed while it is waited for", test_killed_while_waiting);
	tap_run(&tap, "server that stops", test_frozen);
	tap_run(&tap, "connections that end, and pools that stay", test_reconnect);
	tap_run(&tap, "registered memory", test_registered);
	tap_run(&tap, "servers that talk nonsense", test_nonsense);
	tap_run(&tap, "pamsim --lz4=card compresses as the hardware", test_card_lz4);
	return tap_done(&tap);
}
