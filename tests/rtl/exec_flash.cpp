// SPDX-License-Identifier: Apache-2.0
/* Gets, queries, puts and flushes of pages that are in flash, or on their way there. */
#include "exec_flash_bench.hpp"

using namespace exec_flash;

namespace
{

constexpr uint64_t buffers = 1 << 20;

pamc_sqe command(unsigned int opcode, unsigned int pool, uint64_t index)
{
	pamc_sqe sqe{};

	sqe.opcode = uint8_t(opcode);
	sqe.pool = 1 << 8 | pool;
	sqe.index = index;
	sqe.addr = buffers + index * 65536;
	sqe.cid = uint16_t(index);
	return sqe;
}

/* Contents of a pool: half are pages of programs, others repeat, or do not compress. */
void fill(Bench &bench, unsigned int pool, uint64_t first, unsigned int pages)
{
	static const std::vector<Bytes> samples = tap_page_files().front().pages;

	for (uint64_t index = first; index < first + pages; index++) {
		std::vector<uint8_t> page(4096u << bench.order(pool));
		vault_handle handle{};
		vault_page told;

		for (size_t at = 0; at < page.size(); at += 4096) {
			unsigned int kind = unsigned(bench.random().below(8));

			for (size_t n = 0; n < 4096; n++)
				page[at + n] =
				    kind == 0 ? uint8_t(index)
				    : kind == 1
					? uint8_t(bench.random()())
					: samples[(index * 7 + at / 4096) % samples.size()][n];
		}
		bench.content[index] = page;
		for (size_t at = 0; at < page.size(); at += 4096)
			std::memcpy(&bench.host[(buffers + index * 65536 + at) / 4096], &page[at],
				    4096);
		handle.index = index;
		tap_check(vault_put(bench.vault, bench.contents(pool), &handle, page.data(),
				    crc32c(page.data(), page.size()), &told) == PAMC_STATUS_SUCCESS,
			  "test: a put of the model");
	}
}

void expect(unsigned int got, unsigned int want, const char *what)
{
	tap_check(got == want, std::string(what) + ": status " + std::to_string(got));
}

void compare(Bench &bench, uint64_t index)
{
	const std::vector<uint8_t> &page = bench.content.at(index);

	for (size_t at = 0; at < page.size(); at += 4096)
		tap_check(!std::memcmp(bench.host[(buffers + index * 65536 + at) / 4096].data(),
				       &page[at], 4096),
			  "page " + std::to_string(index) + " is another one");
}

void clear(Bench &bench, uint64_t index)
{
	for (size_t at = 0; at < bench.content.at(index).size(); at += 4096)
		bench.host[(buffers + index * 65536 + at) / 4096].fill(0xee);
}

/* What the model tells of a page. */
void same_page(Bench &bench, unsigned int pool, const Completion &completion)
{
	vault_handle handle{};
	vault_page page{};

	handle.index = completion.cid;
	tap_check(vault_query(bench.vault, bench.contents(pool), &handle, &page) ==
		      PAMC_STATUS_SUCCESS,
		  "test: the model does not know it");
	tap_check(completion.result == page.crc, "another CRC is told");
	tap_check(completion.info == (page.stored_bytes | uint32_t(page.tier) << 24),
		  "info " + std::to_string(completion.info) + " of a page in tier " +
		      std::to_string(page.tier));
}

/* Each page in flash: queried, got; then one whose place moves meanwhile, one that is lost. */
void stubs(uint64_t seed, unsigned int order)
{
	Bench bench(seed, 4 << 20);
	constexpr unsigned int pages = 24;
	Completion done;

	bench.pool(1, false, order);
	fill(bench, 1, 0, pages);
	/* The widest index, too. */
	for (uint64_t index = 0; index < pages; index++) {
		bool moved = bench.move(1, index);

		done = bench.execute(command(PAMC_OP_QUERY, 1, index));
		expect(done.status, PAMC_STATUS_SUCCESS, "query");
		same_page(bench, 1, done);
		tap_check((done.info >> 24 == PAMC_TIER_FLASH) == moved, "it is in another tier");
		clear(bench, index);

		uint64_t before = bench.asks[READ];

		done = bench.execute(command(PAMC_OP_GET, 1, index));
		expect(done.status, PAMC_STATUS_SUCCESS, "get");
		same_page(bench, 1, done);
		compare(bench, index);
		tap_check(bench.asks[READ] - before == moved,
			  "flash was asked for no page, or too often");
	}
	tap_check(bench.asks[READ] > pages / 2, "test: few were in flash");

	/* It moves, and moves again, but at last stays. */
	unsigned int times = 0;

	bench.on_ask = [&](const Question &question) {
		if (question.kind != READ || times == 3)
			return -1;
		times++;
		bench.move(1, question.handle.index);
		return int(AGAIN);
	};
	for (uint64_t index = 0; index < pages; index++) {
		times = 0;
		clear(bench, index);
		expect(bench.execute(command(PAMC_OP_GET, 1, index)).status, PAMC_STATUS_SUCCESS,
		       "get of one that moves");
		compare(bench, index);
	}
	/* It never stays. */
	uint64_t index = 0;
	uint64_t before;

	while (!bench.move(1, index))
		index++;
	before = bench.asks[READ];
	bench.on_ask = [&](const Question &) { return int(AGAIN); };
	expect(bench.execute(command(PAMC_OP_GET, 1, index)).status, PAMC_STATUS_UNCORRECTABLE,
	       "get of one that never stays");
	tap_check(bench.asks[READ] - before == 16,
		  "asked " + std::to_string(bench.asks[READ] - before) + " times");
	bench.on_ask = [&](const Question &) { return int(FAILED); };
	expect(bench.execute(command(PAMC_OP_GET, 1, index)).status, PAMC_STATUS_UNCORRECTABLE,
	       "get of one that cannot be read");
	bench.on_ask = nullptr;
	expect(bench.execute(command(PAMC_OP_GET, 1, index)).status, PAMC_STATUS_SUCCESS,
	       "get after that");

	/* What comes is not what was put. */
	for (auto &record : bench.flash)
		record.second[record.second.size() / 2] ^= 0x10;
	clear(bench, index);
	expect(bench.execute(command(PAMC_OP_GET, 1, index)).status, PAMC_STATUS_UNCORRECTABLE,
	       "get of a damaged one");
	tap_check(bench.host[(buffers + index * 65536) / 4096][5] == 0xee,
		  "a damaged page was sent");
	for (auto &record : bench.flash) {
		record.second[record.second.size() / 2] ^= 0x10;
		record.second[0] ^= 1;
	}
	expect(bench.execute(command(PAMC_OP_GET, 1, index)).status, PAMC_STATUS_UNCORRECTABLE,
	       "get with another CRC");

	/* Blocks of flash are lost. */
	before = bench.asks[READ];
	while (!vault_tier_lose(bench.vault, 1ull << 40, 1u << 30)) {
	}
	expect(bench.execute(command(PAMC_OP_GET, 1, index)).status, PAMC_STATUS_UNCORRECTABLE,
	       "get of a lost one");
	done = bench.execute(command(PAMC_OP_QUERY, 1, index));
	expect(done.status, PAMC_STATUS_SUCCESS, "query of a lost one");
	tap_check(bench.asks[READ] == before, "flash was asked for a lost page");
}

/* After power was away: CRC and shape are in flash. */
void unknown(uint64_t seed)
{
	Bench bench(seed, 4 << 20);
	Completion done;

	bench.pool(1, true, 1);
	fill(bench, 1, 0, 8);
	for (uint64_t index = 0; index < 8; index++) {
		vault_handle handle{};
		vault_tier_record record{};
		uint64_t before;
		uint32_t bytes;

		handle.index = index;
		tap_check(bench.move(1, index), "test: it did not move");
		vault_tier_find(bench.vault, bench.contents(1), &handle, &record, nullptr);
		/* A newer version, as if it had been found. */
		bench.flash[record.place + (1ull << 41)] = bench.flash.at(record.place);
		record.version++;
		record.place += 1ull << 41;
		tap_check(vault_tier_recover(bench.vault, &record, &before, &bytes),
			  "test: not recovered");
		clear(bench, index);
		done = bench.execute(command(PAMC_OP_QUERY, 1, index));
		expect(done.status, PAMC_STATUS_SUCCESS, "query");
		tap_check(done.info >> 24 == PAMC_TIER_FLASH &&
			      done.result == crc32c(bench.content.at(index).data(),
						    bench.content.at(index).size()),
			  "something else is told");
		tap_check(bench.host[(buffers + index * 65536) / 4096][5] == 0xee,
			  "a query sends a page");
		done = bench.execute(command(PAMC_OP_GET, 1, index));
		expect(done.status, PAMC_STATUS_SUCCESS, "get");
		compare(bench, index);
	}
	tap_check(bench.asks[READ] == 16, "test: not read from flash");
}

/* Many gets at a time, while records leave, or are on the way. Pages in memory do not wait. */
void leaving(uint64_t seed, unsigned int order)
{
	Bench bench(seed, 4 << 20);
	constexpr unsigned int pages = 48;
	unsigned int rounds = 0, moves = 0;
	rtl::Random random(seed);

	bench.pool(1, false, order);
	fill(bench, 1, 0, pages);
	while (rounds < 800) {
		std::vector<bool> inside(pages);
		std::vector<uint64_t> got;
		unsigned int waiting = 0;

		for (unsigned int n = 0; n < 24; n++) {
			uint64_t index = random.below(pages);
			bool query = random.one_in(6);

			if (inside[index])
				continue;
			inside[index] = true;
			if (!query) {
				clear(bench, index);
				got.push_back(index);
			}
			bench.submit(command(query ? PAMC_OP_QUERY : PAMC_OP_GET, 1, index));
			waiting++;
		}
		for (uint64_t end = bench.now() + 1'000'000; waiting;) {
			Completion done;

			tap_check(bench.now() < end, "commands hang");
			if (random.one_in(150))
				moves += bench.move(1, random.below(pages));
			bench.cycle();
			if (!bench.completed(done))
				continue;
			expect(done.status, PAMC_STATUS_SUCCESS, "get or query");
			waiting--;
			rounds++;
		}
		bench.settle();
		for (uint64_t index : got)
			compare(bench, index);
		/* Back to memory. */
		if (random.one_in(3))
			fill(bench, 1, 0, pages);
	}
	std::printf("# %u records left, %llu times one was read from flash\n", moves,
		    (unsigned long long)bench.asks[READ]);
	tap_check(moves > 50 && bench.asks[READ] > 100, "test: too little happens");
}

/* A page in memory while others wait for flash: it comes first. */
void passes(uint64_t seed)
{
	Bench bench(seed, 4 << 20);
	std::vector<unsigned int> order;

	bench.flash_latency = 20000;
	bench.pool(1, false, 0);
	fill(bench, 1, 0, 64);
	for (uint64_t index = 0; index < 16; index++)
		bench.move(1, index);
	for (uint64_t index = 0; index < 32; index++)
		bench.submit(command(PAMC_OP_GET, 1, index));
	while (order.size() < 32) {
		Completion done;

		bench.cycle();
		if (bench.completed(done)) {
			expect(done.status, PAMC_STATUS_SUCCESS, "get");
			order.push_back(done.cid);
		}
	}
	for (unsigned int n = 0; n < 14; n++)
		tap_check(order[n] >= 16 || bench.flash.empty() || bench.asks[READ] < 16,
			  "a page in memory waits for flash");
}

/* The next put has a stream of its own. */
void stored(Bench &bench, unsigned int pool, uint64_t index)
{
	Completion done = bench.execute(command(PAMC_OP_PUT, pool, index));

	expect(done.status, PAMC_STATUS_SUCCESS, "put");
	same_page(bench, pool, done);
}

bool there(Bench &bench, unsigned int pool, uint64_t index)
{
	vault_handle handle{};
	vault_page page;

	handle.index = index;
	return vault_query(bench.vault, bench.contents(pool), &handle, &page) ==
	       PAMC_STATUS_SUCCESS;
}

/* Puts that find no memory, and then do, or do not. */
void room(uint64_t seed)
{
	Bench bench(seed, 4 << 20);

	bench.pool(1, false, 1);
	bench.pool(2, true, 0);
	fill(bench, 1, 0, 8);
	fill(bench, 2, 8, 8);
	bench.refuse_puts = 3;
	stored(bench, 1, 0);
	tap_check(bench.asks[ROOM] == 3, "memory was not asked for");
	stored(bench, 1, 1);
	tap_check(bench.asks[DURABLE_ROOM] == 0, "it is not durable");

	bench.on_ask = [&](const Question &question) {
		return question.kind == ROOM ? int(NO) : -1;
	};
	bench.refuse_puts = 1;
	expect(bench.execute(command(PAMC_OP_PUT, 1, 2)).status, PAMC_STATUS_NO_SPACE,
	       "put without memory");
	tap_check(!there(bench, 1, 2) && bench.refused == 1, "it is there, or not counted once");
	stored(bench, 1, 3);
	tap_check(bench.asks[FLUSH_PAGE] == 0, "it is not durable");

	/* What was flushed with its object has memory that is found now. */
	expect(bench.execute(command(PAMC_OP_FLUSH_OBJECT, 1, 0)).status, PAMC_STATUS_SUCCESS,
	       "flush of an object");
	tap_check(bench.asks[FLUSH_OBJECT] == 0, "it is not durable");
	bench.refuse_puts = 1;
	stored(bench, 1, 4);
	tap_check(bench.sweeps > 0, "what is dead was not swept");

	/* Durable ones ask first, and tell flash of those that fail. */
	bench.on_ask = nullptr;
	stored(bench, 2, 8);
	tap_check(bench.asks[DURABLE_ROOM] == 1, "flash was not asked");
	for (Reply reply : {NO, FAILED}) {
		uint64_t before = bench.asks[FLUSH_PAGE];

		bench.on_ask = [&](const Question &question) {
			tap_check(question.kind != DURABLE_ROOM || question.bytes == 65576,
				  "so many bytes");
			return question.kind == DURABLE_ROOM ? int(reply) : -1;
		};
		expect(bench.execute(command(PAMC_OP_PUT, 2, 9)).status, PAMC_STATUS_NO_SPACE,
		       "put without flash");
		tap_check(!there(bench, 2, 9) && bench.asks[FLUSH_PAGE] == before + 1,
			  "flash has it still");
	}
	bench.on_ask = nullptr;
	stored(bench, 2, 9);

	/* One that fails before. */
	pamc_sqe wrong = command(PAMC_OP_PUT, 2, 10);
	uint64_t before = bench.asks[FLUSH_PAGE];

	wrong.flags = PAMC_SQE_CRC;
	expect(bench.execute(wrong).status, PAMC_STATUS_CRC_MISMATCH, "put with another CRC");
	tap_check(!there(bench, 2, 10) && bench.asks[FLUSH_PAGE] == before + 1,
		  "flash has it still");
	wrong = command(PAMC_OP_PUT, 2, 11);
	wrong.addr += 8;
	expect(bench.execute(wrong).status, PAMC_STATUS_BAD_FIELD, "put from nowhere");
	tap_check(!there(bench, 2, 11) && bench.asks[FLUSH_PAGE] == before + 2,
		  "flash has it still");
	stored(bench, 2, 10);
}

/* Flash forgets what is durable before the index does; or the index keeps it. */
void flushes(uint64_t seed)
{
	Bench bench(seed, 4 << 20);
	Completion done;
	bool asked = false;

	bench.pool(1, false, 0);
	bench.pool(2, true, 0);
	bench.pool(3, true, 0, true);
	fill(bench, 1, 0, 4);
	fill(bench, 2, 8, 8);
	fill(bench, 3, 16, 4);
	expect(bench.execute(command(PAMC_OP_FLUSH_PAGE, 1, 0)).status, PAMC_STATUS_SUCCESS,
	       "flush");
	expect(bench.execute(command(PAMC_OP_SYNC, 1, 0)).status, PAMC_STATUS_SUCCESS, "sync");
	tap_check(!there(bench, 1, 0) && bench.asks[FLUSH_PAGE] == 0 && bench.asks[SYNC] == 0,
		  "it is not durable");

	unsigned int pool = 2;
	uint64_t index = 8;

	bench.on_ask = [&](const Question &question) {
		asked = true;
		tap_check(question.contents == bench.contents(pool), "other contents");
		tap_check(question.kind == SYNC ||
			      (question.handle.index == index && there(bench, pool, index)),
			  "it is asked too late, or of another page");
		return -1;
	};
	done = bench.execute(command(PAMC_OP_FLUSH_PAGE, 2, 8));
	expect(done.status, PAMC_STATUS_SUCCESS, "flush");
	tap_check(done.info == 1 && asked && !there(bench, 2, 8), "it was not flushed");
	asked = false;
	done = bench.execute(command(PAMC_OP_FLUSH_PAGE, 2, 8));
	expect(done.status, PAMC_STATUS_SUCCESS, "flush of nothing");
	tap_check(done.info == 0 && !asked, "flash was asked for nothing");
	expect(bench.execute(command(PAMC_OP_SYNC, 2, 8)).status, PAMC_STATUS_SUCCESS, "sync");
	tap_check(bench.asks[SYNC] == 1, "no sync");
	index = 9;
	bench.move(2, 9);
	pamc_sqe exclusive = command(PAMC_OP_GET, 2, 9);

	exclusive.flags = PAMC_SQE_EXCLUSIVE;
	clear(bench, 9);
	expect(bench.execute(exclusive).status, PAMC_STATUS_SUCCESS, "exclusive get");
	compare(bench, 9);
	tap_check(!there(bench, 2, 9) && bench.asks[FLUSH_PAGE] == 2 && bench.asks[READ] == 1,
		  "it is there still");
	pool = 3;
	index = 16;
	expect(bench.execute(command(PAMC_OP_GET, 3, 16)).status, PAMC_STATUS_SUCCESS,
	       "get of an exclusive pool");
	tap_check(!there(bench, 3, 16), "it is there still");

	/* Flash fails: nothing is forgotten. */
	bench.on_ask = [&](const Question &) { return int(FAILED); };
	expect(bench.execute(command(PAMC_OP_FLUSH_PAGE, 2, 10)).status, PAMC_STATUS_INTERNAL,
	       "flush");
	expect(bench.execute(command(PAMC_OP_GET, 3, 17)).status, PAMC_STATUS_INTERNAL,
	       "exclusive get");
	expect(bench.execute(command(PAMC_OP_FLUSH_OBJECT, 2, 10)).status, PAMC_STATUS_INTERNAL,
	       "flush of an object");
	expect(bench.execute(command(PAMC_OP_SYNC, 2, 10)).status, PAMC_STATUS_INTERNAL, "sync");
	tap_check(there(bench, 2, 10) && there(bench, 3, 17), "the index forgot what flash has");
	bench.on_ask = nullptr;
	done = bench.execute(command(PAMC_OP_FLUSH_OBJECT, 2, 10));
	expect(done.status, PAMC_STATUS_SUCCESS, "flush of an object");
	tap_check(done.info == 6 && bench.asks[FLUSH_OBJECT] == 2, "another number of pages");
}

/* Records are told while something else that was asked before is not. */
void beside(uint64_t seed)
{
	Bench bench(seed, 4 << 20);
	Completion done;

	bench.pool(1, false, 0);
	bench.pool(2, true, 0);
	fill(bench, 1, 0, 12);
	fill(bench, 2, 20, 4);
	bench.other_latency = 400'000;
	bench.submit(command(PAMC_OP_SYNC, 2, 20));
	for (uint64_t index = 0; index < 12; index++) {
		bool moved = bench.move(1, index);

		clear(bench, index);
		done = bench.execute(command(PAMC_OP_GET, 1, index));
		tap_check(done.cid == index, "it is not the get that is over");
		expect(done.status, PAMC_STATUS_SUCCESS, "get");
		tap_check((done.info >> 24 == PAMC_TIER_FLASH) == moved, "another tier");
		compare(bench, index);
	}
	tap_check(bench.asks[SYNC] == 0 && bench.asks[READ] > 6, "nothing was beside it");
	while (!bench.completed(done))
		bench.cycle();
	tap_check(done.cid == 20 && done.status == PAMC_STATUS_SUCCESS, "sync");
}

/* A SYNC that is not over holds up no flush or NOP, and no other pool's put; puts of its own pool
 * wait when they are told to. */
void sync_waits(uint64_t seed)
{
	Bench bench(seed, 4 << 20);
	Completion done;
	bool open = true, held = false;

	bench.pool(1, false, 0);
	bench.pool(2, true, 0);
	bench.pool(3, true, 0);
	fill(bench, 1, 0, 4);
	fill(bench, 2, 8, 4);
	fill(bench, 3, 16, 4);
	bench.on_ask = [&](const Question &question) {
		if (question.kind == SYNC || question.kind == SYNC_ON)
			return int(open ? AGAIN : DONE);
		held |= question.kind == DURABLE_ROOM && question.contents == bench.contents(2);
		return int(open && question.kind == DURABLE_ROOM &&
				   question.contents == bench.contents(2)
			       ? AGAIN
			       : DONE);
	};

	pamc_sqe nothing{};

	nothing.opcode = PAMC_OP_NOP;
	nothing.cid = 91;
	bench.submit(command(PAMC_OP_SYNC, 2, 90));
	for (unsigned int turn = 0; turn < 3; turn++) {
		for (const pamc_sqe &other : {nothing, command(PAMC_OP_FLUSH_PAGE, 1, turn),
					      command(PAMC_OP_FLUSH_PAGE, 2, 8 + turn),
					      command(PAMC_OP_PUT, 3, 16 + turn)}) {
			done = bench.execute(other);
			tap_check(done.cid == other.cid, "it waited for the SYNC");
			expect(done.status, PAMC_STATUS_SUCCESS, "beside a SYNC");
		}
	}
	tap_check(bench.asks[SYNC] == 1 && bench.asks[SYNC_ON] > 1, "it was not asked again");
	bench.submit(command(PAMC_OP_PUT, 2, 11));
	for (unsigned int n = 0; n < 20'000; n++) {
		bench.cycle();
		tap_check(!bench.completed(done), "the put or the SYNC is over");
	}
	tap_check(held, "the put did not come to ask");
	open = false;
	for (unsigned int n = 0; n < 2; n++) {
		while (!bench.completed(done))
			bench.cycle();
		tap_check(done.cid == 90 || done.cid == 11, "another command");
		expect(done.status, PAMC_STATUS_SUCCESS, "the SYNC or the put");
	}
	tap_check(bench.asks[SYNC] == 1, "a SYNC that went on began anew");
	stored(bench, 2, 11);
	bench.on_ask = [&](const Question &) { return int(FAILED); };
	expect(bench.execute(command(PAMC_OP_SYNC, 2, 93)).status, PAMC_STATUS_INTERNAL, "sync");
	tap_check(bench.asks[SYNC] == 2, "another SYNC goes on with the first");
}

} // namespace

int main(int argc, char **argv)
{
	Tap tap(argc, argv);

	for (unsigned int order : {0u, 1u, 4u})
		tap.run(("pages in flash, order " + std::to_string(order)).c_str(),
			[&] { stubs(tap.seed() + order, order); });
	tap.run("pages of which flash knows more", [&] { unknown(tap.seed() + 10); });
	for (unsigned int order : {0u, 2u})
		tap.run(("records that leave while they are read, order " + std::to_string(order))
			    .c_str(),
			[&] { leaving(tap.seed() + 20 + order, order); });
	tap.run("pages in memory pass those in flash", [&] { passes(tap.seed() + 30); });
	tap.run("puts that find no room", [&] { room(tap.seed() + 40); });
	tap.run("flushes of what is durable", [&] { flushes(tap.seed() + 50); });
	tap.run("gets beside a sync", [&] { beside(tap.seed()); });
	tap.run("all else beside a sync", [&] { sync_waits(tap.seed() + 60); });
	/* All of it once more, while a bit of nearly every command flips as it comes in. */
	tap.run("commands inside whose bits flip", [&] {
		Bench::flips_on = true;
		for (unsigned int order : {0u, 4u}) {
			stubs(tap.seed() + 70 + order, order);
			leaving(tap.seed() + 80 + order, order);
		}
		unknown(tap.seed() + 90);
		passes(tap.seed() + 91);
		room(tap.seed() + 92);
		flushes(tap.seed() + 93);
		beside(tap.seed() + 94);
		sync_waits(tap.seed() + 95);
		Bench::flips_on = false;
		std::printf("# %llu commands were put right\n",
			    (unsigned long long)Bench::flips_found);
		std::printf("# %llu times one of the three bits that say durable was wrong\n",
			    (unsigned long long)Bench::durable_found);
		tap_check(Bench::durable_found > 1, "none of these was met");
		tap_check(Bench::flips_found > 300 && Bench::flips_lost == 0,
			  "found and lost: " + std::to_string(Bench::flips_found) + ", " +
			      std::to_string(Bench::flips_lost));
	});
	return tap.done();
}
