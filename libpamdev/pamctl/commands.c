// SPDX-License-Identifier: Apache-2.0
/*
 * The commands: their names, options and help. --list-cmds, --help and the shell
 * completion are made from this table, and the manual page is checked against it.
 */
#include "pamctl.h"

#define OPTION(name, how, id) {name, how, NULL, id}
#define END                   {NULL, 0, NULL, 0}

static const struct option none[] = {END};

static const struct option create_options[] = {
    OPTION("type", required_argument, 't'),    OPTION("order", required_argument, 'n'),
    OPTION("reserve", required_argument, 'r'), OPTION("limit", required_argument, 'l'),
    OPTION("domain", required_argument, 'd'),  OPTION("exclusive", no_argument, 'x'),
    OPTION("durable", no_argument, 'u'),       END,
};

static const struct option set_options[] = {
    OPTION("reserve", required_argument, 'r'),
    OPTION("limit", required_argument, 'l'),
    OPTION("freeze", no_argument, 'f'),
    OPTION("thaw", no_argument, 'w'),
    OPTION("exclusive", no_argument, 'x'),
    OPTION("no-exclusive", no_argument, 'X'),
    END,
};

static const struct option get_options[] = {
    OPTION("count", required_argument, 'c'),
    OPTION("exclusive", no_argument, 'x'),
    END,
};

static const struct option activate_options[] = {
    OPTION("slot", required_argument, 's'),
    OPTION("start", required_argument, 'w'),
    END,
};

static const struct option test_options[] = {
    OPTION("extended", no_argument, 'e'),
    OPTION("wait", no_argument, 'w'),
    OPTION("stop", no_argument, 's'),
    END,
};

static const struct option sanitize_options[] = {
    OPTION("yes", no_argument, 'y'),
    OPTION("wait", no_argument, 'w'),
    END,
};

#define FEATURES                                                                                   \
	"  event-mask       bit n: event n is reported\n"                                          \
	"  pressure         percent of free space below which event pressure comes; 0: never\n"    \
	"  temperature      in kelvin, from which on the card is too hot; 0: never\n"              \
	"  timestamp        the card's clock, ns since 1970\n"                                     \
	"  dirty-budget     bytes of durable pools that may wait for flash; needs flash\n"

#define HANDLE_HELP                                                                                \
	"POOL is a name, or #ID. OBJECT is up to three numbers A:B:C of 64 bits each;\n"           \
	"INDEX is a number. Numbers are decimal or 0x...\n"

const struct command commands[] = {
    {"list", "", "list the cards that can be found",
     "Looks for sockets of pamsim in /run/pamcard and $XDG_RUNTIME_DIR/pamcard, and\n"
     "for what $PAMDEV names. model: is always there.\n",
     none, run_list},
    {"info", "", "what the card is and has", NULL, none, run_info},
    {"pool create", "NAME", "create a pool",
     "  --type=TYPE      persistent (default), durable or ephemeral\n"
     "  --order=N        page size is 4 KiB << N, 0 to 4 (default 0)\n"
     "  --reserve=N      pages that are promised never to be refused for space\n"
     "  --limit=N        most pages (default: no limit)\n"
     "  --domain=N       domain whose queues may use it (default 0)\n"
     "  --exclusive      every get also flushes\n"
     "  --durable        as --type=durable: pages survive power loss after a sync\n",
     create_options, run_pool_create},
    {"pool list", "", "list the card's pools", NULL, none, run_pool_list},
    {"pool destroy", "POOL", "forget all pages of a pool, and the pool",
     "POOL is a name, or #ID.\n", none, run_pool_destroy},
    {"pool flush", "POOL", "forget all pages of a pool", "POOL is a name, or #ID.\n", none,
     run_pool_flush},
    {"pool set", "POOL", "change a pool",
     "POOL is a name, or #ID. What is not named stays as it is.\n"
     "  --reserve=N      pages that are promised never to be refused for space\n"
     "  --limit=N        most pages; 0: no limit\n"
     "  --freeze         refuse puts\n"
     "  --thaw           accept them again\n"
     "  --exclusive      every get also flushes\n"
     "  --no-exclusive   gets leave the page there\n",
     set_options, run_pool_set},
    {"put", "POOL OBJECT INDEX [FILE]", "store a file's pages under successive indices",
     HANDLE_HELP
     "FILE is - or left out for standard input; the last page is filled up with zeroes.\n",
     none, run_put},
    {"get", "POOL OBJECT INDEX [FILE]", "write pages to a file",
     HANDLE_HELP "FILE is - or left out for standard output.\n"
		 "  --count=N        so many pages, of successive indices (default 1)\n"
		 "  --exclusive      flush them in the same step\n",
     get_options, run_get},
    {"flush", "POOL OBJECT [INDEX]", "forget a page, or all pages of an object", HANDLE_HELP, none,
     run_flush},
    {"sync", "POOL", "wait until a durable pool's pages survive power loss",
     "POOL is a name, or #ID. Other pools have nothing to wait for.\n", none, run_sync},
    {"stats", "", "counters of the card, and where its memory goes", NULL, none, run_stats},
    {"health", "", "health of the card", NULL, none, run_health},
    {"log", "PAGE", "a log page: error, latency, wear, self-test or sanitize", NULL, none, run_log},
    {"firmware show", "", "which firmware runs, and what the card's slots have", NULL, none,
     run_firmware_show},
    {"firmware download", "FILE", "send a firmware image to the slot that does not run",
     "FILE is - for standard input. Nothing changes before 'firmware activate'.\n", none,
     run_firmware_download},
    {"firmware activate", "", "have the card check an image, and start it",
     "Pools and pages stay. An image that is no good is refused, and changes nothing.\n"
     "  --slot=N         that of this slot (default: the one that was downloaded)\n"
     "  --start=WHEN     now (default); reset: at the next reset of the controller;\n"
     "                   never: it is checked and stored only\n",
     activate_options, run_firmware_activate},
    {"self-test", "", "have the card test itself, while it goes on",
     "'pamctl log self-test' tells how far it is, and what it found.\n"
     "  --extended       with a page of every block of flash that has some\n"
     "  --wait           for its end; exit code 1 if it failed\n"
     "  --stop           end the one that runs\n",
     test_options, run_self_test},
    {"sanitize", "", "destroy all pools and pages for good",
     "'pamctl log sanitize' tells how far it is, and whether all is gone.\n"
     "  --yes            it is meant so; nothing is done without it\n"
     "  --wait           for its end; exit code 1 if something may still be there\n",
     sanitize_options, run_sanitize},
    {"feature get", "[NAME]", "what is set of the card, or one of it", FEATURES, none,
     run_feature_get},
    {"feature set", "NAME VALUE", "set a feature until the next reset",
     FEATURES "pamctl resets the card when it opens and closes it: what is set lasts for a\n"
	      "'pamctl batch' (only the timestamp stays).\n",
     none, run_feature_set},
    {"reset", "", "reset the controller; pools and pages stay", NULL, none, run_reset},
    {"version", "", "version of pamctl, its library and the card interface", NULL, none,
     run_version},
};

const unsigned int command_count = sizeof(commands) / sizeof(commands[0]);
