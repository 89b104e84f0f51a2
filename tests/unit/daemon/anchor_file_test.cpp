#include "anchor_file.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <fstream>
#include <sstream>

using namespace yuqing;
using alert::CaseId;
using namespace std::chrono_literals;

namespace {

const alert::TimePoint night(1'795'190'400'000ms);

std::string seal(int number) { return std::to_string(number) + "." + std::string(24, 'A'); }

/// A folder of the test's own, and one daemon's view of the file in it.
struct Place {
    Place() {
        std::string pattern = (std::filesystem::temp_directory_path() / "yuqing-anchors-XXXXXX").string();
        REQUIRE(mkdtemp(pattern.data()) != nullptr);
        folder = pattern;
        path = folder / "anchors.jsonl";
    }
    ~Place() {
        std::error_code ignored;
        std::filesystem::remove_all(folder, ignored);
    }
    [[nodiscard]] AnchorFile file(const std::string& key = "the key of the record") const {
        return {path.string(), alert::ChainKey(key), "qingshan", alert::Zone::utc()};
    }
    [[nodiscard]] std::string text() const {
        std::ostringstream all;
        all << std::ifstream(path, std::ios::binary).rdbuf();
        return all.str();
    }
    void write(const std::string& text) const { std::ofstream(path, std::ios::binary) << text; }

    std::filesystem::path folder, path;
};

}  // namespace

TEST_CASE("Anchors: what was appended is read, the farthest head of each case") {
    const Place at;
    auto file = at.file();
    CHECK(file.read().value()->heads.empty());  // no file yet
    REQUIRE(file.append({{CaseId("QS-1"), seal(3)}, {CaseId("QS-2"), seal(1)}}, night).has_value());
    REQUIRE(file.append({{CaseId("QS-1"), seal(5)}}, night + 24h).has_value());
    REQUIRE(file.append({{CaseId("QS-1"), seal(4)}}, night + 25h).has_value());  // a slower daemon's
    const auto anchors = file.read().value();
    CHECK(anchors->findings.empty());
    CHECK(anchors->heads.at(CaseId("QS-1")) == seal(5));
    CHECK(anchors->heads.at(CaseId("QS-2")) == seal(1));
    CHECK(anchors->last_at == alert::format_rfc3339(night + 25h, alert::Zone::utc()));
}

TEST_CASE("Anchors: the last line is told from the end of the file, torn or not, and nothing is changed") {
    const Place at;
    auto file = at.file();
    CHECK_FALSE(file.last());
    CHECK_FALSE(AnchorFile("", alert::ChainKey(), "qingshan", alert::Zone::utc()).last());
    REQUIRE(file.append({{CaseId("QS-1"), seal(3)}}, night).has_value());
    REQUIRE(file.append({{CaseId("QS-1"), seal(5)}}, night + 24h).has_value());
    at.write(at.text() + "{\"torn");
    const auto text = at.text();
    const auto last = file.last();
    REQUIRE(last);
    CHECK(last->at == alert::format_rfc3339(night + 24h, alert::Zone::utc()));
    CHECK(last->seal.starts_with("2."));
    CHECK(text.find(last->seal) != std::string::npos);
    CHECK(at.text() == text);
    at.write("damaged\n");
    CHECK_FALSE(file.last());
}

TEST_CASE("Anchors: several daemons and restarts go on with one chain") {
    const Place at;
    for (int i = 1; i <= 6; ++i) REQUIRE(at.file().append({{CaseId("QS-1"), seal(i)}}, night).has_value());
    CHECK(at.file().read().value()->findings.empty());
    CHECK(at.text().find(R"("h":"6.)") != std::string::npos);
    CHECK_FALSE(at.file("another key altogether").read().value()->findings.empty());
}

TEST_CASE("Anchors: a line torn by a crash is no anchor, and makes room for the next one") {
    const Place at;
    REQUIRE(at.file().append({{CaseId("QS-1"), seal(1)}}, night).has_value());
    const auto whole = at.text();
    for (const std::string& torn : {whole + R"({"v":1,"at":"20)", std::string(R"({"v":1,)")}) {
        at.write(torn);
        CHECK(at.file().read().value()->findings.empty());
        REQUIRE(at.file().append({{CaseId("QS-1"), seal(2)}}, night).has_value());
        CHECK(at.file().read().value()->findings.empty());
        CHECK(at.file().read().value()->heads.at(CaseId("QS-1")) == seal(2));
    }
}

TEST_CASE("Anchors: every byte of the file that changes is found") {
    const Place at;
    for (int i = 1; i <= 3; ++i) REQUIRE(at.file().append({{CaseId("QS-1"), seal(i)}}, night).has_value());
    const auto whole = at.text();
    for (std::size_t i = 0; i + 1 < whole.size(); ++i) {  // without its last line end a line is torn
        auto spoilt = whole;
        spoilt[i] = static_cast<char>(spoilt[i] ^ 1);
        at.write(spoilt);
        INFO("byte " << i);
        REQUIRE_FALSE(at.file().read().value()->findings.empty());
    }
    const auto second = whole.find('\n') + 1, third = whole.find('\n', second) + 1;
    at.write(whole.substr(0, second) + whole.substr(third));
    CHECK_FALSE(at.file().read().value()->findings.empty());
}

TEST_CASE("Anchors: a file that changed is read again, one with a strange end is not written to") {
    const Place at;
    auto file = at.file();
    REQUIRE(file.append({{CaseId("QS-1"), seal(1)}}, night).has_value());
    CHECK(file.read().value()->heads.size() == 1);
    REQUIRE(file.append({{CaseId("QS-2"), seal(1)}}, night).has_value());
    CHECK(file.read().value()->heads.size() == 2);
    at.write(at.text() + "something else\n");
    CHECK(file.append({{CaseId("QS-3"), seal(1)}}, night).error().code == "damaged");
    at.write("");
    CHECK(file.append({{CaseId("QS-3"), seal(1)}}, night).has_value());
}

TEST_CASE("Anchors: a place that cannot be written is told") {
    const Place at;
    AnchorFile nowhere((at.folder / "no" / "file").string(), alert::ChainKey(), "q", alert::Zone::utc());
    CHECK(nowhere.append({{CaseId("QS-1"), seal(1)}}, night).error().code == "unwritable");
    CHECK(nowhere.read().value()->heads.empty());
    AnchorFile folder(at.folder.string(), alert::ChainKey(), "q", alert::Zone::utc());
    CHECK(folder.read().has_error());
}
