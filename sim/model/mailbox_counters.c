// SPDX-License-Identifier: Apache-2.0
/* Counters and latency histograms of the data path, for the firmware's log pages. */
#include "card.h"

/* LATENCY_SELECT: what of a histogram. */
enum { LATENCY_BUCKET, LATENCY_COUNT, LATENCY_SUM };

/* Bucket of a latency, as PAMC_HIST_BUCKETS defines it. */
static unsigned int bucket_of(uint64_t ns)
{
	if (ns < 4) {
		return (unsigned int)ns;
	}

	unsigned int k = 63 - (unsigned int)__builtin_clzll(ns);
	unsigned int bucket = 4 * (k - 1) + (unsigned int)(ns >> (k - 2) & 3);

	return bucket < PAMC_HIST_BUCKETS ? bucket : PAMC_HIST_BUCKETS - 1;
}

void count_latency(struct pam_model *model, int histogram, uint64_t ns)
{
	struct pamc_log_latency *log = &model->latency[histogram];

	log->count++;
	log->sum_ns += ns;
	log->bucket[bucket_of(ns)]++;
}

/* A cycle of this card is a nanosecond (management.c). */
uint64_t mailbox_latency(struct pam_model *model)
{
	uint32_t select = mailbox_word(&model->hal, MAILBOX_LATENCY_SELECT);
	const struct pamc_log_latency *log = &model->latency[select >> 7 & 3];

	switch (select >> 9 & 3) {
	case LATENCY_BUCKET:
		return log->bucket[select & (PAMC_HIST_BUCKETS - 1)];
	case LATENCY_COUNT:
		return log->count;
	case LATENCY_SUM:
		return log->sum_ns;
	default:
		return 0;
	}
}

static uint64_t of_queues(const struct card_counters *counters, uint32_t which)
{
	switch (which) {
	case MAILBOX_COUNTER_QUEUE_PUSHED:
		return counters->pushed;
	case MAILBOX_COUNTER_QUEUE_PUSH_DROPPED:
		return counters->push_dropped;
	case MAILBOX_COUNTER_QUEUE_FETCHED:
		return counters->fetched;
	case MAILBOX_COUNTER_QUEUE_CQ_FULL_STALLS:
		return counters->cq_full_stalls;
	case MAILBOX_COUNTER_QUEUE_INTERRUPTS:
		return counters->interrupts;
	case MAILBOX_COUNTER_QUEUE_COMPLETIONS:
		return counters->completions;
	case MAILBOX_COUNTER_EXEC_PUTS:
		return counters->puts;
	case MAILBOX_COUNTER_EXEC_PUTS_REFUSED:
		return counters->puts_refused;
	case MAILBOX_COUNTER_EXEC_GETS:
		return counters->gets;
	case MAILBOX_COUNTER_EXEC_MISSES:
		return counters->misses;
	case MAILBOX_COUNTER_EXEC_ABORTS:
		return counters->aborts;
	case MAILBOX_COUNTER_EXEC_ERRORS:
		return counters->errors;
	case MAILBOX_COUNTER_EXEC_DAMAGED:
		return counters->crc_errors;
	case MAILBOX_COUNTER_DRAM_READ_ERRORS:
		return counters->damaged;
	case MAILBOX_COUNTER_PCIE_READ_LINES:
		return counters->read_lines;
	case MAILBOX_COUNTER_PCIE_WRITE_DWORDS:
		return counters->write_dwords;
	case MAILBOX_COUNTER_PCIE_READ_ERRORS:
		return counters->dma_faults;
	default:
		return 0; /* what only hardware has */
	}
}

static uint64_t of_vault(const struct vault_figures *figures, uint32_t which)
{
	switch (which) {
	case MAILBOX_COUNTER_VAULT_PUTS:
		return figures->totals[VAULT_PUTS];
	case MAILBOX_COUNTER_VAULT_PUTS_REFUSED:
		return figures->totals[VAULT_REFUSED];
	case MAILBOX_COUNTER_VAULT_EVICTIONS:
		return figures->totals[VAULT_EVICTED];
	case MAILBOX_COUNTER_VAULT_FLUSHES:
		return figures->totals[VAULT_FLUSHES];
	case MAILBOX_COUNTER_VAULT_INDEX_FULL:
		return figures->index_full;
	case MAILBOX_COUNTER_VAULT_COMMITTED_UNITS:
		return figures->committed_units;
	case MAILBOX_COUNTER_VAULT_COMMITTED_SLOTS:
		return figures->committed_slots;
	case MAILBOX_COUNTER_VAULT_DEAD_PAGES:
		return figures->dead_pages;
	case MAILBOX_COUNTER_VAULT_EXTENTS:
		return figures->extents;
	case MAILBOX_COUNTER_VAULT_OBJECTS:
		return figures->objects;
	case MAILBOX_COUNTER_STORE_FREE_UNITS:
		return figures->free_units;
	case MAILBOX_COUNTER_STORE_RUNS:
		return figures->runs;
	case MAILBOX_COUNTER_STORE_MERGES:
		return figures->merges;
	case MAILBOX_COUNTER_STORE_SPLITS:
		return figures->splits;
	case MAILBOX_COUNTER_INDEX_USED:
		return figures->index_used;
	case MAILBOX_COUNTER_INDEX_MOVES:
		return figures->index_moves;
	case MAILBOX_COUNTER_STASH_USED:
		return figures->stash_used;
	case MAILBOX_COUNTER_VAULT_DEAD_TOTAL_UNITS:
		return figures->dead_units;
	default:
		return 0;
	}
}

uint64_t mailbox_counter(struct pam_model *model)
{
	uint32_t which = mailbox_word(&model->hal, MAILBOX_COUNTER_SELECT);
	struct vault_figures figures;

	if (which < MAILBOX_COUNTER_VAULT_PUTS || which > MAILBOX_COUNTER_VAULT_DEAD_TOTAL_RAW) {
		return of_queues(&model->counters, which);
	}
	vault_read_figures(model->vault, &figures);
	return of_vault(&figures, which);
}
