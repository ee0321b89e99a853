/* SPDX-License-Identifier: Apache-2.0 */
/* Listening UNIX sockets: see listener.h. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "listener.h"

static int set_address(struct sockaddr_un *address, const char *path, const char *suffix)
{
	int len;

	memset(address, 0, sizeof(*address));
	address->sun_family = AF_UNIX;
	len = snprintf(address->sun_path, sizeof(address->sun_path), "%s%s", path, suffix);
	return len < 0 || (size_t)len >= sizeof(address->sun_path) ? -ENAMETOOLONG : 0;
}

/* 0: nothing there, or what a dead server left. */
static int check_place(const struct sockaddr_un *address)
{
	struct stat st;
	int fd;
	int ret;

	if (lstat(address->sun_path, &st))
		return errno == ENOENT ? 0 : -errno;
	if (!S_ISSOCK(st.st_mode))
		return -EEXIST;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	/* EAGAIN: alive, with a full backlog. */
	ret = connect(fd, (const struct sockaddr *)address, sizeof(*address));
	ret = ret == 0 || errno == EAGAIN ? -EADDRINUSE : errno == ECONNREFUSED ? 0 : -errno;
	close(fd);
	return ret;
}

/* Binds and listens beside the place, then moves there: whoever finds it can connect. */
static int bind_and_move(int fd, const struct sockaddr_un *beside, const struct sockaddr_un *place)
{
	unlink(beside->sun_path);
	if (bind(fd, (const struct sockaddr *)beside, sizeof(*beside)))
		return -errno;
	if (listen(fd, 8) == 0 && rename(beside->sun_path, place->sun_path) == 0)
		return 0;
	unlink(beside->sun_path);
	return -errno;
}

int listener_open(struct listener *listener, const char *path)
{
	struct sockaddr_un beside;
	struct sockaddr_un place;
	struct stat st;
	int ret = set_address(&place, path, "");

	if (ret == 0)
		ret = set_address(&beside, path, ".new");
	if (ret == 0)
		ret = check_place(&place);
	if (ret)
		return ret;
	listener->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (listener->fd < 0)
		return -errno;
	ret = bind_and_move(listener->fd, &beside, &place);
	if (ret == 0 && stat(path, &st))
		ret = -errno;
	if (ret) {
		close(listener->fd);
		listener->fd = -1;
		return ret;
	}
	listener->path = path;
	listener->device = st.st_dev;
	listener->inode = st.st_ino;
	return 0;
}

void listener_close(struct listener *listener)
{
	struct stat st;

	if (listener->fd < 0)
		return;
	close(listener->fd);
	listener->fd = -1;
	if (!listener->path || stat(listener->path, &st))
		return;
	if (st.st_dev == listener->device && st.st_ino == listener->inode)
		unlink(listener->path);
}

const char *listener_error(int error)
{
	switch (-error) {
	case EADDRINUSE:
		return "another server is listening there";
	case EEXIST:
		return "there is a file that is not a socket; remove it or choose another path";
	case ENAMETOOLONG:
		return "the path is too long for a UNIX socket (about 100 characters)";
	default:
		return strerror(-error);
	}
}
