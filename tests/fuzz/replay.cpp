// Runs a fuzz target over the files of the given folders, for compilers without libFuzzer: what was
// found once is tested for ever.
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

void replay(const std::string& bytes) {
    LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
}

/// The input itself, and cut and damaged in many places.
void replay_variants(const std::string& bytes) {
    constexpr std::size_t places = 100;
    replay(bytes);
    for (std::size_t at = 0; at < bytes.size(); at += 1 + bytes.size() / places) {
        replay(bytes.substr(0, at));
        for (const char byte : {'\0', '"', '9', '[', '\xFF'}) {
            std::string damaged = bytes;
            damaged[at] = byte;
            replay(damaged);
        }
    }
}

}  // namespace

int main(int argc, char** argv) {
    int inputs = 0;
    for (int i = 1; i < argc; ++i) {
        for (const auto& entry : std::filesystem::directory_iterator(argv[i])) {
            if (!entry.is_regular_file() || entry.path().extension() == ".md") continue;
            std::ifstream file(entry.path(), std::ios::binary);
            std::fprintf(stderr, "%s\n", entry.path().c_str());
            replay_variants({std::istreambuf_iterator<char>(file), {}});
            ++inputs;
        }
    }
    std::printf("%d inputs replayed\n", inputs);
    return inputs > 0 ? 0 : 1;
}
