/* SPDX-License-Identifier: Apache-2.0 */
#include "figures.hpp"

#include <cmath>
#include <cstdlib>
#include <functional>
#include <sstream>
#include <stdexcept>
#include <vector>

#include "mailbox_bus.hpp"

namespace rtl_card
{

namespace
{

constexpr double ns_per_cycle = 1000.0 / cycles_per_us;

enum Kind {
	COUNT,
	POWER, /* a power of two, in bytes */
	TIME,  /* in ns */
	RATE,  /* in GB/s; 0: no limit */
	YES_NO,
	RUNS_ON,
};

/* Those of two words: for 0, for 1. */
const char *word(Kind kind, bool which)
{
	return kind == RUNS_ON ? (which ? "core" : "host") : which ? "yes" : "no";
}

bool is_words(Kind kind)
{
	return kind == YES_NO || kind == RUNS_ON;
}

struct Figure {
	const char *key;
	Kind kind;
	double low, high;
	const char *what;
	std::function<double(const Figures &)> get;
	std::function<void(Figures &, double)> set;
};

/* Of a number in some unit, so many in one of the option's. */
template <class Part, class Number>
Figure figure(const char *key, Kind kind, double low, double high, Part Figures::*part,
	      Number Part::*number, const char *what)
{
	double unit = kind == TIME ? ns_per_cycle : kind == RATE ? 1 / ns_per_cycle : 1;

	return {key,
		kind,
		low,
		high,
		what,
		[=](const Figures &figures) { return double(figures.*part.*number) * unit; },
		[=](Figures &figures, double value) {
			double in = value / unit;

			figures.*part.*number =
			    Number(std::is_floating_point<Number>::value ? in : std::round(in));
		}};
}

const std::vector<Figure> &all()
{
	using dram::Timing;
	using pcie::Options;
	constexpr auto host = &Figures::host;
	constexpr auto memory = &Figures::memory;
	using onfi::Shape;
	constexpr auto flash = &Figures::flash;
	constexpr auto firmware = &Figures::firmware;
	static const std::vector<Figure> figures = {
	    figure("max-payload", POWER, 128, 1024, host, &Options::max_payload,
		   "longest data of a packet, Max_Payload_Size"),
	    figure("max-read-request", POWER, 128, 4096, host, &Options::max_read_req,
		   "longest read by the card, Max_Read_Request_Size"),
	    figure("rcb", POWER, 64, 128, host, &Options::rcb,
		   "completions are cut at multiples of it"),
	    figure("split", YES_NO, 0, 1, host, &Options::split,
		   "they are cut at any of these, not as late as may be"),
	    figure("reorder", YES_NO, 0, 1, host, &Options::reorder,
		   "completions of different reads come in any order"),
	    figure("extended-tags", YES_NO, 0, 1, host, &Options::ext_tag,
		   "256 reads may be under way, not 32"),
	    figure("read-latency", TIME, 0, 1e6, host, &Options::latency,
		   "from a read of the card's to its first completion"),
	    figure("read-latency-spread", TIME, 0, 1e6, host, &Options::latency_spread,
		   "at most so much is added, drawn for each read"),
	    figure("bandwidth", RATE, 0.1, 16, host, &Options::bytes_per_cycle,
		   "of the link, each way, headers included"),
	    figure("posted-credits", COUNT, 0, 65535, host, &Options::posted,
		   "writes that the host has room for; 0: any number"),
	    figure("posted-data-credits", COUNT, 0, 65535, host, &Options::posted_data,
		   "and units of 16 bytes of their data; 0: any number"),
	    figure("non-posted-credits", COUNT, 0, 65535, host, &Options::non_posted,
		   "reads that it has room for; 0: any number"),
	    figure("credit-latency", TIME, 0, 1e6, host, &Options::credit_latency,
		   "from a request's arrival until its room is free again"),
	    figure("dram-overhead", TIME, 0, 1e5, memory, &Timing::overhead,
		   "both ways through controller and PHY"),
	    figure("dram-burst", TIME, 0.5, 1000, memory, &Timing::burst,
		   "a line of 64 bytes on the bus"),
	    figure("dram-cas", TIME, 0, 1000, memory, &Timing::cas, "tCL"),
	    figure("dram-rcd", TIME, 0, 1000, memory, &Timing::rcd, "tRCD"),
	    figure("dram-rp", TIME, 0, 1000, memory, &Timing::rp, "tRP"),
	    figure("dram-ras", TIME, 0, 1000, memory, &Timing::ras, "tRAS"),
	    figure("dram-wr", TIME, 0, 1000, memory, &Timing::wr, "tWR"),
	    figure("dram-rrd", TIME, 0, 1000, memory, &Timing::rrd, "tRRD"),
	    figure("dram-faw", TIME, 0, 1000, memory, &Timing::faw, "tFAW"),
	    figure("dram-turnaround", TIME, 0, 1000, memory, &Timing::turnaround,
		   "from reads to writes or back"),
	    figure("dram-refresh-every", TIME, 1000, 1e6, memory, &Timing::refresh_every, "tREFI"),
	    figure("dram-refresh-takes", TIME, 0, 900, memory, &Timing::refresh_takes, "tRFC"),
	    figure("dram-window", COUNT, 1, 256, memory, &Timing::window,
		   "accesses among which the controller chooses"),
	    figure("dram-patience", TIME, 0, 1e6, memory, &Timing::patience,
		   "the oldest of them is passed over no longer"),
	    figure("flash-blocks", COUNT, 0, 65535, flash, &Shape::blocks,
		   "of each of its 4 dies, of 64 pages of 4 KiB; 0: there is no flash"),
	    figure("flash-read", TIME, 100, 1e6, flash, &Shape::read, "tR"),
	    figure("flash-program", TIME, 100, 1e7, flash, &Shape::program, "tPROG"),
	    figure("flash-erase", TIME, 100, 5e7, flash, &Shape::erase, "tBERS"),
	    figure("flash-reset", TIME, 100, 1e6, flash, &Shape::reset, "tRST"),
	    figure("flash-bad", COUNT, 0, 500, flash, &Shape::bad,
		   "of 1000 blocks have the maker's mark"),
	    figure("flash-endurance", COUNT, 0, 1e6, flash, &Shape::endurance,
		   "erases from which on a block may fail; 0: never"),
	    figure("flash-bits", COUNT, 0, 100, flash, &Shape::bits,
		   "wrong bits of 8768 as read, on average"),
	    figure("flash-bits-erases", COUNT, 0, 1000, flash, &Shape::bits_erases,
		   "and for 1000 erases of the block"),
	    figure("flash-bits-reads", COUNT, 0, 1000, flash, &Shape::bits_reads,
		   "and for 1000 reads of it since it was erased"),
	    figure("flash-tier", YES_NO, 0, 1, firmware, &Firmware::tier,
		   "pages go from card memory to flash when it gets short"),
	    figure("management", RUNS_ON, 0, 1, firmware, &Firmware::core,
		   "where the firmware runs: on the host, or on the card's core, in RTL"),
	};

	return figures;
}

std::string text(Kind kind, double value)
{
	std::ostringstream out;

	if (is_words(kind))
		return word(kind, value != 0);
	if (kind == TIME && value >= 10000)
		out << value / 1000 << "us";
	else
		out << value << (kind == TIME ? "ns" : kind == RATE ? "GB/s" : "");
	return out.str();
}

std::string range(const Figure &figure)
{
	if (is_words(figure.kind))
		return std::string(word(figure.kind, figure.kind == YES_NO)) + " or " +
		       word(figure.kind, figure.kind != YES_NO);
	return text(figure.kind, figure.low) + " to " + text(figure.kind, figure.high) +
	       (figure.kind == POWER ? ", a power of two" : "");
}

/* False: that is none. */
bool number(const Figure &figure, const std::string &value, double &to)
{
	if (is_words(figure.kind)) {
		to = value == word(figure.kind, true);
		return to != 0 || value == word(figure.kind, false);
	}
	if (value.empty() || value[0] < '0' || value[0] > '9')
		return false;

	char *end;
	std::string unit;

	to = std::strtod(value.c_str(), &end);
	unit = end;
	if (figure.kind == TIME) {
		to *= unit == "us" ? 1000 : 1;
		if (unit != "us" && unit != "ns")
			return false;
	} else if (unit != (figure.kind == RATE ? "GB/s" : "")) {
		return false;
	}
	if (figure.kind == POWER && std::exp2(std::round(std::log2(to))) != to)
		return false;
	return to >= figure.low && to <= figure.high &&
	       (figure.kind != COUNT || to == std::floor(to));
}

void set(Figures &figures, const std::string &item)
{
	size_t equals = item.find('=');
	std::string key = item.substr(0, equals), value;

	if (equals != std::string::npos)
		value = item.substr(equals + 1);
	for (const Figure &figure : all()) {
		double to = 0;

		if (key != figure.key)
			continue;
		if (!number(figure, value, to))
			throw std::invalid_argument(key + "='" + value + "': want " +
						    range(figure));
		figure.set(figures, to);
		return;
	}

	std::string keys;

	for (const Figure &figure : all())
		keys += std::string(keys.empty() ? "" : ", ") + figure.key;
	throw std::invalid_argument("no figure '" + key + "'; there are " + keys);
}

} // namespace

void set_figures(Figures &figures, const std::string &list)
{
	std::istringstream items(list);
	std::string item;

	do {
		std::getline(items, item, ',');
		set(figures, item);
	} while (!items.eof());

	const pcie::Options &host = figures.host;

	if (host.posted_data && host.posted_data < host.max_payload / 16)
		throw std::invalid_argument(
		    "posted-data-credits=" + std::to_string(host.posted_data) + ": a packet of " +
		    std::to_string(host.max_payload) + " bytes needs " +
		    std::to_string(host.max_payload / 16));
	if (figures.firmware.tier && !figures.flash.blocks)
		throw std::invalid_argument(
		    "flash-tier=yes: there is no flash; say flash-blocks=64, too");
}

std::string tell_figures()
{
	std::ostringstream out;
	Figures defaults;

	for (const Figure &figure : all()) {
		std::string item =
		    std::string(figure.key) + "=" + text(figure.kind, figure.get(defaults));

		out << item << std::string(item.size() < 30 ? 30 - item.size() : 1, ' ')
		    << figure.what << " (" << range(figure) << ")\n";
	}
	return out.str();
}

} // namespace rtl_card
