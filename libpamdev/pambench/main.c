// SPDX-License-Identifier: Apache-2.0
/*
 * pambench: rounds and reports. A round puts all pages and then gets them, in
 * short stretches that alternate with liblz4's, so that whatever else the machine
 * does hits both alike; medians over the rounds are compared.
 */
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "bench.h"
#include "cli/json.h"
#include "cli/text.h"

/* Pages at a time: a few milliseconds, and many times the depth of any queue. */
#define STRETCH 512u

/* The four loops of a round. */
enum { LZ4_COMPRESS, CARD_PUT, LZ4_DECOMPRESS, CARD_GET, LOOPS };

struct figures {
	struct loop *rounds[LOOPS];
	struct loop median[LOOPS];
	struct samples put, get;
};

static uint64_t read_clock(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

uint64_t bench_now(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

/* In user mode, of this thread, since the first call; 0: cannot be counted. */
static uint64_t count_instructions(void)
{
	static int fd = -2;
	uint64_t count = 0;

	if (fd == -2) {
		struct perf_event_attr attr = {
		    .type = PERF_TYPE_HARDWARE,
		    .size = sizeof(attr),
		    .config = PERF_COUNT_HW_INSTRUCTIONS,
		    .exclude_kernel = 1,
		    .exclude_hv = 1,
		};

		fd = (int)syscall(SYS_perf_event_open, &attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
	}
	if (fd < 0 || read(fd, &count, sizeof(count)) != sizeof(count))
		return 0;
	return count;
}

struct loop loop_begin(void)
{
	struct loop loop = {.instructions = count_instructions()};

	loop.cpu_ns = read_clock(CLOCK_THREAD_CPUTIME_ID);
	loop.ns = bench_now();
	return loop;
}

void loop_end(struct loop *loop)
{
	loop->ns = bench_now() - loop->ns;
	loop->cpu_ns = read_clock(CLOCK_THREAD_CPUTIME_ID) - loop->cpu_ns;
	loop->instructions = count_instructions() - loop->instructions;
}

/* ---- figures ---- */

static int by_cpu(const void *a, const void *b)
{
	const struct loop *x = a, *y = b;

	return x->cpu_ns < y->cpu_ns ? -1 : x->cpu_ns > y->cpu_ns;
}

static int by_value(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

static double pages_per_second(const struct loop *loop, const struct pages *pages)
{
	return loop->ns ? (double)pages->count * 1e9 / (double)loop->ns : 0;
}

/*
 * How fast the card is, in percent of liblz4. A card inside the process works on
 * this thread alone: then processor time is compared, which what else the machine
 * does disturbs less.
 */
static double percent(const struct options *o, const struct loop *card, const struct loop *lz4)
{
	if (strncmp(o->uri, "model:", 6) == 0)
		return card->cpu_ns ? 100.0 * (double)lz4->cpu_ns / (double)card->cpu_ns : 0;
	return card->ns ? 100.0 * (double)lz4->ns / (double)card->ns : 0;
}

static uint32_t quantile(const struct samples *samples, double part)
{
	uint64_t at = (uint64_t)((double)samples->count * part);

	if (!samples->count)
		return 0;
	return samples->ns[at < samples->count ? at : samples->count - 1];
}

static void finish(struct figures *f, unsigned int rounds)
{
	for (unsigned int k = 0; k < LOOPS; k++) {
		qsort(f->rounds[k], rounds, sizeof(*f->rounds[k]), by_cpu);
		f->median[k] = f->rounds[k][rounds / 2];
	}
	qsort(f->put.ns, f->put.count, sizeof(*f->put.ns), by_value);
	qsort(f->get.ns, f->get.count, sizeof(*f->get.ns), by_value);
}

/* ---- reports ---- */

static void print_line(const char *name, const struct loop *loop, const struct samples *samples,
		       const struct pages *pages)
{
	char p50[16] = "", p99[16] = "", p999[16] = "", instructions[24] = "";
	double rate = pages_per_second(loop, pages);
	double cpu = (double)loop->cpu_ns / (double)pages->count / 1e3;

	if (samples) {
		text_ns(quantile(samples, 0.5), p50);
		text_ns(quantile(samples, 0.99), p99);
		text_ns(quantile(samples, 0.999), p999);
	}
	if (loop->instructions)
		snprintf(instructions, sizeof(instructions), "%.0f",
			 (double)loop->instructions / (double)pages->count);
	printf("%-16s %12.0f %8.2f %12.2f %10s %10s %10s %14s\n", name, rate,
	       rate * (double)pages->size / 1e9, cpu, p50, p99, p999, instructions);
}

static void print_table(const struct options *o, const struct pages *pages, const struct figures *f,
			double ratio)
{
	printf("%s, %llu pages of %zu KiB from %s", o->uri, (unsigned long long)pages->count,
	       pages->size / 1024, o->source);
	if (o->same_percent || o->random_percent)
		printf(" (%u %% same-filled, %u %% random)", o->same_percent, o->random_percent);
	if (o->depth)
		printf(", depth %u, batches of %u", o->depth, o->batch);
	else
		printf(", synchronous");
	printf("%s%s\n", o->sequential ? ", sequential" : ", random order",
	       o->unaligned ? ", unaligned" : "");
	printf("%-16s %12s %8s %12s %10s %10s %10s %14s\n", "", "pages/s", "GB/s", "CPU us/page",
	       "p50", "p99", "p99.9", f->median[CARD_PUT].instructions ? "instr./page" : "");
	print_line("liblz4 compress", &f->median[LZ4_COMPRESS], NULL, pages);
	print_line("put", &f->median[CARD_PUT], &f->put, pages);
	print_line("liblz4 expand", &f->median[LZ4_DECOMPRESS], NULL, pages);
	print_line("get", &f->median[CARD_GET], &f->get, pages);
	printf("put at %.0f %% and get at %.0f %% of bare liblz4; liblz4 ratio %.2f\n",
	       percent(o, &f->median[CARD_PUT], &f->median[LZ4_COMPRESS]),
	       percent(o, &f->median[CARD_GET], &f->median[LZ4_DECOMPRESS]), ratio);
}

static void json_loop(struct json *j, const char *key, const struct loop *loop,
		      const struct samples *samples, const struct pages *pages)
{
	json_object(j, key);
	json_double(j, "pages_per_second", pages_per_second(loop, pages));
	json_double(j, "bytes_per_second", pages_per_second(loop, pages) * (double)pages->size);
	json_double(j, "cpu_ns_per_page", (double)loop->cpu_ns / (double)pages->count);
	if (loop->instructions)
		json_double(j, "instructions_per_page",
			    (double)loop->instructions / (double)pages->count);
	else
		json_null(j, "instructions_per_page");
	if (samples) {
		json_u64(j, "p50_ns", quantile(samples, 0.5));
		json_u64(j, "p99_ns", quantile(samples, 0.99));
		json_u64(j, "p999_ns", quantile(samples, 0.999));
	}
	json_end(j, '}');
}

static void print_json(const struct options *o, const struct pages *pages, const struct figures *f,
		       double ratio)
{
	struct json j;

	json_open(&j, stdout);
	json_object(&j, NULL);
	json_string(&j, "device", o->uri);
	json_string(&j, "pages", o->source);
	json_u64(&j, "count", pages->count);
	json_u64(&j, "page_bytes", pages->size);
	json_u64(&j, "same_percent", o->same_percent);
	json_u64(&j, "random_percent", o->random_percent);
	json_u64(&j, "depth", o->depth);
	json_u64(&j, "batch", o->batch);
	json_u64(&j, "rounds", o->rounds);
	json_bool(&j, "sequential", o->sequential);
	json_bool(&j, "unaligned", o->unaligned);
	json_double(&j, "lz4_ratio", ratio);
	json_loop(&j, "lz4_compress", &f->median[LZ4_COMPRESS], NULL, pages);
	json_loop(&j, "put", &f->median[CARD_PUT], &f->put, pages);
	json_loop(&j, "lz4_decompress", &f->median[LZ4_DECOMPRESS], NULL, pages);
	json_loop(&j, "get", &f->median[CARD_GET], &f->get, pages);
	json_double(&j, "put_percent_of_lz4",
		    percent(o, &f->median[CARD_PUT], &f->median[LZ4_COMPRESS]));
	json_double(&j, "get_percent_of_lz4",
		    percent(o, &f->median[CARD_GET], &f->median[LZ4_DECOMPRESS]));
	json_end(&j, '}');
	json_close(&j);
}

/* ---- rounds ---- */

static void add(struct loop *sum, struct loop part)
{
	sum->ns += part.ns;
	sum->cpu_ns += part.cpu_ns;
	sum->instructions += part.instructions;
	sum->failed += part.failed;
}

/* Returns how many operations failed; f may be NULL. */
static uint64_t round_once(struct card *card, struct lz4 *lz4, const struct pages *pages,
			   struct figures *f, unsigned int round, struct samples *put,
			   struct samples *get)
{
	struct loop loops[LOOPS] = {{0}};
	struct pages part = *pages;
	uint64_t failed = 0;

	lz4->bytes = 0;
	for (uint64_t phase = 0; phase < 2; phase++) {
		for (uint64_t at = 0; at < pages->count; at += STRETCH) {
			part.visit = pages->visit + at;
			part.count = pages->count - at < STRETCH ? pages->count - at : STRETCH;
			if (phase == 0) {
				add(&loops[LZ4_COMPRESS], lz4_compress(lz4, &part));
				add(&loops[CARD_PUT], card_put(card, &part, put));
			} else {
				add(&loops[LZ4_DECOMPRESS], lz4_decompress(lz4, &part));
				add(&loops[CARD_GET], card_get(card, &part, get));
			}
		}
	}
	for (unsigned int k = 0; k < LOOPS; k++) {
		if (f)
			f->rounds[k][round] = loops[k];
		failed += loops[k].failed;
	}
	return failed;
}

/* The round before the first checks every page, and warms everything up. */
static int measure(struct card *card, struct lz4 *lz4, const struct pages *pages,
		   const struct options *o, struct figures *f)
{
	uint64_t failed;

	card->verify = true;
	failed = round_once(card, lz4, pages, NULL, 0, NULL, NULL);
	card->verify = false;
	/* Speed first; then latencies, which cost a look at the clock each. */
	for (unsigned int r = 0; r < o->rounds && !failed; r++)
		failed = round_once(card, lz4, pages, f, r, NULL, NULL);
	for (unsigned int r = 0; r < (o->rounds + 1) / 2 && !failed; r++)
		failed = round_once(card, lz4, pages, NULL, 0, &f->put, &f->get);
	if (failed)
		return complain(EXIT_FAILED,
				"%llu operations failed or brought back something else; is the "
				"card large enough for the pages?",
				(unsigned long long)failed);
	finish(f, o->rounds);
	return EXIT_OK;
}

static bool figures_make(struct figures *f, const struct options *o)
{
	uint64_t space = o->count * o->rounds;

	memset(f, 0, sizeof(*f));
	/* More would only slow the sorting; the first rounds are as good as any. */
	if (space > 1u << 22)
		space = 1u << 22;
	f->put.space = space;
	f->get.space = space;
	f->put.ns = malloc(space * sizeof(*f->put.ns));
	f->get.ns = malloc(space * sizeof(*f->get.ns));
	for (unsigned int k = 0; k < LOOPS; k++)
		f->rounds[k] = calloc(o->rounds, sizeof(*f->rounds[k]));
	return f->put.ns && f->get.ns && f->rounds[0] && f->rounds[1] && f->rounds[2] &&
	       f->rounds[3];
}

static void figures_free(struct figures *f)
{
	free(f->put.ns);
	free(f->get.ns);
	for (unsigned int k = 0; k < LOOPS; k++)
		free(f->rounds[k]);
}

static int bench(struct pamdev *dev, const struct options *o)
{
	struct pages pages = {0};
	struct card card = {0};
	struct lz4 lz4 = {0};
	struct figures f;
	int code = EXIT_FAILED;

	if (!figures_make(&f, o))
		complain(EXIT_FAILED, "no memory for figures");
	else
		code = pages_make(dev, o, &pages);
	if (code == EXIT_OK)
		code = card_make(&card, dev, o, &pages);
	if (code == EXIT_OK && lz4_make(&lz4, &pages, o->depth ? o->depth : 1) != 0)
		code = complain(EXIT_FAILED, "no memory for liblz4");
	if (code == EXIT_OK)
		code = measure(&card, &lz4, &pages, o, &f);
	if (code == EXIT_OK) {
		double ratio = (double)(pages.count * pages.size) / (double)lz4.bytes;

		if (o->json)
			print_json(o, &pages, &f, ratio);
		else
			print_table(o, &pages, &f, ratio);
	}
	lz4_free(&lz4);
	card_free(&card);
	pages_free(dev, &pages);
	figures_free(&f);
	return code;
}

int main(int argc, char *argv[])
{
	struct pamdev_open_options how = PAMDEV_OPEN_OPTIONS_INIT;
	struct options options;
	struct pamdev *dev;
	char message[256] = "";
	int code = options_parse(argc, argv, &options);

	if (code >= 0)
		return code;
	how.message = message;
	how.message_size = sizeof(message);
	if (pamdev_open(options.uri, &how, &dev) != 0)
		return complain(EXIT_FAILED, "%s", message);
	code = bench(dev, &options);
	pamdev_close(dev);
	return code;
}
