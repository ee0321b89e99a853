/* SPDX-License-Identifier: Apache-2.0 */
/* The kinds of card this pamsim was built with, so that nobody else names them. */
#include <string.h>

#include "card.h"

const struct card_kind card_kinds[] = {
    {"model", card_model_create, card_model_check_config},
    {"rtl", card_rtl_load, card_rtl_check_config},
    {NULL, NULL, NULL},
};

const struct card_kind *card_kind_find(const char *name)
{
	for (const struct card_kind *kind = card_kinds; kind->name; kind++)
		if (strcmp(kind->name, name) == 0)
			return kind;
	return NULL;
}
