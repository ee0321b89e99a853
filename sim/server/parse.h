/* SPDX-License-Identifier: Apache-2.0 */
/* Figures and faults as users write them, on the command line and on the control socket. */
#ifndef PAMSIM_PARSE_H
#define PAMSIM_PARSE_H

#include <stdint.h>

#include "card.h"

struct faults {
	unsigned int named; /* bit n: enum card_fault n is meant */
	uint32_t one_in[CARD_FAULT_COUNT];
	uint64_t delay_ns; /* 0: not given */
};

/* Size of an error text of the parsers here. */
#define PARSE_ERROR_SIZE 160u

/*
 * Adds to faults what text says: "dma=N,irq=N,refuse=N,delay=N:TIME,bit-flip=N", any
 * of them, each one in N events, 0 = never. ":TIME" may be left out. 0, or -EINVAL and a sentence
 * in error. The text may be changed.
 */
int faults_parse(char *text, struct faults *faults, char error[PARSE_ERROR_SIZE]);

/* "100us", "2ms", "1s", "50ns": 0 and ns, at most an hour; or -EINVAL. */
int parse_time(const char *text, uint64_t *ns);

/* A whole number from min to max: 0 or -EINVAL. Decimal, or hexadecimal after 0x. */
int parse_number(const char *text, uint64_t min, uint64_t max, uint64_t *value);

/* "512MiB", "4GiB", "1073741824": 0 and bytes, or -EINVAL. */
int parse_size(const char *text, uint64_t *bytes);

/*
 * "FILE[,from=N][,commands=N]" to the waves_... of card, text itself becoming the path:
 * by default from the first command on, all of them. 0, or -EINVAL and a sentence in error.
 */
int waves_parse(char *text, struct card_config *card, char error[PARSE_ERROR_SIZE]);

#endif /* PAMSIM_PARSE_H */
