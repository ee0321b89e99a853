/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The C model of the card: everything behind the card interface
 * (include/pamc_if.h, docs/interface.md), as a library without global state.
 *
 * It stands wherever a card would: libpamdev embeds it (the model: transport),
 * pamsim serves it over vfio-user, the tests hold it and the RTL to the same
 * answers.  PCI configuration space is not part of it: that is the transport's
 * (pamsim) or the FPGA hard block's.
 *
 * Threads: pam_model_reg_read and pam_model_reg_write may be called from any
 * thread at any time, also while another thread is in pam_model_run; they never
 * block and never call back except wake().  All other calls belong to one
 * thread at a time, the card thread.
 */
#ifndef PAM_MODEL_H
#define PAM_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pam_model;

/*
 * What the card needs of its host side.  All callbacks but wake() run on the
 * card thread, inside pam_model_run; none may call back into the model.
 */
struct pam_model_host {
	/*
	 * Copies len bytes (at most 64 KiB) between card and bus address addr.
	 * 0, or a negative errno when any of it cannot be reached; then nothing
	 * may be assumed about what was copied.
	 */
	int (*dma_read)(void *ctx, uint64_t addr, void *buf, size_t len);
	int (*dma_write)(void *ctx, uint64_t addr, const void *buf, size_t len);
	/*
	 * Where the len bytes at addr are in this process, to be written to without
	 * dma_write; NULL: they must go by it. The bytes may then also be written
	 * when the command fails in the end. May be NULL.
	 */
	void *(*dma_place)(void *ctx, uint64_t addr, size_t len);
	/* Raises MSI-X vector (edge). */
	void (*irq)(void *ctx, unsigned int vector);
	/* A register write made work: call pam_model_run soon.  Any thread; may be NULL. */
	void (*wake)(void *ctx);
	/* Monotonic time in ns, for latencies and coalescing timers. */
	uint64_t (*now_ns)(void *ctx);
	void *ctx;
};

/* Faults that can be injected; each is one in `one_in` events, 0 = never. */
enum pam_model_fault {
	PAM_MODEL_FAULT_DMA,      /* an access to a page, list or admin data fails (not to rings) */
	PAM_MODEL_FAULT_IRQ,      /* an interrupt is not raised */
	PAM_MODEL_FAULT_REFUSE,   /* a put is refused with NO_SPACE */
	PAM_MODEL_FAULT_DELAY,    /* a completion is held back by delay_ns */
	PAM_MODEL_FAULT_BIT_FLIP, /* a bit of a stored page flips before it is read */
	PAM_MODEL_FAULT_COUNT
};

/* Who compresses. Either decodes what the other made. */
enum pam_model_lz4 {
	PAM_MODEL_LZ4_LIBRARY, /* liblz4: fast */
	PAM_MODEL_LZ4_CARD,    /* as the card's hardware, bit for bit: several times slower */
};

struct pam_model_config {
	size_t size;              /* sizeof(struct pam_model_config), for growth */
	uint64_t dram_bytes;      /* 1 MiB ... 64 GiB, all metadata included; 0 = 256 MiB */
	unsigned int queue_pairs; /* 2 ... PAMC_MAX_QP; 0 = PAMC_MAX_QP */
	unsigned int vectors;     /* 1 ... PAMC_MAX_VECTORS; 0 = PAMC_MAX_VECTORS */
	uint64_t seed;            /* of hash keys and faults; 0 = from the system */
	uint64_t put_latency_ns;  /* added before a completion; 0 = as fast as it runs */
	uint64_t get_latency_ns;
	uint64_t delay_ns; /* of PAM_MODEL_FAULT_DELAY */
	uint32_t fault_one_in[PAM_MODEL_FAULT_COUNT];
	const char *serial; /* NULL = "SIM" and the seed */
	/*
	 * Called after each command, on the card thread, for traces; may be NULL.
	 * sqe is the entry (64 bytes), cqe its completion (16 bytes).
	 */
	void (*trace)(void *ctx, unsigned int qid, const void *sqe, const void *cqe,
		      uint64_t start_ns, uint64_t end_ns);
	void *trace_ctx;
	enum pam_model_lz4 lz4;
	/*
	 * A file that is the card's boot flash, 1 MiB; made if there is none. NULL: memory,
	 * which is empty at first and gone with the card.
	 */
	const char *boot_flash;
	/* There is none, and firmware takes no images: the card in RTL whose firmware is the
	 * host's. */
	bool no_boot_flash;
	/*
	 * Flash behind DRAM, raw, 16 MiB ... 256 GiB; 0 = none. It keeps what durable pools
	 * have over a power cycle, for as long as the model lives; takes host memory for
	 * what is written to it.
	 */
	uint64_t flash_bytes;
};

/* Fills in the defaults. */
void pam_model_config_init(struct pam_model_config *config);

/*
 * Powers a card on.  0, -EINVAL (a figure of config out of range), -ENOMEM, or what
 * opening boot_flash came to (-EMEDIUMTYPE: it has another size).
 * DRAM is backed lazily: untouched card memory costs the host nothing.
 */
int pam_model_create(const struct pam_model_config *config, const struct pam_model_host *host,
		     struct pam_model **model);

/* Powers it off; NULL is allowed. */
void pam_model_destroy(struct pam_model *model);

/*
 * Register access, in BAR PAMC_BAR_REGS or PAMC_BAR_DB.  len is 1, 2, 4 or 8 and
 * aligned; push slots also take any multiple of 4 up to 64.  Reads of what does
 * not exist give 0, writes to it are dropped: as the bus does it, there is no
 * error.  The MSI-X table and PBA are not here.
 */
uint64_t pam_model_reg_read(struct pam_model *model, unsigned int bar, uint64_t offset,
			    unsigned int len);
void pam_model_reg_write(struct pam_model *model, unsigned int bar, uint64_t offset,
			 const void *data, unsigned int len);

/*
 * Executes at most budget commands or steps of background work.
 * True: more could be done at once.
 */
bool pam_model_run(struct pam_model *model, unsigned int budget);

/* ns until pam_model_run has something to do by time alone; UINT64_MAX = never. */
uint64_t pam_model_next_deadline(struct pam_model *model);

/* Function-level reset or hot reset: as CTRL.EN = 0, and all registers to reset values. */
void pam_model_reset(struct pam_model *model);

/* Power loss and return: pools are gone but for durable ones, the boot epoch is another. */
void pam_model_power_cycle(struct pam_model *model);

/* What the card's sensor says; 313 K at first, 0: there is none. */
void pam_model_set_temperature(struct pam_model *model, unsigned int kelvin);

/*
 * For tests of cards with flash: what it holds now cannot be read any more; power goes in
 * the middle of its operation with this number from now on, the first being 0, and what needs it
 * fails until pam_model_power_cycle.
 */
void pam_model_spoil_flash(struct pam_model *model);
void pam_model_cut_flash(struct pam_model *model, uint64_t operation);
/* These bytes are somewhere in flash, whatever the firmware says. */
bool pam_model_flash_holds(struct pam_model *model, const void *what, size_t bytes);
/* So many erases of each block are said to be good and do nothing. */
void pam_model_flash_lies(struct pam_model *model, uint32_t erases);
/* Operations of flash so far. */
uint64_t pam_model_flash_operations(struct pam_model *model);

/* Changes a fault's rate while running. */
void pam_model_set_fault(struct pam_model *model, enum pam_model_fault fault, uint32_t one_in);

/*
 * Log page log (enum pamc_log) as the LOG command would give it, from its start,
 * at most size bytes: for those who run the card and have no queue to ask with.
 * Bytes copied, or -ENOENT when there is no such page.
 */
int pam_model_log(struct pam_model *model, unsigned int log, void *data, size_t size);

/*
 * Checks every invariant of index and store (no lost or doubly used unit, every
 * entry reachable, counters right); slow, for tests.  0, or -EUCLEAN with the
 * first finding in message.
 */
int pam_model_check(struct pam_model *model, char *message, size_t size);

#endif /* PAM_MODEL_H */
