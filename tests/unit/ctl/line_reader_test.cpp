#include "line_reader.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>

using yuqing::line_bytes_max;
using yuqing::LineReader;

namespace {

using Lines = std::vector<std::pair<std::uint64_t, std::string>>;

class TextFile {
public:
    explicit TextFile(const std::string& text)
        : path_((std::filesystem::temp_directory_path() / "yuqing-lines-XXXXXX").string()) {
        ::close(::mkstemp(path_.data()));
        std::ofstream(path_, std::ios::binary) << text;
    }
    ~TextFile() { std::filesystem::remove(path_); }
    TextFile(const TextFile&) = delete;
    TextFile& operator=(const TextFile&) = delete;
    [[nodiscard]] const std::string& path() const { return path_; }

private:
    std::string path_;
};

Lines lines_of(const std::string& text) {
    const TextFile file(text);
    LineReader reader(file.path());
    Lines lines;
    while (!reader.at_end()) {
        reader.read();
        while (const auto line = reader.next()) {
            CHECK(line->file == file.path());
            lines.emplace_back(line->number, line->bytes);
        }
    }
    return lines;
}

}  // namespace

TEST_CASE("Lines: are numbered as an editor does, blank ones passed over") {
    CHECK(lines_of("a\n\n  \t\r\nb\nc") == Lines{{1, "a"}, {4, "b"}, {5, "c"}});
    CHECK(lines_of("").empty());
    CHECK(lines_of("\n").empty());
    CHECK(lines_of("a\n") == Lines{{1, "a"}});
    CHECK(lines_of(std::string("\0\n", 2)) == Lines{{1, std::string("\0", 1)}});
}

TEST_CASE("Lines: a byte order mark before the first is no part of it") {
    const std::string mark = "\xef\xbb\xbf";
    CHECK(lines_of(mark + "a\n" + mark + "b\n") == Lines{{1, "a"}, {2, mark + "b"}});
    CHECK(lines_of(mark + "\n").empty());
}

TEST_CASE("Lines: one of the greatest length is whole, a longer one is given once, cut") {
    const std::string whole(line_bytes_max, 'x');
    CHECK(lines_of(whole + "\nnext\n") == Lines{{1, whole}, {2, "next"}});
    for (const std::size_t more : {1UL, 2UL, 100'000UL, 3 * line_bytes_max}) {
        CAPTURE(more);
        const auto lines = lines_of(whole + std::string(more, 'x') + "\nnext\n");
        REQUIRE(lines.size() == 2);
        CHECK(lines[0].first == 1);
        CHECK(lines[0].second.size() == line_bytes_max + 1);
        CHECK(lines[1] == std::pair<std::uint64_t, std::string>{2, "next"});
    }
}

TEST_CASE("Lines: many more than fit into one read come whole") {
    std::string text;
    Lines wanted;
    for (std::uint64_t i = 1; i <= 20'000; ++i) {
        wanted.emplace_back(i, "line " + std::to_string(i * i));
        text += wanted.back().second + "\n";
    }
    CHECK(lines_of(text) == wanted);
}

TEST_CASE("Lines: a file that is not there is told by name") {
    CHECK_THROWS_WITH(LineReader("/nowhere/at/all"), Catch::Matchers::Contains("/nowhere/at/all"));
}
