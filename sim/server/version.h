/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The JSON in vfio-user's VERSION message: what the client can do, and our answer.
 * A strict parser of its own: the text comes from somebody we do not trust, and
 * six numbers are all we want of it.
 */
#ifndef PAMSIM_VERSION_H
#define PAMSIM_VERSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Which capabilities a client named. */
#define VERSION_MAX_MSG_FDS    0x1u
#define VERSION_MAX_DATA_XFER  0x2u
#define VERSION_MAX_DMA_MAPS   0x4u
#define VERSION_PGSIZES        0x8u
#define VERSION_WRITE_MULTIPLE 0x10u

/* A client's capabilities; the specification's defaults where it named none. */
struct version_caps {
	unsigned int named; /* VERSION_* */
	uint64_t max_msg_fds;
	uint64_t max_data_xfer;
	uint64_t max_dma_maps;
	uint64_t pgsizes;
	bool write_multiple;
};

/*
 * Parses the len bytes after the version numbers: JSON and a final NUL, or nothing
 * at all. 0, or -EINVAL: not JSON, not such an object, or a figure out of range.
 */
int version_parse(const uint8_t *data, size_t len, struct version_caps *caps);

/*
 * Writes our capabilities into reply, NUL included: those of ours that the client
 * named, as many as fit into size bytes.  Returns the length; 0 if not even an
 * empty object fits.
 */
size_t version_reply(const struct version_caps *client, const struct version_caps *ours,
		     char *reply, size_t size);

#endif /* PAMSIM_VERSION_H */
