/* SPDX-License-Identifier: Apache-2.0 */
/* What management.hpp has two of. */
#ifndef MANAGEMENT_PARTS_HPP
#define MANAGEMENT_PARTS_HPP

#include "management.hpp"

namespace rtl_card
{

/* As Management's functions. */
class Manager
{
      public:
	virtual ~Manager() = default;
	virtual void power_on(bool first) = 0;
	virtual void serve() = 0;
	virtual bool busy() const = 0;
	virtual bool background() = 0;
	virtual uint64_t linger() const = 0;
	virtual void set_full(bool full) = 0;
	virtual std::vector<uint8_t> log(unsigned int page) = 0;
	virtual uint64_t counter(unsigned int which) = 0;
	virtual Core *core()
	{
		return nullptr;
	}
	virtual struct hal_flash *flash()
	{
		return nullptr;
	}
};

std::unique_ptr<Manager> manage_on_host(MailboxBus &card, const Settings &settings);
std::unique_ptr<Manager> manage_on_core(MailboxBus &card, const Settings &settings);

/* What a simulated card is called. */
void describe(const Settings &settings, uint8_t (&serial)[24], uint8_t (&model)[40]);

} // namespace rtl_card

#endif /* MANAGEMENT_PARTS_HPP */
