// SPDX-License-Identifier: Apache-2.0
/*
 * pamctl: finds the command, gives it a card, and runs scripts of commands, which
 * is what makes "model:" useful here: a card inside the process lives as long as
 * the script.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pamctl.h"

#define MAX_WORDS    64
#define MAX_LINE     4096
#define DEFAULT_CARD "model:"

enum { OPT_HELP = 1000, OPT_VERSION, OPT_LIST };

static const struct option global_options[] = {
    {"device", required_argument, NULL, 'd'},   {"output-format", required_argument, NULL, 'o'},
    {"help", no_argument, NULL, OPT_HELP},      {"version", no_argument, NULL, OPT_VERSION},
    {"list-cmds", no_argument, NULL, OPT_LIST}, {NULL, 0, NULL, 0},
};

/* ---- help ---- */

static void print_help(void)
{
	printf("usage: pamctl [-d URI] [-o FORMAT] COMMAND [ARGUMENT...]\n\n"
	       "Looks at PAM cards and works with their pools and pages.\n\n");
	for (unsigned int i = 0; i < command_count; i++)
		printf("  %-17s %s\n", commands[i].name, commands[i].text);
	printf("  %-17s %s\n\n", "batch", "run commands from standard input or a file, one a line");
	printf("  -d, --device=URI             the card: model:[OPTIONS] or vfio-user:PATH\n"
	       "                               (default: $PAMDEV, else " DEFAULT_CARD ")\n"
	       "  -o, --output-format=FORMAT   normal or json\n"
	       "  --list-cmds                  the commands and their options, for completion\n"
	       "  --help, --version            also COMMAND --help\n\n"
	       "Exit status: 0 done, 1 the card or the system refused, 2 usage.\n"
	       "A card model: is new and empty each time; try it with 'batch'.\n");
}

static void print_command_help(const struct command *c)
{
	printf("usage: pamctl [-d URI] [-o FORMAT] %s%s%s%s\n\n%c%s.\n", c->name,
	       c->options->name ? " [OPTION...]" : "", *c->arguments ? " " : "", c->arguments,
	       c->text[0] - 'a' + 'A', c->text + 1);
	if (c->details)
		printf("%s", c->details);
}

/* Name, tab, options: one line a command. */
static void list_commands(void)
{
	for (unsigned int i = 0; i < command_count; i++) {
		printf("%s\t", commands[i].name);
		for (const struct option *o = commands[i].options; o->name; o++)
			printf("--%s%s ", o->name, o->has_arg ? "=" : "");
		printf("--output-format= --help\n");
	}
	printf("batch\t--output-format= --help\n");
}

/* ---- for the commands ---- */

int refused(int status, const char *format, ...)
{
	char what[256];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(what, sizeof(what), format, arguments);
	va_end(arguments);
	return complain(EXIT_FAILED, "%s: %s", what, pamdev_strerror(status));
}

struct pamdev *session_device(struct session *session)
{
	struct pamdev_open_options options = PAMDEV_OPEN_OPTIONS_INIT;
	char message[256] = "";

	if (session->dev)
		return session->dev;
	options.message = message;
	options.message_size = sizeof(message);
	if (pamdev_open(session->uri, &options, &session->dev) != 0)
		complain(EXIT_FAILED, "%s", message);
	else if (!session->script && strncmp(session->uri, "model:", 6) == 0)
		fprintf(stderr, "pamctl: note: this card is inside pamctl, empty, and gone when it "
				"ends; 'pamctl batch' runs several commands on one\n");
	return session->dev;
}

static int set_format(struct session *session, const char *format)
{
	if (strcmp(format, "json") != 0 && strcmp(format, "normal") != 0)
		return complain(EXIT_USAGE, "--output-format is normal or json, not '%s'", format);
	session->json = strcmp(format, "json") == 0;
	return -1;
}

int command_option(struct session *session, const struct command *command, int argc, char *argv[],
		   int *code)
{
	struct option options[16] = {
	    {"output-format", required_argument, NULL, 'o'},
	    {"help", no_argument, NULL, OPT_HELP},
	};
	int option;

	*code = -1;
	for (unsigned int i = 0; command->options[i].name; i++)
		options[2 + i] = command->options[i];
	while ((option = getopt_long(argc, argv, "o:", options, NULL)) == 'o') {
		*code = set_format(session, optarg);
		if (*code >= 0)
			return -1;
	}
	if (option == '?')
		*code = EXIT_USAGE;
	if (option == OPT_HELP) {
		print_command_help(command);
		*code = EXIT_OK;
	}
	return *code >= 0 ? -1 : option;
}

bool command_arguments(const struct command *command, int argc, int least, int most)
{
	int have = argc - optind;

	if (have >= least && have <= most)
		return true;
	complain(EXIT_USAGE, "%s: want %s, got %d argument%s; see pamctl %s --help", command->name,
		 *command->arguments ? command->arguments : "no arguments", have,
		 have == 1 ? "" : "s", command->name);
	return false;
}

/* ---- finding and running ---- */

/* The command that the words name, and how many words that takes; NULL: none. */
static const struct command *find_command(int argc, char *argv[], int *words)
{
	for (unsigned int i = 0; i < command_count; i++) {
		const char *space = strchr(commands[i].name, ' ');
		size_t first =
		    space ? (size_t)(space - commands[i].name) : strlen(commands[i].name);

		if (strlen(argv[0]) != first || strncmp(argv[0], commands[i].name, first) != 0)
			continue;
		*words = space ? 2 : 1;
		if (!space || (argc > 1 && strcmp(argv[1], space + 1) == 0))
			return &commands[i];
	}
	return NULL;
}

static int run_command(struct session *session, int argc, char *argv[])
{
	const struct command *command;
	bool json = session->json;
	int words = 1;
	int code;

	command = find_command(argc, argv, &words);
	if (!command) {
		/* "pool" alone, or with something else behind it. */
		if (words == 2)
			return complain(EXIT_USAGE, "'%s' wants a command behind it; see --help",
					argv[0]);
		return complain(EXIT_USAGE, "no command '%s'; see --help", argv[0]);
	}
	optind = 0;
	/* What getopt begins its complaints with. */
	argv[words - 1] = program_invocation_short_name;
	code = command->run(session, command, argc - words + 1, argv + words - 1);
	session->json = json;
	return code;
}

/* ---- scripts ---- */

/* Cuts a line into words; quotes hold spaces, # begins a comment. -1: too many, or no end. */
static int cut(char *line, char *words[MAX_WORDS])
{
	char *out = line;
	int count = 0;

	while (*line) {
		char quote = 0;

		line += strspn(line, " \t\r\n");
		if (!*line || *line == '#')
			break;
		if (count == MAX_WORDS)
			return -1;
		words[count++] = out;
		while (*line && (quote || !strchr(" \t\r\n", *line))) {
			if (*line == quote)
				quote = 0;
			else if (!quote && (*line == '"' || *line == '\''))
				quote = *line;
			else
				*out++ = *line;
			line++;
		}
		if (quote)
			return -1;
		if (*line)
			line++;
		*out++ = '\0';
	}
	return count;
}

static int run_line(struct session *session, char *line, unsigned int number)
{
	char *words[MAX_WORDS + 1] = {NULL};
	int count = cut(line, words);
	const char *name = words[0];
	int code;

	if (count <= 0)
		return count
			   ? complain(EXIT_USAGE, "line %u: open quote, or too many words", number)
			   : EXIT_OK;
	words[count] = NULL;
	code = run_command(session, count, words);
	if (code != EXIT_OK)
		complain(code, "line %u: '%s' failed; the rest was not run", number, name);
	fflush(stdout);
	return code;
}

static int run_script(struct session *session, int argc, char *argv[])
{
	const char *name = argc > 1 ? argv[1] : "-";
	char line[MAX_LINE];
	unsigned int number = 0;
	int code = EXIT_OK;
	FILE *file;

	if (argc > 2)
		return complain(EXIT_USAGE, "batch: want at most one file");
	if (strcmp(name, "--help") == 0) {
		printf("usage: pamctl [-d URI] [-o FORMAT] batch [FILE]\n\n"
		       "Runs commands from FILE (default: standard input), one a line, all on the\n"
		       "same card, until one fails. # begins a comment.\n");
		return EXIT_OK;
	}
	file = strcmp(name, "-") == 0 ? stdin : fopen(name, "re");
	if (!file)
		return complain(EXIT_FAILED, "%s: %s", name, strerror(errno));
	session->script = true;
	while (code == EXIT_OK && fgets(line, sizeof(line), file)) {
		number++;
		if (!strchr(line, '\n') && !feof(file))
			code = complain(EXIT_USAGE, "line %u is too long", number);
		else
			code = run_line(session, line, number);
	}
	if (file != stdin)
		fclose(file);
	return code;
}

/* Options before the command. -1: go on. */
static int parse_globals(struct session *session, int argc, char *argv[])
{
	int option;
	int code = -1;

	while ((option = getopt_long(argc, argv, "+d:o:", global_options, NULL)) != -1 &&
	       code < 0) {
		switch (option) {
		case 'd':
			session->uri = optarg;
			break;
		case 'o':
			code = set_format(session, optarg);
			break;
		case OPT_HELP:
			print_help();
			return EXIT_OK;
		case OPT_LIST:
			list_commands();
			return EXIT_OK;
		case OPT_VERSION:
			return run_version(session, NULL, 0, NULL);
		default:
			return EXIT_USAGE;
		}
	}
	return code;
}

int main(int argc, char *argv[])
{
	const char *named = getenv("PAMDEV");
	struct session session = {.uri = named && *named ? named : DEFAULT_CARD};
	int code = parse_globals(&session, argc, argv);

	if (code >= 0)
		return code;
	if (optind == argc)
		return complain(EXIT_USAGE, "no command; pamctl --help lists them");
	argc -= optind;
	argv += optind;
	if (strcmp(argv[0], "batch") == 0)
		code = run_script(&session, argc, argv);
	else
		code = run_command(&session, argc, argv);
	pamdev_close(session.dev);
	if (fflush(stdout) != 0 || ferror(stdout))
		return complain(EXIT_FAILED, "standard output: %s", strerror(errno));
	return code;
}
