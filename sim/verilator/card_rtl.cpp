// SPDX-License-Identifier: Apache-2.0
/*
 * The Verilated card behind sim/server/card.h.
 *
 * Only the card thread touches the simulation. What other threads write is queued and
 * goes to the card as packets, in order; what they read comes from a copy of the card's
 * registers, taken by a read of its BAR whenever the card has done something, and brought
 * up to date at once by what they write themselves. So they never wait.
 */
#include <atomic>
#include <cerrno>
#include <cstring>
#include <deque>
#include <memory>
#include <mutex>

#include "card_sim.hpp"
#include "management.hpp"

extern "C" {
#include "card.h"
}

namespace
{

constexpr unsigned int register_bytes = 64;
/* rtl/card/card_top.sv: ports of card memory that read pages are from this one on. */
constexpr unsigned int page_ports = 5;
/* Cycles of one call of run: well below 100 ms. */
constexpr uint64_t slice = 4000;

struct Write {
	unsigned int bar;
	uint64_t offset;
	unsigned int len;
	uint8_t data[64];
};

struct CardRtl {
	struct card card; /* the first member */
	struct card_host host;
	struct card_config config;
	std::unique_ptr<rtl_card::Sim> sim;
	std::unique_ptr<rtl_card::Management> management;
	bool dirty = true; /* registers may differ from the copy */
	/* As the host wants it: a reset waits for answers, so none is held back then. */
	bool enabled = false;
	uint64_t random = 1;
	std::atomic<uint32_t> fault_one_in[CARD_FAULT_COUNT];

	std::mutex lock; /* of all below */
	std::deque<Write> writes;
	uint8_t registers[register_bytes];
};

CardRtl *self_of(struct card *card)
{
	return reinterpret_cast<CardRtl *>(card);
}

bool fault(CardRtl *self, enum card_fault kind)
{
	uint32_t one_in = self->fault_one_in[kind].load(std::memory_order_relaxed);

	self->random = self->random * 6364136223846793005ull + 1442695040888963407ull;
	return one_in && (self->random >> 33) % one_in == 0;
}

/* Which bits of a register the host may write; as sim/model/regs.c. */
uint32_t writable(unsigned int offset, bool enabled)
{
	switch (offset) {
	case PAMC_REG_CTRL:
		return PAMC_CTRL_EN_MASK | PAMC_CTRL_SHUTDOWN_MASK;
	case PAMC_REG_AQ_ATTR:
		return enabled ? 0 : PAMC_AQ_ATTR_SQ_SHIFT_MASK | PAMC_AQ_ATTR_CQ_SHIFT_MASK;
	case PAMC_REG_ASQ_BASE:
	case PAMC_REG_ASQ_BASE + 4:
	case PAMC_REG_ACQ_BASE:
	case PAMC_REG_ACQ_BASE + 4:
		return enabled ? 0 : UINT32_MAX;
	case PAMC_REG_SCRATCH:
		return UINT32_MAX;
	default:
		return 0;
	}
}

uint32_t reg(const CardRtl *self, unsigned int offset)
{
	uint32_t value;

	std::memcpy(&value, self->registers + offset, 4);
	return value;
}

/* ---------------------------------------------------------------- any thread */

uint64_t reg_read(struct card *card, unsigned int bar, uint64_t offset, unsigned int len)
{
	CardRtl *self = self_of(card);
	uint64_t value = 0;

	if (bar != PAMC_BAR_REGS || offset + len > register_bytes)
		return 0;

	std::lock_guard<std::mutex> guard(self->lock);

	std::memcpy(&value, self->registers + offset, len);
	return value;
}

void reg_write(struct card *card, unsigned int bar, uint64_t offset, const void *data,
	       unsigned int len)
{
	CardRtl *self = self_of(card);
	Write write{bar, offset, len, {}};

	std::memcpy(write.data, data, len);
	{
		std::lock_guard<std::mutex> guard(self->lock);

		self->writes.push_back(write);
		if (bar == PAMC_BAR_REGS && offset < register_bytes) {
			bool enabled = reg(self, PAMC_REG_CTRL) & PAMC_CTRL_EN_MASK;

			for (unsigned int n = 0; n < len && offset + n < register_bytes; n++) {
				unsigned int at = unsigned(offset + n);
				uint8_t mask = uint8_t(writable(at & ~3u, enabled) >> at % 4 * 8);

				self->registers[at] =
				    uint8_t((self->registers[at] & ~mask) | (write.data[n] & mask));
			}
		}
	}
	if (self->host.wake)
		self->host.wake(self->host.ctx);
}

/* ---------------------------------------------------------------- card thread */

/* Hands over what was written. False: nothing was. */
bool deliver(CardRtl *self)
{
	std::deque<Write> writes;

	{
		std::lock_guard<std::mutex> guard(self->lock);

		writes.swap(self->writes);
	}
	for (const Write &write : writes) {
		self->sim->host().mmio_write(write.bar, write.offset, write.data, write.len);
		if (write.bar == PAMC_BAR_REGS && write.offset == PAMC_REG_CTRL) {
			self->enabled = write.data[0] & PAMC_CTRL_EN_MASK;
			if (!self->enabled)
				self->sim->host().let_go();
		}
	}
	return !writes.empty();
}

/* Copies the registers, as a host reads them. A copy that was taken while something was under way,
 * or while the core works, is not the last. */
void refresh(CardRtl *self, bool at_rest)
{
	bool worked = self->management->busy();
	pcie::RootComplex &host = self->sim->host();
	uint64_t id = host.mmio_read(PAMC_BAR_REGS, 0, register_bytes);

	while (!host.answered(id)) {
		self->sim->step();
		self->management->serve();
		worked |= self->management->busy();
	}

	pcie::HostAnswer answer = host.answer(id);
	std::lock_guard<std::mutex> guard(self->lock);
	bool written = !self->writes.empty();

	if (answer.status != 0 || answer.data.size() != register_bytes / 4)
		throw rtl::Broken("the card's registers cannot be read");
	for (unsigned int offset = 0; offset < register_bytes; offset += 4) {
		uint32_t keep = written ? writable(offset, false) : 0;
		uint32_t value = (reg(self, offset) & keep) | (answer.data[offset / 4] & ~keep);

		std::memcpy(self->registers + offset, &value, 4);
	}
	self->dirty = !at_rest || worked;
}

bool run_card(CardRtl *self)
{
	rtl_card::Sim &sim = *self->sim;
	bool came = deliver(self);
	uint64_t quiet = self->management->linger();

	if (came)
		self->dirty = true;
	self->management->set_full(fault(self, CARD_FAULT_REFUSE));
	for (uint64_t end = sim.now() + slice; sim.now() < end;) {
		sim.step();
		self->management->serve();
		if (sim.idle() > quiet)
			break;
	}
	if (sim.idle() == 0)
		self->dirty = true;
	if (self->dirty)
		refresh(self, sim.idle() > quiet);
	if (sim.idle() <= quiet)
		return true;
	return self->management->background();
}

/* A simulation that broke a rule says so and takes the program with it: what it would do
 * from then on means nothing. */
[[noreturn]] void give_up(const CardRtl *self, const std::exception &error)
{
	std::fprintf(stderr, "pamsim: the RTL card broke a rule in cycle %llu: %s\n",
		     self->sim ? static_cast<unsigned long long>(self->sim->now()) : 0ull,
		     error.what());
	if (self->sim)
		self->sim->record_ends();
	std::abort();
}

bool run(struct card *card, unsigned int)
{
	CardRtl *self = self_of(card);

	try {
		return run_card(self);
	} catch (const std::exception &error) {
		give_up(self, error);
	}
}

uint64_t next_deadline(struct card *)
{
	return UINT64_MAX;
}

void reset(struct card *card)
{
	CardRtl *self = self_of(card);

	try {
		deliver(self);
		self->enabled = false;
		self->sim->host().let_go();
		self->sim->host().start_flr();
		while (self->sim->host().flr() || self->management->busy()) {
			self->sim->step();
			self->management->serve();
		}
		refresh(self, false);
	} catch (const std::exception &error) {
		give_up(self, error);
	}
}

void power_cycle(struct card *card)
{
	CardRtl *self = self_of(card);

	try {
		{
			std::lock_guard<std::mutex> guard(self->lock);

			self->writes.clear();
		}
		self->sim->power_cycle();
		self->management->power_on(false);
		refresh(self, false);
	} catch (const std::exception &error) {
		give_up(self, error);
	}
}

void set_fault(struct card *card, enum card_fault kind, uint32_t one_in)
{
	self_of(card)->fault_one_in[kind] = one_in;
}

int log_page(struct card *card, unsigned int page, void *data, size_t size)
{
	CardRtl *self = self_of(card);
	std::vector<uint8_t> bytes = self->management->log(page);

	if (bytes.empty())
		return -ENOENT;
	size = std::min(size, bytes.size());
	std::memcpy(data, bytes.data(), size);
	return int(size);
}

int check(struct card *, char *, size_t)
{
	return 0; /* assertions are checked all the time */
}

void destroy(struct card *card)
{
	delete self_of(card);
}

/* It has no sensor. */
const struct card_ops ops = {
    reg_read,  reg_write, run,      next_deadline, reset,   power_cycle,
    set_fault, nullptr,   log_page, check,         destroy,
};

/* What the host's memory and interrupts are. */
void connect(CardRtl *self)
{
	pcie::RootComplex &host = self->sim->host();

	host.on_read = [self](uint64_t address, void *to, size_t bytes) {
		uint8_t probe[4];

		if (bytes == 0)
			return self->host.dma_read(self->host.ctx, address, probe, sizeof(probe)) ==
			       0;
		return self->host.dma_read(self->host.ctx, address, to, bytes) == 0;
	};
	host.on_write = [self](uint64_t address, const void *from, size_t bytes) {
		return self->host.dma_write(self->host.ctx, address, from, bytes) == 0;
	};
	host.host_time = [self] { return self->host.now_ns(self->host.ctx); };
	/* Pages of puts suffer, of which each read is as long as it may be; rings, of which a
	 * broken one would stop a queue pair, are read by few lines, unless a host is far ahead. */
	auto of_a_page = [self](size_t bytes) {
		return bytes >= std::min(512u, self->sim->host().options().max_read_req);
	};
	/* An admin command's data would be among the rest. */
	host.held_until = [self, of_a_page](size_t bytes) -> uint64_t {
		if (!self->enabled || !of_a_page(bytes) || !fault(self, CARD_FAULT_DELAY))
			return 0;
		return self->host.now_ns(self->host.ctx) + self->config.delay_ns;
	};
	/* Pages of gets by the probes before they are written. */
	host.refuses = [self, of_a_page](size_t bytes) {
		return (bytes == 0 || of_a_page(bytes)) && fault(self, CARD_FAULT_DMA);
	};
	/* Pages are read by the ports behind the vault's; their second line is payload. */
	self->sim->memory().on_read = [self](unsigned int id, uint64_t address, size_t lines) {
		uint8_t byte;

		if (id < page_ports || lines < 2 || !fault(self, CARD_FAULT_BIT_FLIP))
			return;
		self->sim->memory().read(address + 72, &byte, 1);
		byte ^= 1;
		self->sim->memory().write(address + 72, &byte, 1);
	};
	host.on_interrupt = [self](uint64_t, uint32_t data) {
		if (!fault(self, CARD_FAULT_IRQ))
			self->host.irq(self->host.ctx, data);
	};
}

} /* namespace */

extern "C" int card_rtl_check(const struct card_config *config, char *error, size_t size)
{
	rtl_card::Figures figures;

	try {
		if (config->rtl_figures)
			rtl_card::set_figures(figures, config->rtl_figures);
	} catch (const std::invalid_argument &wrong) {
		std::snprintf(error, size, "--rtl: %s", wrong.what());
		return -EINVAL;
	}
	return 0;
}

extern "C" void card_rtl_tell_figures()
{
	std::fputs(rtl_card::tell_figures().c_str(), stdout);
}

extern "C" int card_rtl_create(const struct card_config *config, const struct card_host *host,
			       struct card **made)
{
	auto self = std::make_unique<CardRtl>();
	rtl_card::Settings settings;

	if (config->dram_bytes)
		settings.dram_bytes = config->dram_bytes / 64 * 64;
	if (config->queue_pairs)
		settings.queue_pairs = config->queue_pairs;
	if (config->vectors)
		settings.vectors = config->vectors;
	if (config->seed)
		settings.seed = config->seed;
	if (settings.dram_bytes < 512u << 10 || settings.dram_bytes > 64ull << 30)
		return -EINVAL;
	self->card.ops = &ops;
	self->host = *host;
	self->config = *config;
	self->random = settings.seed;
	for (unsigned int n = 0; n < CARD_FAULT_COUNT; n++)
		self->fault_one_in[n] = config->fault_one_in[n];
	std::memset(self->registers, 0, sizeof(self->registers));
	try {
		rtl_card::Figures figures;

		if (config->rtl_figures)
			rtl_card::set_figures(figures, config->rtl_figures);
		settings.core = figures.firmware.core;
		settings.tier = figures.firmware.tier;
		self->sim = std::make_unique<rtl_card::Sim>(settings.seed, figures);
		if (config->waves_path && !self->sim->record(config->waves_path, config->waves_from,
							     config->waves_commands)) {
			std::fprintf(stderr, "pamsim: error: cannot write %s\n",
				     config->waves_path);
			return -EIO;
		}
		connect(self.get());
		self->management = std::make_unique<rtl_card::Management>(*self->sim, settings);
		self->management->power_on(true);
		refresh(self.get(), false);
	} catch (const std::exception &error) {
		give_up(self.get(), error);
	}
	*made = &self.release()->card;
	return 0;
}
