/* SPDX-License-Identifier: Apache-2.0 */
/* PCI configuration space: see config_space.h. Register names are <linux/pci_regs.h>'s. */
#include <string.h>

#include <linux/pci_regs.h>

#include "config_space.h"
#include "pamc_if.h"

/* Where the capabilities are. */
#define CAP_PM   0x40u
#define CAP_EXP  0x50u
#define CAP_MSIX 0x90u
#define CAP_AER  0x100u

#define LINK_WIDTH 16u

static void put16(uint8_t *where, uint16_t value)
{
	where[0] = (uint8_t)value;
	where[1] = (uint8_t)(value >> 8);
}

static void put32(uint8_t *where, uint32_t value)
{
	put16(where, (uint16_t)value);
	put16(where + 2, (uint16_t)(value >> 16));
}

static void set16(struct config_space *config, size_t offset, uint16_t value, uint16_t writable)
{
	put16(config->initial + offset, value);
	put16(config->writable + offset, writable);
}

static void set32(struct config_space *config, size_t offset, uint32_t value, uint32_t writable)
{
	put32(config->initial + offset, value);
	put32(config->writable + offset, writable);
}

/* A 64-bit memory BAR: its address bits below the size read as zero. */
static void set_bar(struct config_space *config, unsigned int bar, uint32_t size)
{
	size_t offset = PCI_BASE_ADDRESS_0 + 4 * (size_t)bar;

	set32(config, offset, PCI_BASE_ADDRESS_MEM_TYPE_64, ~(size - 1));
	set32(config, offset + 4, 0, 0xffffffffu);
}

static void set_header(struct config_space *config)
{
	set16(config, PCI_VENDOR_ID, PAMC_PCI_VENDOR, 0);
	set16(config, PCI_DEVICE_ID, PAMC_PCI_DEVICE, 0);
	set16(config, PCI_COMMAND, 0,
	      PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER | PCI_COMMAND_PARITY | PCI_COMMAND_SERR |
		  PCI_COMMAND_INTX_DISABLE);
	set16(config, PCI_STATUS, PCI_STATUS_CAP_LIST, 0);
	put16(config->clearing + PCI_STATUS, 0xf900);
	set32(config, PCI_CLASS_REVISION, PAMC_PCI_CLASS << 8 | PAMC_VERSION_MAJOR, 0);
	config->writable[PCI_CACHE_LINE_SIZE] = 0xff;
	set_bar(config, PAMC_BAR_REGS, PAMC_BAR_REGS_SIZE);
	set_bar(config, PAMC_BAR_DB, PAMC_BAR_DB_SIZE);
	set16(config, PCI_SUBSYSTEM_VENDOR_ID, PAMC_PCI_VENDOR, 0);
	set16(config, PCI_SUBSYSTEM_ID, PAMC_PCI_DEVICE, 0);
	config->initial[PCI_CAPABILITY_LIST] = CAP_PM;
	config->writable[PCI_INTERRUPT_LINE] = 0xff;
}

static void set_power_management(struct config_space *config)
{
	set16(config, CAP_PM, PCI_CAP_ID_PM | CAP_EXP << 8, 0);
	set16(config, CAP_PM + PCI_PM_PMC, 3, 0);
	/* The state survives D3hot. */
	set16(config, CAP_PM + PCI_PM_CTRL, PCI_PM_CTRL_NO_SOFT_RESET, PCI_PM_CTRL_STATE_MASK);
}

static void set_express(struct config_space *config)
{
	const uint32_t link = PCI_EXP_LNKCAP_SLS_8_0GB | LINK_WIDTH << 4;

	set16(config, CAP_EXP, PCI_CAP_ID_EXP | CAP_MSIX << 8, 0);
	set16(config, CAP_EXP + PCI_EXP_FLAGS, 2 | PCI_EXP_TYPE_ENDPOINT << 4, 0);
	/* 512-byte payloads, extended tags, role-based errors, function-level reset. */
	set32(config, CAP_EXP + PCI_EXP_DEVCAP,
	      2 | PCI_EXP_DEVCAP_EXT_TAG | PCI_EXP_DEVCAP_RBER | PCI_EXP_DEVCAP_FLR, 0);
	set16(config, CAP_EXP + PCI_EXP_DEVCTL,
	      PCI_EXP_DEVCTL_RELAX_EN | PCI_EXP_DEVCTL_READRQ_512B, 0x79ff);
	put16(config->clearing + CAP_EXP + PCI_EXP_DEVSTA, 0x000f);
	set32(config, CAP_EXP + PCI_EXP_LNKCAP, link, 0);
	set16(config, CAP_EXP + PCI_EXP_LNKCTL, 0, PCI_EXP_LNKCTL_RCB | PCI_EXP_LNKCTL_CCC);
	set16(config, CAP_EXP + PCI_EXP_LNKSTA, (uint16_t)(link | PCI_EXP_LNKSTA_SLC), 0);
	set32(config, CAP_EXP + PCI_EXP_DEVCAP2, PCI_EXP_DEVCAP2_COMP_TMOUT_DIS, 0);
	set16(config, CAP_EXP + PCI_EXP_DEVCTL2, 0, PCI_EXP_DEVCTL2_COMP_TMOUT_DIS);
	set32(config, CAP_EXP + PCI_EXP_LNKCAP2,
	      PCI_EXP_LNKCAP2_SLS_2_5GB | PCI_EXP_LNKCAP2_SLS_5_0GB | PCI_EXP_LNKCAP2_SLS_8_0GB, 0);
	set16(config, CAP_EXP + PCI_EXP_LNKCTL2, PCI_EXP_LNKCTL2_TLS_8_0GT, PCI_EXP_LNKCTL2_TLS);
}

static void set_msix(struct config_space *config, unsigned int vectors)
{
	set16(config, CAP_MSIX, PCI_CAP_ID_MSIX, 0);
	set16(config, CAP_MSIX + PCI_MSIX_FLAGS, (uint16_t)(vectors - 1),
	      PCI_MSIX_FLAGS_ENABLE | PCI_MSIX_FLAGS_MASKALL);
	set32(config, CAP_MSIX + PCI_MSIX_TABLE, PAMC_MSIX_TABLE | PAMC_BAR_REGS, 0);
	set32(config, CAP_MSIX + PCI_MSIX_PBA, PAMC_MSIX_PBA | PAMC_BAR_REGS, 0);
}

/* Error registers that can be programmed; nothing here ever reports one. */
static void set_error_reporting(struct config_space *config)
{
	const uint32_t uncorrectable = PCI_ERR_UNC_DLP | PCI_ERR_UNC_POISON_TLP | PCI_ERR_UNC_FCP |
				       PCI_ERR_UNC_COMP_TIME | PCI_ERR_UNC_COMP_ABORT |
				       PCI_ERR_UNC_UNX_COMP | PCI_ERR_UNC_RX_OVER |
				       PCI_ERR_UNC_MALF_TLP | PCI_ERR_UNC_ECRC | PCI_ERR_UNC_UNSUP;
	const uint32_t fatal =
	    PCI_ERR_UNC_DLP | PCI_ERR_UNC_FCP | PCI_ERR_UNC_RX_OVER | PCI_ERR_UNC_MALF_TLP;
	const uint32_t correctable = PCI_ERR_COR_RCVR | PCI_ERR_COR_BAD_TLP | PCI_ERR_COR_BAD_DLLP |
				     PCI_ERR_COR_REP_ROLL | PCI_ERR_COR_REP_TIMER |
				     PCI_ERR_COR_ADV_NFAT;

	set32(config, CAP_AER, PCI_EXT_CAP_ID_ERR | 2u << 16, 0);
	put32(config->clearing + CAP_AER + PCI_ERR_UNCOR_STATUS, uncorrectable);
	set32(config, CAP_AER + PCI_ERR_UNCOR_MASK, 0, uncorrectable);
	set32(config, CAP_AER + PCI_ERR_UNCOR_SEVER, fatal, uncorrectable);
	put32(config->clearing + CAP_AER + PCI_ERR_COR_STATUS, correctable);
	set32(config, CAP_AER + PCI_ERR_COR_MASK, PCI_ERR_COR_ADV_NFAT, correctable);
}

void config_space_init(struct config_space *config, unsigned int vectors)
{
	memset(config, 0, sizeof(*config));
	set_header(config);
	set_power_management(config);
	set_express(config);
	set_msix(config, vectors);
	set_error_reporting(config);
	config_space_reset(config);
}

void config_space_reset(struct config_space *config)
{
	memcpy(config->value, config->initial, sizeof(config->value));
}

void config_space_read(const struct config_space *config, size_t offset, void *data, size_t len)
{
	memcpy(data, config->value + offset, len);
}

bool config_space_write(struct config_space *config, size_t offset, const void *data, size_t len)
{
	const size_t flr_byte = CAP_EXP + PCI_EXP_DEVCTL + 1;
	const uint8_t *bytes = data;

	for (size_t i = 0; i < len; i++) {
		uint8_t *value = &config->value[offset + i];
		uint8_t writable = config->writable[offset + i];

		*value = (uint8_t)((*value & ~writable) | (bytes[i] & writable));
		*value &= (uint8_t)~(bytes[i] & config->clearing[offset + i]);
	}
	/* The bit reads as zero, so it is not one that is kept. */
	return offset <= flr_byte && flr_byte - offset < len &&
	       (bytes[flr_byte - offset] & (PCI_EXP_DEVCTL_BCR_FLR >> 8));
}

bool config_space_bus_master(const struct config_space *config)
{
	return config->value[PCI_COMMAND] & PCI_COMMAND_MASTER;
}
