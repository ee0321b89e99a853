// SPDX-License-Identifier: Apache-2.0
/* Text and back. */
#include "twins_stream.hpp"

#include <sstream>
#include <stdexcept>

namespace card_stream
{

namespace
{

const char *const kinds[KINDS] = {"io",       "admin", "create", "destroy", "set",
				  "doorbell", "wait",  "rest",   "reset",   "check"};

struct Field {
	const char *name;
	uint64_t Step::*member;
};

#define FIELD(name) {#name, &Step::name}
const Field fields[] = {
    FIELD(queue), FIELD(opcode),   FIELD(flags), FIELD(pool),   FIELD(pool_xor), FIELD(object),
    FIELD(index), FIELD(object2),  FIELD(list),  FIELD(entry),  FIELD(bad),      FIELD(offset),
    FIELD(high),  FIELD(data),     FIELD(crc),   FIELD(push),   FIELD(abort),    FIELD(id),
    FIELD(rsvd),  FIELD(function), FIELD(p0),    FIELD(p1),     FIELD(p2),       FIELD(p3),
    FIELD(order), FIELD(length),   FIELD(type),  FIELD(domain), FIELD(reserve),  FIELD(limit),
};
#undef FIELD

void parse_step(const std::string &line, Step &step)
{
	std::istringstream in(line);
	std::string word;

	in >> word;
	step.kind = 0;
	while (step.kind < KINDS && word != kinds[step.kind])
		step.kind++;
	if (step.kind == KINDS)
		throw std::runtime_error("no such step: " + line);
	while (in >> word) {
		size_t equals = word.find('=');
		bool found = false;

		for (const Field &field : fields) {
			if (equals != word.npos && word.compare(0, equals, field.name) == 0) {
				step.*field.member = std::stoull(word.substr(equals + 1));
				found = true;
			}
		}
		if (!found)
			throw std::runtime_error("no such field: " + word);
	}
}

} /* namespace */

std::string to_text(const Stream &stream)
{
	std::ostringstream out;

	out << "stream " << stream.seed << " " << stream.dram << " " << stream.window << " "
	    << stream.manner << " " << stream.flash << "\n";
	for (const Step &step : stream.steps) {
		out << kinds[step.kind];
		for (const Field &field : fields) {
			if (step.*field.member)
				out << " " << field.name << "=" << step.*field.member;
		}
		out << "\n";
	}
	return out.str();
}

Stream from_text(const std::string &text)
{
	std::istringstream in(text);
	std::string line, word;
	Stream stream;

	while (std::getline(in, line)) {
		if (line.empty() || line[0] == '#')
			continue;
		if (line.compare(0, 7, "stream ") == 0) {
			std::istringstream header(line);

			header >> word >> stream.seed >> stream.dram >> stream.window >>
			    stream.manner >> stream.flash;
			continue;
		}
		stream.steps.emplace_back();
		parse_step(line, stream.steps.back());
	}
	return stream;
}

} // namespace card_stream
