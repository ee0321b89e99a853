// SPDX-License-Identifier: Apache-2.0
//
// usage: seeds FOLDER: writes inputs for the decompressor's fuzzer: the shortest streams
// that liblz4 makes of real pages, which are quick to run, and streams of random
// sequences, raw pages and patterns.

#include "lz4_writer.hpp"

namespace
{

void write(const std::filesystem::path &folder, const std::string &name, uint8_t kind,
	   const Bytes &data)
{
	std::ofstream out(folder / name, std::ios::binary);

	out.put(char(kind));
	out.write(reinterpret_cast<const char *>(data.data()), std::streamsize(data.size()));
}

} // namespace

int main(int argc, char **argv)
{
	if (argc != 2)
		return 2;
	std::filesystem::path folder = argv[1];
	rtl::Random random(1);

	std::filesystem::create_directories(folder);
	for (const PageFile &file : tap_page_files()) {
		std::vector<Bytes> blocks;

		for (const Bytes &page : file.pages) {
			Bytes block(LZ4_COMPRESSBOUND(page_bytes));
			int size = LZ4_compress_default(reinterpret_cast<const char *>(page.data()),
							reinterpret_cast<char *>(block.data()),
							int(page_bytes), int(block.size()));

			block.resize(size_t(size));
			blocks.push_back(block);
		}
		std::sort(blocks.begin(), blocks.end(),
			  [](const Bytes &a, const Bytes &b) { return a.size() < b.size(); });
		for (size_t n = 0; n < blocks.size(); n += 1 + blocks.size() / 12)
			write(folder, file.name + "-" + std::to_string(n), KIND_LZ4, blocks[n]);
	}
	for (int n = 0; n < 12; n++)
		write(folder, "random-" + std::to_string(n), KIND_LZ4,
		      random_block(random).finish().data);
	write(folder, "raw", KIND_RAW, Bytes(32, 'r'));
	write(folder, "same", KIND_SAME, Bytes(8, 's'));
	return 0;
}
