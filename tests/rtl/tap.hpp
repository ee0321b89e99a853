/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TAP output of the C++ tests: cases by name, a case fails by an exception. The run's
 * seed comes from PAMCARD_SEED and is printed; PAMCARD_LONG=1 asks for a long run.
 */
#ifndef TAP_HPP
#define TAP_HPP

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

class Tap
{
	uint64_t seed_ = 1;
	unsigned int failed_ = 0;
	std::vector<std::string> only_;

      public:
	/* Arguments name the cases to run, all without. */
	Tap(int argc, char **argv)
	{
		if (const char *seed = std::getenv("PAMCARD_SEED"))
			seed_ = std::strtoull(seed, nullptr, 0);
		only_.assign(argv + 1, argv + argc);
		std::printf("# PAMCARD_SEED=%llu\n", static_cast<unsigned long long>(seed_));
	}

	uint64_t seed() const
	{
		return seed_;
	}

	static bool wants_long()
	{
		const char *value = std::getenv("PAMCARD_LONG");

		return value && *value == '1';
	}

	template <class Function> void run(const std::string &name, Function function)
	{
		if (!only_.empty() && std::find(only_.begin(), only_.end(), name) == only_.end())
			return;
		try {
			function();
			std::printf("ok %s\n", name.c_str());
		} catch (const std::exception &error) {
			std::printf("# %s\nnot ok %s\n", error.what(), name.c_str());
			failed_++;
		}
		std::fflush(stdout);
	}

	int done() const
	{
		return failed_ != 0;
	}
};

/* Fails the case. */
inline void tap_check(bool condition, const std::string &what)
{
	if (!condition)
		throw std::runtime_error(what);
}

using Bytes = std::vector<uint8_t>;

/* A file of sampled memory pages. */
struct PageFile {
	std::string name;
	std::vector<Bytes> pages;
};

/* All of them; tests run at the top of the tree. */
inline std::vector<PageFile> tap_page_files()
{
	std::vector<PageFile> files;

	for (const auto &entry : std::filesystem::directory_iterator("tests/data")) {
		if (entry.path().extension() != ".pages")
			continue;
		std::ifstream in(entry.path(), std::ios::binary);
		PageFile file{entry.path().stem().string(), {}};
		Bytes page(4096);

		while (in.read(reinterpret_cast<char *>(page.data()), 4096))
			file.pages.push_back(page);
		files.push_back(std::move(file));
	}
	std::sort(files.begin(), files.end(),
		  [](const PageFile &a, const PageFile &b) { return a.name < b.name; });
	if (files.empty())
		throw std::runtime_error("no tests/data/*.pages: run at the top of the tree");
	return files;
}

#endif /* TAP_HPP */
