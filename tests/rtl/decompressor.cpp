#include "unpacker.hpp"
int main(int argc, char **argv)
{
	Tap tap(argc, argv);
	auto files = tap_page_files();
	tap.run("speed", [&] {
		for (auto &f : files) {
			Unpacker u(tap.seed());
			std::vector<uint64_t> c;
			for (auto &p : f.pages) {
				Bytes b(8192);
				int n = LZ4_compress_default((char *)p.data(), (char *)b.data(), 4096, 8192);
				b.resize(n);
				if (n > 4032) continue;
				c.push_back(u.time(packed(KIND_LZ4, b, crc32c(p.data(), 4096))));
			}
			std::sort(c.begin(), c.end());
			printf("# %s: %zu pages min %lu median %lu p99 %lu max %lu\n", f.name.c_str(), c.size(), c[0], c[c.size() / 2], c[c.size() * 99 / 100], c.back());
		}
	});
	return tap.done();
}
