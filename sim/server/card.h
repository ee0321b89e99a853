/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A card as pamsim sees it: the one interface at which the C model and a
 * Verilated card are exchangeable.  It knows registers, DMA, interrupts and time;
 * no PCI configuration space and no vfio-user.
 *
 * Threads: reg_read and reg_write may be called from any thread at any time, also
 * while another thread is in run; they never block and call back nothing but
 * wake().  All other calls come from the card thread (card_thread.h).
 */
#ifndef PAMSIM_CARD_H
#define PAMSIM_CARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the card needs of its host side; as struct pam_model_host. */
struct card_host {
	/* Card thread, inside run. 0 or a negative errno; at most 64 KiB at a time. */
	int (*dma_read)(void *ctx, uint64_t addr, void *buf, size_t len);
	int (*dma_write)(void *ctx, uint64_t addr, const void *buf, size_t len);
	/* Raises MSI-X vector (edge). Card thread. */
	void (*irq)(void *ctx, unsigned int vector);
	/* There is something to run. Any thread. */
	void (*wake)(void *ctx);
	/* Monotonic, in ns. */
	uint64_t (*now_ns)(void *ctx);
	void *ctx;
};

/* Faults that can be injected, each one in N events. */
enum card_fault {
	CARD_FAULT_DMA,
	CARD_FAULT_IRQ,
	CARD_FAULT_REFUSE,
	CARD_FAULT_DELAY,
	CARD_FAULT_BIT_FLIP,
	CARD_FAULT_COUNT
};

/* Zero means the card's default everywhere, and "never" for faults. */
struct card_config {
	uint64_t dram_bytes;
	unsigned int queue_pairs;
	unsigned int vectors;
	uint64_t seed;
	uint64_t put_latency_ns;
	uint64_t get_latency_ns;
	uint64_t delay_ns; /* of CARD_FAULT_DELAY */
	/* The model compresses to the same bytes as the hardware, not by liblz4. */
	bool lz4_as_hardware;
	/* A file that is the model's boot flash; NULL: memory. */
	const char *boot_flash;
	uint32_t fault_one_in[CARD_FAULT_COUNT];
	/* After each command, on the card thread: 64-byte entry, 16-byte completion. */
	void (*trace)(void *ctx, unsigned int qid, const void *sqe, const void *cqe,
		      uint64_t start_ns, uint64_t end_ns);
	void *trace_ctx;
	/* Of the Verilated card: figures of its surroundings, "KEY=VALUE,..."; or NULL. */
	const char *rtl_figures;
	/* And its signals, written to a file (NULL: not) while these commands are executed:
	 * from the waves_from-th on, so many. */
	const char *waves_path;
	uint64_t waves_from;
	uint64_t waves_commands;
	uint64_t flash_bytes;
};

struct card;

struct card_ops {
	/* As pam_model_reg_read and pam_model_reg_write: BAR 0 or 2, any offset in it. */
	uint64_t (*reg_read)(struct card *card, unsigned int bar, uint64_t offset,
			     unsigned int len);
	void (*reg_write)(struct card *card, unsigned int bar, uint64_t offset, const void *data,
			  unsigned int len);
	/* At most budget steps, and within 100 ms. True: more could be done at once. */
	bool (*run)(struct card *card, unsigned int budget);
	/* ns until run has something to do by time alone; UINT64_MAX = never. */
	uint64_t (*next_deadline)(struct card *card);
	/* Function-level or hot reset: pools stay. */
	void (*reset)(struct card *card);
	/* Power loss and return: pools are gone. */
	void (*power_cycle)(struct card *card);
	/* One event in one_in fails from now on; 0 = none. */
	void (*set_fault)(struct card *card, enum card_fault fault, uint32_t one_in);
	/* What its sensor says, in kelvin. NULL: it has none. */
	void (*set_temperature)(struct card *card, unsigned int kelvin);
	/* Log page of enum pamc_log: bytes copied, or -ENOENT. */
	int (*log)(struct card *card, unsigned int page, void *data, size_t size);
	/* Its invariants: 0, or -EUCLEAN with the first finding in message. */
	int (*check)(struct card *card, char *message, size_t size);
	void (*destroy)(struct card *card);
};

/* The first member of every card's own structure. */
struct card {
	const struct card_ops *ops;
};

/* A kind of card that --card can name. */
struct card_kind {
	const char *name;
	/*
	 * 0 and a powered card, or a negative errno: -EINVAL when a figure of
	 * config is out of range.
	 */
	int (*create)(const struct card_config *config, const struct card_host *host,
		      struct card **card);
	/* 0, or -EINVAL when it cannot be had here or cannot do what config asks of it; why
	 * is said in error then. */
	int (*check)(const struct card_config *config, char *error, size_t size);
};

/* The kinds, ended by one without a name. */
extern const struct card_kind card_kinds[];

/* By its name, or NULL. */
const struct card_kind *card_kind_find(const char *name);

/* card_model.c: the C model (sim/model). */
int card_model_check_config(const struct card_config *config, char *error, size_t size);
int card_model_create(const struct card_config *config, const struct card_host *host,
		      struct card **card);

/* card_rtl_load.c: the Verilated card (sim/verilator), a library beside the program. */
int card_rtl_check_config(const struct card_config *config, char *error, size_t size);
int card_rtl_load(const struct card_config *config, const struct card_host *host,
		  struct card **card);
/* Prints the figures that config->rtl_figures may name. 0, or -EINVAL and why. */
int card_rtl_print_figures(char *error, size_t size);

#endif /* PAMSIM_CARD_H */
