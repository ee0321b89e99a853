/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libpamdev as an environment of the contract cases, on either transport.
 */
#ifndef PAM_CONTRACT_PAMDEV_ENV_H
#define PAM_CONTRACT_PAMDEV_ENV_H

#include <pthread.h>

#include "cases.h"
#include "pamdev.h"
#include "pamsim.h"

/* Blocks of real memory that CONTENT_REAL pages are made of. */
#define SAMPLE_BLOCKS 240u

struct pamdev_env {
	struct contract_env env;
	struct contract_ops ops;
	struct pamdev *dev;
	struct pamsim *sim; /* NULL: model: */
	int patience_ms;    /* with any command; then it is taken for lost */
	/* What operations go through: NULL = the synchronous functions. */
	struct pamdev_queue *via;
	struct pamdev_queue *batch;  /* of submit */
	struct pamdev_queue *second; /* queue 1 of use_queue: all pushed, all checked */
	struct pamdev_queue *domain; /* of domain 1 */
	struct pamdev_pool *durable; /* the last one that was created or found */
	pthread_mutex_t batch_lock;
	unsigned int buffers; /* ever allocated */
	unsigned char *sample;
};

/* Opens the card. 0, or -1 and says why. */
int pamdev_env_open(struct pamdev_env *e, const char *uri, struct pamsim *sim, int patience_ms,
		    uint64_t seed);
void pamdev_env_close(struct pamdev_env *e);
/* After a case: is the card consistent and without pools? */
bool pamdev_env_clean(struct pamdev_env *e);

#endif /* PAM_CONTRACT_PAMDEV_ENV_H */
