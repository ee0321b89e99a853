/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The smallest use of libpamdev: keep a page on a card and bring it back.
 *
 * usage: keep [URI]	"model:" (default) needs nothing; "vfio-user:PATH" a pamsim
 */
#include <stdio.h>
#include <string.h>

#include "pamdev.h"

int main(int argc, char **argv)
{
	char message[200];
	struct pamdev_open_options how = PAMDEV_OPEN_OPTIONS_INIT;
	struct pamdev_pool_options options = PAMDEV_POOL_OPTIONS_INIT;
	struct pamdev_handle handle = {{0, 0, 42}, 7}; /* object 42, page 7 */
	static char page[4096] = "a page that went out";
	struct pamdev_pool *pool;
	struct pamdev *dev;
	int err;

	how.message = message;
	how.message_size = sizeof(message);
	err = pamdev_open(argc > 1 ? argv[1] : "model:", &how, &dev);
	if (err < 0) {
		fprintf(stderr, "keep: %s\n", message);
		return 1;
	}
	options.name = "example";
	err = pamdev_pool_create(dev, &options, &pool);
	if (err == 0) {
		err = pamdev_put(pool, &handle, page);
		memset(page, 0, sizeof(page));
		if (err == 0)
			err = pamdev_get(pool, &handle, page, 0);
		printf("%s: %s\n", pamdev_strerror(err), page);
		pamdev_pool_destroy(pool);
	}
	pamdev_close(dev);
	return err != 0;
}
