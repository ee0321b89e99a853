// SPDX-License-Identifier: GPL-2.0-only
/*
 * Counters and latencies of a pool, kept per CPU and added up when they are read.
 * Sums are not a snapshot: requests go on meanwhile.
 */
#include <linux/log2.h>
#include <linux/percpu.h>

#include "core.h"

static unsigned int latency_bucket(u64 ns)
{
	unsigned int octave, quarter;

	if (ns < BIT(PAM_LATENCY_MIN_SHIFT))
		return 0;
	octave = ilog2(ns);
	/* The two bits below the leading one. */
	quarter = (ns >> (octave - 2)) & 3;
	octave -= PAM_LATENCY_MIN_SHIFT;
	return min(octave * 4 + quarter, PAM_LATENCY_BUCKETS - 1U);
}

/* The largest latency that falls into this bucket. */
static u64 latency_of_bucket(unsigned int bucket)
{
	unsigned int octave = bucket / 4 + PAM_LATENCY_MIN_SHIFT;

	return ((5ULL + bucket % 4) << (octave - 2)) - 1;
}

static void count_put(struct pam_pool *pool, int status)
{
	this_cpu_inc(pool->counts->count[PAM_COUNT_PUTS]);
	if (status == -ENOSPC || status == -EPERM)
		this_cpu_inc(pool->counts->count[PAM_COUNT_PUTS_REFUSED]);
	else if (status)
		this_cpu_inc(pool->counts->count[PAM_COUNT_ERRORS]);
}

static void count_get(struct pam_pool *pool, int status)
{
	this_cpu_inc(pool->counts->count[PAM_COUNT_GETS]);
	if (status == -ENOENT)
		this_cpu_inc(pool->counts->count[PAM_COUNT_MISSES]);
	else if (status)
		this_cpu_inc(pool->counts->count[PAM_COUNT_ERRORS]);
}

static void count_flush(struct pam_pool *pool, int status)
{
	this_cpu_inc(pool->counts->count[PAM_COUNT_FLUSHES]);
	if (status)
		this_cpu_inc(pool->counts->count[PAM_COUNT_ERRORS]);
}

/* Any context, as are all that count. */
void pam_stats_submit(struct pam_pool *pool, unsigned int requests)
{
	this_cpu_add(pool->counts->count[PAM_COUNT_SUBMITTED], requests);
}

void pam_stats_done(struct pam_pool *pool, enum pam_op op, int status, u64 ns)
{
	enum pam_latency_kind kind;

	switch (op) {
	case PAM_PUT:
		kind = PAM_LATENCY_PUT;
		count_put(pool, status);
		break;
	case PAM_GET:
		kind = PAM_LATENCY_GET;
		count_get(pool, status);
		break;
	default:
		kind = PAM_LATENCY_FLUSH;
		count_flush(pool, status);
		break;
	}
	this_cpu_inc(pool->counts->latency[kind][latency_bucket(ns)]);
	this_cpu_inc(pool->counts->count[PAM_COUNT_DONE]);
}

u64 pam_stats_count(struct pam_pool *pool, enum pam_counter counter)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu_ptr(pool->counts, cpu)->count[counter]);
	return sum;
}

static u64 latency_count(struct pam_pool *pool, enum pam_latency_kind kind, unsigned int bucket)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu_ptr(pool->counts, cpu)->latency[kind][bucket]);
	return sum;
}

/* Nanoseconds that percent of all operations of this kind did not exceed; 0: there was none. */
u64 pam_stats_percentile(struct pam_pool *pool, enum pam_latency_kind kind, unsigned int percent)
{
	u64 total = 0, below = 0, want;
	unsigned int bucket;

	for (bucket = 0; bucket < PAM_LATENCY_BUCKETS; bucket++)
		total += latency_count(pool, kind, bucket);
	if (!total)
		return 0;
	want = DIV_ROUND_UP_ULL(total * percent, 100);
	for (bucket = 0; bucket < PAM_LATENCY_BUCKETS - 1; bucket++) {
		below += latency_count(pool, kind, bucket);
		if (below >= want)
			break;
	}
	return latency_of_bucket(bucket);
}
