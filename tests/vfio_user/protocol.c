/* SPDX-License-Identifier: Apache-2.0 */
/* pamsim's handshake, information, regions and configuration space, message by message. */
#include <errno.h>
#include <unistd.h>

#include <linux/pci_regs.h>
#include <sys/socket.h>

#include "driver.h"
#include "tap.h"

#define CONFIG VFIO_PCI_CONFIG_REGION_INDEX

/* A case with a server and a client that has shaken hands. */
struct bench {
	struct sim sim;
	struct client client;
};

static bool bench_open(struct bench *bench, const char *const *extra)
{
	return sim_start(&bench->sim, extra) && client_open(&bench->client, &bench->sim);
}

static bool bench_close(struct bench *bench)
{
	client_close(&bench->client);
	return sim_stop(&bench->sim);
}

/* The code of a VERSION with this text on a connection of its own; reply NUL-ended. */
static int shake(const struct sim *sim, unsigned int major, const char *json, char *reply,
		 size_t size)
{
	struct client client;
	int ret;

	if (!client_connect(&client, sim->socket))
		return CLIENT_CLOSED;
	memset(reply, 0, size);
	ret = client_version(&client, major, json, reply, size - 1);
	client_close(&client);
	return ret;
}

TAP_CASE(handshake)
{
	static const char qemu[] =
	    "{\"capabilities\":{\"pgsizes\":4096,\"max_msg_fds\":16,\"max_dma_maps\":65535,"
	    "\"max_data_xfer_size\":1048576,\"migration\":{\"pgsize\":4096},"
	    "\"write_multiple\":true}}";
	static const char *const good[] = {
	    "{}",
	    "{\"capabilities\":{}}",
	    " {\"x\":[1,-2.5e3,null,{\"y\":\"\\\"}\"}]}\t",
	    "{\"capabilities\":{\"max_msg_fds\":1,\"new\":{\"max_msg_fds\":\"?\"}}}",
	};
	static const char *const bad[] = {
	    "",
	    "{",
	    "[]",
	    "{}}",
	    "{\"capabilities\":{\"max_msg_fds\":\"16\"}}",
	    "{\"capabilities\":{\"pgsizes\":0}}",
	    "{\"capabilities\":{\"pgsizes\":-4096}}",
	    "{\"capabilities\":{\"max_data_xfer_size\":0}}",
	    "{\"capabilities\":{\"write_multiple\":1}}",
	    "{\"capabilities\":{\"max_dma_maps\":99999999999999999999}}",
	    "{\"a\":[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]}",
	    "{\"a\" 1}",
	    "{\"a\":tru}",
	    "{\"a\":\"\\",
	};
	struct sim sim;
	char reply[512];
	int ret;

	TAP_CHECK(sim_start(&sim, NULL), "no server");
	ret = shake(&sim, 0, qemu, reply, sizeof(reply));
	TAP_CHECK(ret > 4 && ret <= (int)sizeof(qemu) + 4, "%d bytes for QEMU's %zu", ret,
		  sizeof(qemu) + 4);
	TAP_EQUAL((size_t)ret, 4 + strlen(reply + 4) + 1);
	TAP_CHECK(strstr(reply + 4, "\"max_msg_fds\":16,") &&
		      strstr(reply + 4, "\"pgsizes\":4096") &&
		      strstr(reply + 4, "\"write_multiple\":true"),
		  "%s", reply + 4);
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		ret = shake(&sim, 0, good[i], reply, sizeof(reply));
		TAP_CHECK(ret >= 4 && ret <= (int)strlen(good[i]) + 5, "%d for %s", ret, good[i]);
		/* Nothing that was not proposed. */
		TAP_CHECK(!strstr(reply + 4, "pgsizes"), "%s", reply + 4);
	}
	TAP_CHECK(shake(&sim, 0, NULL, reply, sizeof(reply)) == 4, "no version data");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		TAP_CHECK(shake(&sim, 0, bad[i], reply, sizeof(reply)) == -EINVAL, "%s", bad[i]);
	TAP_CHECK(shake(&sim, 1, qemu, reply, sizeof(reply)) == -EPROTONOSUPPORT, "major 1");
	TAP_CHECK(sim_stop(&sim), "server");
	return true;
}

/* Whether the server ends the connection on these bytes. */
static bool ends_on(const struct sim *sim, bool shaken, const void *bytes, size_t len)
{
	struct client client;
	char byte;
	bool ended;

	if (shaken ? !client_open(&client, sim) : !client_connect(&client, sim->socket))
		return false;
	ended = send(client.fd, bytes, len, MSG_NOSIGNAL) == (ssize_t)len &&
		!client_pump(&client, 5000) && recv(client.fd, &byte, 1, MSG_DONTWAIT) <= 0;
	client_close(&client);
	return ended;
}

TAP_CASE(broken_stream)
{
	const struct vfio_user_header early = {1, VFIO_USER_DEVICE_RESET, 16, 0, 0};
	const struct vfio_user_header answer = {1, VFIO_USER_VERSION, 16, 1, 0};
	const struct vfio_user_header small = {1, VFIO_USER_DEVICE_RESET, 15, 0, 0};
	const struct vfio_user_header huge = {1, VFIO_USER_REGION_WRITE, 0x7fffffff, 0, 0};
	const struct vfio_user_header type = {1, VFIO_USER_DEVICE_RESET, 16, 7, 0};
	const uint8_t zero[16] = {0};
	struct client client;
	struct sim sim;

	TAP_CHECK(sim_start(&sim, NULL), "no server");
	TAP_CHECK(ends_on(&sim, false, &early, sizeof(early)), "a command before VERSION");
	TAP_CHECK(ends_on(&sim, false, &answer, sizeof(answer)), "a reply before VERSION");
	TAP_CHECK(ends_on(&sim, true, &small, sizeof(small)), "size 15");
	TAP_CHECK(ends_on(&sim, true, &huge, sizeof(huge)), "size 2 GiB");
	TAP_CHECK(ends_on(&sim, true, &type, sizeof(type)), "message type 7");
	TAP_CHECK(ends_on(&sim, true, zero, sizeof(zero)), "zeros");
	/* Half a message, then nothing more: neither an error nor an obstacle to others. */
	TAP_CHECK(client_open(&client, &sim), "client");
	TAP_CHECK(send(client.fd, &early, 9, 0) == 9, "half a header");
	client_close(&client);
	TAP_CHECK(client_open(&client, &sim), "client after half a message");
	client_close(&client);
	TAP_CHECK(sim_stop(&sim), "server");
	return true;
}

TAP_CASE(commands_refused)
{
	struct vfio_user_region_access access = {0, PAMC_BAR_REGS, 4};
	struct bench bench;
	struct client *client = &bench.client;

	TAP_CHECK(bench_open(&bench, NULL), "no server");
	TAP_EQUAL(client_version(client, 0, "{}", NULL, 0), -EINVAL);
	TAP_EQUAL(client_call(client, 0, NULL, 0, NULL, 0, NULL, 0), -ENOTSUP);
	TAP_EQUAL(client_call(client, 14, NULL, 0, NULL, 0, NULL, 0), -ENOTSUP);
	TAP_EQUAL(client_call(client, VFIO_USER_DEVICE_FEATURE, NULL, 0, NULL, 0, NULL, 0),
		  -ENOTSUP);
	TAP_EQUAL(client_call(client, 0xffff, NULL, 0, NULL, 0, NULL, 0), -ENOTSUP);
	for (uint16_t command = VFIO_USER_DMA_MAP; command <= VFIO_USER_REGION_WRITE; command++) {
		int ret = client_call(client, command, &access, 3, NULL, 0, NULL, 0);

		TAP_CHECK(ret == -EINVAL || ret == -ENOTSUP, "short command %u gave %d", command,
			  ret);
	}
	/* An error of a posted command is not answered: the next reply is the next command's. */
	access.region = 77;
	TAP_CHECK(client_send(client, VFIO_USER_REGION_READ, VFIO_USER_NO_REPLY, &access,
			      sizeof(access), NULL, 0),
		  "post");
	TAP_EQUAL(client_get(client, PAMC_BAR_REGS, PAMC_REG_MAGIC, 4), PAMC_MAGIC);
	/* A reply that nobody asked for is dropped. */
	TAP_CHECK(
	    client_send(client, VFIO_USER_DMA_READ, VFIO_USER_TYPE_REPLY, &access, 16, NULL, 0),
	    "reply");
	TAP_EQUAL(client_get(client, PAMC_BAR_REGS, PAMC_REG_MAGIC, 4), PAMC_MAGIC);
	TAP_CHECK(bench_close(&bench), "server");
	return true;
}

TAP_CASE(device_information)
{
	static const char *const vectors[] = {"--vectors=9", NULL};
	static const uint64_t sizes[VFIO_PCI_NUM_REGIONS] = {[PAMC_BAR_REGS] = PAMC_BAR_REGS_SIZE,
							     [PAMC_BAR_DB] = PAMC_BAR_DB_SIZE,
							     [CONFIG] = 4096};
	struct vfio_user_device_info info = {.argsz = sizeof(info)};
	struct vfio_user_region_info region;
	struct vfio_user_irq_info irq;
	struct bench bench;
	struct client *client = &bench.client;

	TAP_CHECK(bench_open(&bench, vectors), "no server");
	TAP_EQUAL(client_call(client, VFIO_USER_DEVICE_GET_INFO, &info, sizeof(info), NULL, 0,
			      &info, sizeof(info)),
		  sizeof(info));
	TAP_EQUAL(info.flags, VFIO_DEVICE_FLAGS_RESET | VFIO_DEVICE_FLAGS_PCI);
	TAP_EQUAL(info.num_regions, VFIO_PCI_NUM_REGIONS);
	for (uint32_t i = 0; i <= VFIO_PCI_NUM_REGIONS; i++) {
		int ret;

		region = (struct vfio_user_region_info){.argsz = sizeof(region), .index = i};
		ret = client_call(client, VFIO_USER_DEVICE_GET_REGION_INFO, &region, sizeof(region),
				  NULL, 0, &region, sizeof(region));
		if (i == VFIO_PCI_NUM_REGIONS) {
			TAP_EQUAL(ret, -EINVAL);
			break;
		}
		TAP_EQUAL(ret, sizeof(region));
		TAP_EQUAL(region.size, sizes[i]);
		TAP_EQUAL(region.flags,
			  sizes[i] ? VFIO_REGION_INFO_FLAG_READ | VFIO_REGION_INFO_FLAG_WRITE : 0);
	}
	irq = (struct vfio_user_irq_info){.argsz = sizeof(irq), .index = VFIO_PCI_MSIX_IRQ_INDEX};
	TAP_EQUAL(client_call(client, VFIO_USER_DEVICE_GET_IRQ_INFO, &irq, sizeof(irq), NULL, 0,
			      &irq, sizeof(irq)),
		  sizeof(irq));
	TAP_EQUAL(irq.count, 9);
	irq = (struct vfio_user_irq_info){.argsz = 4, .index = VFIO_PCI_MSIX_IRQ_INDEX};
	TAP_EQUAL(
	    client_call(client, VFIO_USER_DEVICE_GET_IRQ_INFO, &irq, sizeof(irq), NULL, 0, NULL, 0),
	    -EINVAL);
	TAP_CHECK(bench_close(&bench), "server");
	return true;
}

TAP_CASE(bar_access)
{
	struct bench bench;
	struct client *client = &bench.client;
	uint8_t bytes[64];

	TAP_CHECK(bench_open(&bench, NULL), "no server");
	TAP_EQUAL(client_get(client, PAMC_BAR_REGS, PAMC_REG_MAGIC, 4), PAMC_MAGIC);
	TAP_EQUAL(client_get(client, PAMC_BAR_REGS, PAMC_REG_MAGIC, 2), PAMC_MAGIC & 0xffff);
	/* Any length and alignment: as aligned pieces. */
	TAP_EQUAL(client_read(client, PAMC_BAR_REGS, 1, bytes, 6), 0);
	TAP_CHECK(memcmp(bytes, "AMC\0\0\1", 6) == 0, "MAGIC and VERSION from byte 1 on");
	TAP_EQUAL(client_set(client, PAMC_BAR_REGS, PAMC_REG_SCRATCH, 0x12345678, 4), 0);
	TAP_EQUAL(client_get(client, PAMC_BAR_REGS, PAMC_REG_SCRATCH, 4), 0x12345678);
	TAP_EQUAL(client_read(client, PAMC_BAR_REGS, 0, bytes, 0), 0);
	/* Beyond the end, by a little, by far, by wrapping. */
	TAP_EQUAL(client_read(client, PAMC_BAR_REGS, PAMC_BAR_REGS_SIZE, bytes, 1), -EINVAL);
	TAP_EQUAL(client_read(client, PAMC_BAR_REGS, PAMC_BAR_REGS_SIZE - 4, bytes, 8), -EINVAL);
	TAP_EQUAL(client_read(client, PAMC_BAR_REGS, UINT64_MAX - 3, bytes, 8), -EINVAL);
	TAP_EQUAL(client_write(client, PAMC_BAR_DB, PAMC_BAR_DB_SIZE - 4, bytes, 8), -EINVAL);
	TAP_EQUAL(client_read(client, 1, 0, bytes, 4), -EINVAL);
	TAP_EQUAL(client_read(client, VFIO_PCI_ROM_REGION_INDEX, 0, bytes, 4), -EINVAL);
	TAP_EQUAL(client_read(client, 1000, 0, bytes, 4), -EINVAL);
	/* More than any region has. */
	TAP_EQUAL(client_read(client, PAMC_BAR_DB, 0, bytes, 0xfffffff0), -EINVAL);
	TAP_CHECK(bench_close(&bench), "server");
	return true;
}

/* Sends count writes of 4 bytes to SCRATCH as one message that says claimed. */
static int write_multi(struct client *client, uint64_t claimed, uint64_t count, uint32_t len)
{
	uint8_t payload[8 + 16 * sizeof(struct vfio_user_write_one)];
	uint64_t done = 0;
	int ret;

	memcpy(payload, &claimed, 8);
	for (uint64_t i = 0; i < count; i++) {
		struct vfio_user_write_one one = {
		    .offset = PAMC_REG_SCRATCH, .region = PAMC_BAR_REGS, .count = len};

		one.data[0] = (uint8_t)(i + 1);
		memcpy(payload + 8 + i * sizeof(one), &one, sizeof(one));
	}
	ret = client_call(client, VFIO_USER_REGION_WRITE_MULTI, payload,
			  8 + count * sizeof(struct vfio_user_write_one), NULL, 0, &done, 8);
	return ret < 0 ? ret : (int)done;
}

TAP_CASE(writes_together)
{
	struct bench bench;
	struct client *client = &bench.client;

	TAP_CHECK(bench_open(&bench, NULL), "no server");
	TAP_EQUAL(write_multi(client, 5, 5, 4), 5);
	TAP_EQUAL(client_get(client, PAMC_BAR_REGS, PAMC_REG_SCRATCH, 4), 5);
	TAP_EQUAL(write_multi(client, 0, 0, 4), 0);
	TAP_EQUAL(write_multi(client, 3, 2, 4), -EINVAL);
	TAP_EQUAL(write_multi(client, UINT64_MAX / 24, 2, 4), -EINVAL);
	TAP_EQUAL(write_multi(client, 1, 1, 9), -EINVAL);
	TAP_CHECK(bench_close(&bench), "server");
	return true;
}

/* Offset of a capability in the list at 0x34, or 0. */
static uint64_t find_capability(struct client *client, unsigned int id)
{
	uint64_t at = client_get(client, CONFIG, PCI_CAPABILITY_LIST, 1);

	for (int i = 0; at && i < 16; i++) {
		if (client_get(client, CONFIG, at, 1) == id)
			return at;
		at = client_get(client, CONFIG, at + 1, 1);
	}
	return 0;
}

TAP_CASE(configuration_space)
{
	static const char *const vectors[] = {"--vectors=17", NULL};
	struct bench bench;
	struct client *client = &bench.client;
	uint64_t express;
	uint64_t msix;

	TAP_CHECK(bench_open(&bench, vectors), "no server");
	TAP_EQUAL(client_get(client, CONFIG, PCI_VENDOR_ID, 2), PAMC_PCI_VENDOR);
	TAP_EQUAL(client_get(client, CONFIG, PCI_DEVICE_ID, 2), PAMC_PCI_DEVICE);
	TAP_EQUAL(client_get(client, CONFIG, PCI_CLASS_REVISION, 4) >> 8, PAMC_PCI_CLASS);
	/* Sizing a BAR; read-only bits stay. */
	for (uint32_t bar = 0; bar <= 2; bar += 2) {
		uint64_t size = bar == PAMC_BAR_REGS ? PAMC_BAR_REGS_SIZE : PAMC_BAR_DB_SIZE;
		uint64_t at = PCI_BASE_ADDRESS_0 + 4 * bar;

		TAP_EQUAL(client_set(client, CONFIG, at, UINT64_MAX, 8), 0);
		TAP_EQUAL(client_get(client, CONFIG, at, 8), ~(size - 1) | 4);
	}
	TAP_EQUAL(client_set(client, CONFIG, PCI_VENDOR_ID, 0, 4), 0);
	TAP_EQUAL(client_get(client, CONFIG, PCI_VENDOR_ID, 2), PAMC_PCI_VENDOR);
	msix = find_capability(client, PCI_CAP_ID_MSIX);
	TAP_CHECK(msix, "MSI-X");
	TAP_EQUAL(client_get(client, CONFIG, msix + PCI_MSIX_FLAGS, 2), 16);
	TAP_EQUAL(client_get(client, CONFIG, msix + PCI_MSIX_TABLE, 4),
		  PAMC_MSIX_TABLE | PAMC_BAR_REGS);
	TAP_EQUAL(client_get(client, CONFIG, msix + PCI_MSIX_PBA, 4),
		  PAMC_MSIX_PBA | PAMC_BAR_REGS);
	TAP_CHECK(find_capability(client, PCI_CAP_ID_PM), "power management");
	express = find_capability(client, PCI_CAP_ID_EXP);
	TAP_CHECK(express, "PCI Express");
	TAP_CHECK(client_get(client, CONFIG, express + PCI_EXP_DEVCAP, 4) & PCI_EXP_DEVCAP_FLR,
		  "FLR");
	TAP_EQUAL(client_get(client, CONFIG, express + PCI_EXP_LNKSTA, 2) & 0x3ff, 0x103);
	TAP_EQUAL(client_get(client, CONFIG, 0x100, 2), PCI_EXT_CAP_ID_ERR);
	TAP_EQUAL(client_get(client, CONFIG, 4096, 4), UINT64_MAX);
	TAP_EQUAL(client_set(client, CONFIG, 4094, 0, 4), -EINVAL);
	TAP_CHECK(bench_close(&bench), "server");
	return true;
}

TAP_CASE(resets)
{
	struct bench bench;
	struct client *client = &bench.client;
	uint64_t control;
	uint64_t epoch;
	char answer[64];

	TAP_CHECK(bench_open(&bench, NULL), "no server");
	control = find_capability(client, PCI_CAP_ID_EXP) + PCI_EXP_DEVCTL;
	epoch = client_get(client, PAMC_BAR_REGS, PAMC_REG_BOOT_EPOCH, 8);
	for (unsigned int how = 0; how < 3; how++) {
		uint64_t resets = client_get(client, PAMC_BAR_REGS, PAMC_REG_RESETS, 4);

		client_set(client, PAMC_BAR_REGS, PAMC_REG_SCRATCH, 99, 4);
		client_set(client, CONFIG, PCI_COMMAND, PCI_COMMAND_MASTER, 2);
		TAP_EQUAL(client_get(client, CONFIG, PCI_COMMAND, 2), PCI_COMMAND_MASTER);
		if (how == 0)
			TAP_EQUAL(
			    client_call(client, VFIO_USER_DEVICE_RESET, NULL, 0, NULL, 0, NULL, 0),
			    0);
		if (how == 1)
			TAP_EQUAL(client_set(client, CONFIG, control, PCI_EXP_DEVCTL_BCR_FLR, 2),
				  0);
		if (how == 2)
			TAP_CHECK(sim_control(&bench.sim, "power-cycle", answer, sizeof(answer)) &&
				      strcmp(answer, "ok\n") == 0,
				  "power-cycle: %s", answer);
		TAP_EQUAL(client_get(client, PAMC_BAR_REGS, PAMC_REG_SCRATCH, 4), 0);
		TAP_EQUAL(client_get(client, CONFIG, PCI_COMMAND, 2), 0);
		TAP_EQUAL(client_get(client, CONFIG, control, 2) & PCI_EXP_DEVCTL_BCR_FLR, 0);
		if (how == 2)
			break;
		TAP_EQUAL(client_get(client, PAMC_BAR_REGS, PAMC_REG_RESETS, 4), resets + 1);
		TAP_EQUAL(client_get(client, PAMC_BAR_REGS, PAMC_REG_BOOT_EPOCH, 8), epoch);
	}
	TAP_CHECK(client_get(client, PAMC_BAR_REGS, PAMC_REG_BOOT_EPOCH, 8) != epoch, "epoch");
	TAP_CHECK(bench_close(&bench), "server");
	return true;
}

int main(void)
{
	struct tap tap;

	tap_begin(&tap);
	tap_run(&tap, "handshake", handshake);
	tap_run(&tap, "a stream that makes no sense ends the connection only", broken_stream);
	tap_run(&tap, "commands that make no sense are refused", commands_refused);
	tap_run(&tap, "device, region and interrupt information", device_information);
	tap_run(&tap, "BAR accesses of any kind", bar_access);
	tap_run(&tap, "several writes in a message", writes_together);
	tap_run(&tap, "configuration space", configuration_space);
	tap_run(&tap, "resets", resets);
	return tap_done(&tap);
}
