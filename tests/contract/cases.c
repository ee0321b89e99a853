// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
/*
 * All contract cases in one numbering, whatever file they are in.
 */
#include "scene.h"

static const struct contract_group *const groups[] = {
    &contract_pages, &contract_handles, &contract_space, &contract_system, &contract_flash,
};

#define GROUPS (sizeof(groups) / sizeof(groups[0]))

unsigned int contract_count(void)
{
	unsigned int count = 0;

	for (unsigned int g = 0; g < GROUPS; g++)
		count += groups[g]->count;
	return count;
}

const struct contract_case *contract_get(unsigned int i)
{
	unsigned int g = 0;

	while (i >= groups[g]->count)
		i -= groups[g++]->count;
	return &groups[g]->cases[i];
}

int contract_run(struct contract_env *env, unsigned int i)
{
	int verdict = contract_get(i)->run(env);

	/* Cases of several scenes or rounds combine their verdicts bit by bit. */
	return verdict & CONTRACT_FAIL ? CONTRACT_FAIL : verdict;
}
