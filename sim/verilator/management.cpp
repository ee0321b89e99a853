// SPDX-License-Identifier: Apache-2.0
#include "management.hpp"

#include <cstdio>
#include <cstring>

#include "management_parts.hpp"

namespace rtl_card
{

void describe(const Settings &settings, uint8_t (&serial)[24], uint8_t (&model)[40])
{
	static const char name[] = "PAM card, RTL in simulation";
	char text[sizeof(serial) + 1];

	static_assert(sizeof(name) <= sizeof(model), "a model that fits");
	std::snprintf(text, sizeof(text), "RTL%016llx",
		      static_cast<unsigned long long>(settings.seed));
	std::memset(serial, 0, sizeof(serial));
	std::memset(model, 0, sizeof(model));
	std::memcpy(serial, text, std::strlen(text));
	std::memcpy(model, name, sizeof(name));
}

Management::Management(MailboxBus &card, const Settings &settings)
    : manager_(settings.core ? manage_on_core(card, settings) : manage_on_host(card, settings))
{
}

Management::~Management() = default;

void Management::power_on(bool first)
{
	manager_->power_on(first);
}

void Management::serve()
{
	manager_->serve();
}

bool Management::busy() const
{
	return manager_->busy();
}

bool Management::background()
{
	return manager_->background();
}

uint64_t Management::linger() const
{
	return manager_->linger();
}

void Management::set_full(bool full)
{
	manager_->set_full(full);
}

std::vector<uint8_t> Management::log(unsigned int page)
{
	return manager_->log(page);
}

uint64_t Management::counter(unsigned int which)
{
	return manager_->counter(which);
}

Core *Management::core()
{
	return manager_->core();
}

struct hal_flash *Management::flash()
{
	return manager_->flash();
}

} // namespace rtl_card
