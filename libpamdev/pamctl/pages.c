// SPDX-License-Identifier: Apache-2.0
/*
 * Commands on pages: put, get, flush.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pamctl.h"

/* OBJECT: up to three numbers of 64 bits with colons between them. */
static bool parse_object(const char *text, uint64_t object[3])
{
	char part[32];

	memset(object, 0, 3 * sizeof(*object));
	for (unsigned int i = 0; i < 3; i++) {
		size_t length = strcspn(text, ":");

		if (length >= sizeof(part))
			return false;
		memcpy(part, text, length);
		part[length] = '\0';
		if (!text_number(part, &object[i]))
			return false;
		text += length;
		if (!*text)
			return true;
		text++;
	}
	return false;
}

/* OBJECT and, if there is one, INDEX. */
static bool parse_handle(const char *object, const char *index, struct pamdev_handle *handle)
{
	if (!parse_object(object, handle->object)) {
		complain(EXIT_USAGE, "'%s' is no object: want up to three numbers A:B:C", object);
		return false;
	}
	if (index && !text_number(index, &handle->index)) {
		complain(EXIT_USAGE, "'%s' is no page index", index);
		return false;
	}
	return true;
}

static FILE *open_file(const char *name, bool write)
{
	FILE *file;

	if (!name || strcmp(name, "-") == 0)
		return write ? stdout : stdin;
	file = fopen(name, write ? "we" : "re");
	if (!file)
		complain(EXIT_FAILED, "%s: %s", name, strerror(errno));
	return file;
}

/* False when what was written did not all arrive. */
static bool close_file(FILE *file)
{
	if (file == stdin)
		return true;
	if (file == stdout)
		return fflush(file) == 0;
	return fclose(file) == 0;
}

static int put_file(struct pamdev_pool *pool, struct pamdev_handle *handle, FILE *file, char *page,
		    uint64_t *pages)
{
	size_t size = pamdev_pool_page_size(pool);
	size_t got;

	while ((got = fread(page, 1, size, file)) > 0) {
		int status;

		memset(page + got, 0, size - got);
		status = pamdev_put(pool, handle, page);
		if (status != 0)
			return refused(status, "put of index %llu",
				       (unsigned long long)handle->index);
		handle->index++;
		++*pages;
	}
	return ferror(file) ? complain(EXIT_FAILED, "reading: %s", strerror(errno)) : EXIT_OK;
}

int run_put(struct session *session, const struct command *command, int argc, char *argv[])
{
	struct pamdev_handle handle;
	struct pamdev_pool *pool;
	uint64_t pages = 0;
	FILE *file;
	char *page;
	int code;

	if (command_option(session, command, argc, argv, &code) == -1 && code >= 0)
		return code;
	if (!command_arguments(command, argc, 3, 4) ||
	    !parse_handle(argv[optind + 1], argv[optind + 2], &handle))
		return EXIT_USAGE;
	file = open_file(argc > optind + 3 ? argv[optind + 3] : NULL, false);
	if (!file)
		return EXIT_FAILED;
	pool = find_pool(session, argv[optind]);
	page = pool ? malloc(pamdev_pool_page_size(pool)) : NULL;
	code = page ? put_file(pool, &handle, file, page, &pages) : EXIT_FAILED;
	close_file(file);
	if (code == EXIT_OK) {
		const struct field fields[] = {FIELD_NUMBER("pages", pages)};

		report_one(session, fields, 1);
	}
	free(page);
	pamdev_pool_close(pool);
	return code;
}

static int get_file(struct pamdev_pool *pool, struct pamdev_handle *handle, uint64_t count,
		    unsigned int flags, FILE *file, char *page)
{
	size_t size = pamdev_pool_page_size(pool);

	for (; count > 0; count--) {
		int status = pamdev_get(pool, handle, page, flags);

		if (status != 0)
			return refused(status, "get of index %llu",
				       (unsigned long long)handle->index);
		if (fwrite(page, 1, size, file) != size)
			return complain(EXIT_FAILED, "writing: %s", strerror(errno));
		handle->index++;
	}
	return EXIT_OK;
}

int run_get(struct session *session, const struct command *command, int argc, char *argv[])
{
	struct pamdev_handle handle;
	struct pamdev_pool *pool;
	unsigned int flags = 0;
	uint64_t count = 1;
	char *page = NULL;
	FILE *file = NULL;
	int option;
	int code;

	while ((option = command_option(session, command, argc, argv, &code)) != -1) {
		if (option == 'x')
			flags |= PAMDEV_EXCLUSIVE;
		else if (!text_number(optarg, &count))
			return complain(EXIT_USAGE, "--count wants a number, not '%s'", optarg);
	}
	if (code >= 0)
		return code;
	if (!command_arguments(command, argc, 3, 4) ||
	    !parse_handle(argv[optind + 1], argv[optind + 2], &handle))
		return EXIT_USAGE;
	pool = find_pool(session, argv[optind]);
	if (pool)
		page = malloc(pamdev_pool_page_size(pool));
	if (page)
		file = open_file(argc > optind + 3 ? argv[optind + 3] : NULL, true);
	code = file ? get_file(pool, &handle, count, flags, file, page) : EXIT_FAILED;
	if (file && !close_file(file) && code == EXIT_OK)
		code = complain(EXIT_FAILED, "writing: %s", strerror(errno));
	free(page);
	pamdev_pool_close(pool);
	return code;
}

int run_flush(struct session *session, const struct command *command, int argc, char *argv[])
{
	struct pamdev_handle handle = {{0}, 0};
	struct pamdev_pool *pool;
	bool object;
	int status;
	int code;

	if (command_option(session, command, argc, argv, &code) == -1 && code >= 0)
		return code;
	if (!command_arguments(command, argc, 2, 3))
		return EXIT_USAGE;
	object = argc == optind + 2;
	if (!parse_handle(argv[optind + 1], object ? NULL : argv[optind + 2], &handle))
		return EXIT_USAGE;
	pool = find_pool(session, argv[optind]);
	if (!pool)
		return EXIT_FAILED;
	status =
	    object ? pamdev_flush_object(pool, handle.object) : pamdev_flush_page(pool, &handle);
	pamdev_pool_close(pool);
	return status ? refused(status, "flush") : EXIT_OK;
}

int run_sync(struct session *session, const struct command *command, int argc, char *argv[])
{
	struct pamdev_pool *pool;
	int status;
	int code;

	if (command_option(session, command, argc, argv, &code) == -1 && code >= 0)
		return code;
	if (!command_arguments(command, argc, 1, 1))
		return EXIT_USAGE;
	pool = find_pool(session, argv[optind]);
	if (!pool)
		return EXIT_FAILED;
	status = pamdev_sync(pool);
	pamdev_pool_close(pool);
	return status ? refused(status, "sync") : EXIT_OK;
}
