/* SPDX-License-Identifier: GPL-2.0-only */
/* What the parts of pam_contract share: the report, and the environment of a backend. */
#ifndef PAM_CONTRACT_H
#define PAM_CONTRACT_H

#include "cases.h"
#include "pam.h"

/**
 * struct kcontract - the kernel's environment of the cases
 * @env: what the cases see
 * @backend: under test
 * @faults: folder with files fault_refuse, fault_flip and fault_transfer that provoke
 *	these, or NULL
 * @helper: folder with two pipes through which someone is asked for what only an
 *	administrator can do, or NULL: one word is written to "ask", "ok" comes from
 *	"answer"
 * @name: of @backend
 * @pools: how many were made so far, for their names
 */
struct kcontract {
	struct contract_env env;
	struct pam_backend *backend;
	const char *faults;
	const char *helper;
	const char *name;
	unsigned int pools;
};

/* main.c */
void report(const char *format, ...) __printf(1, 2);
void report_va(const char *prefix, const char *format, va_list args) __printf(2, 0);

/* env.c */
int kcontract_open(struct kcontract *contract, const char *backend, const char *faults,
		   const char *helper, u64 seed, u64 fill_limit);
void kcontract_close(struct kcontract *contract);

/* keep.c */
void keep_init(struct dentry *folder);
void keep_exit(void);

#endif /* PAM_CONTRACT_H */
