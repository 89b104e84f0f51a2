#include "archive/files.hpp"

#include "alert/codec/archive_line.hpp"
#include "alert/codec/snapshot_json.hpp"

#include <catch2/catch.hpp>

#include <sys/stat.h>

#include <algorithm>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

using namespace yuqing;
using alert::ArchivePlace;
using alert::CaseId;
using alert::ShelfLine;

namespace {

const std::string october = "2025-10.jsonl", november = "2025-11.jsonl";

struct Folder {
    Folder() {
        std::string pattern = (std::filesystem::temp_directory_path() / "yuqing-archive-XXXXXX").string();
        REQUIRE(mkdtemp(pattern.data()) != nullptr);
        path = pattern;
    }
    ~Folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path, ignored);
    }
    [[nodiscard]] ArchiveFiles files() {
        const ArchiveFiles files((path / "qingshan").string(), [this] { ++torn; });
        REQUIRE(files.open(false).has_value());
        return files;
    }
    [[nodiscard]] std::filesystem::path file(const std::string& name = october) const {
        return path / "qingshan" / name;
    }
    [[nodiscard]] std::string text() const {
        std::ostringstream all;
        all << std::ifstream(file(), std::ios::binary).rdbuf();
        return all.str();
    }
    void write(const std::string& text) const { std::ofstream(file(), std::ios::binary) << text; }

    std::filesystem::path path;
    int torn = 0;
};

ShelfLine line_of(const std::string& id, std::uint64_t version = 1, const std::string& file = october,
                  const std::string& head = "") {
    alert::Snapshot snapshot;
    snapshot.id = CaseId(id);
    return {file, alert::encode_archive_line({.id = snapshot.id,
                                              .version = version,
                                              .head = head,
                                              .started = {},
                                              .ended = {},
                                              .policy = {},
                                              .snapshot = encode_snapshot(snapshot),
                                              .entries = {}})
                      .value()};
}

}  // namespace

TEST_CASE("Archive files: what was appended is read from its place") {
    Folder folder;
    const auto files = folder.files();
    const auto places = files.append({line_of("A"), line_of("B", 7, november), line_of("C")}).value();
    REQUIRE(places.size() == 3);
    CHECK(places[0] == ArchivePlace{october, 0, line_of("A").text.size()});
    CHECK(places[1].file == november);
    CHECK(places[2].offset == places[0].bytes);
    CHECK(files.read(CaseId("A"), 1, places[0]).value().id == CaseId("A"));
    CHECK(files.read(CaseId("B"), 7, places[1]).value().version == 7);
    CHECK(files.read(CaseId("C"), 1, places[2]).value().id == CaseId("C"));
    CHECK(folder.torn == 0);
}

TEST_CASE("Archive files: others on the machine may not read them") {
    Folder folder;
    const auto before = ::umask(0);
    REQUIRE(folder.files().append({line_of("A")}).has_value());
    ::umask(before);
    struct stat about {};
    REQUIRE(::stat(folder.file().c_str(), &about) == 0);
    CHECK((about.st_mode & 0777) == 0640);
}

TEST_CASE("Archive files: a torn last line is closed, counted and never read") {
    Folder folder;
    const auto files = folder.files();
    REQUIRE(files.append({line_of("A")}).has_value());
    const auto whole = folder.text();
    folder.write(whole + line_of("B").text.substr(0, 50));
    const auto places = files.append({line_of("C")}).value();
    CHECK(folder.torn == 1);
    CHECK(places[0].offset == whole.size() + 51);
    CHECK(files.read(CaseId("C"), 1, places[0]).value().id == CaseId("C"));
    CHECK(files.read(CaseId("B"), 1, {october, whole.size(), 50}).error().code == "archive_damaged");
}

TEST_CASE("Archive files: a line that moved is found, and of several the last") {
    Folder folder;
    const auto files = folder.files();
    const auto first = line_of("A", 2, october, "first"), last = line_of("A", 2, october, "last");
    const auto places = files.append({first, line_of("B"), last, line_of("A", 1)}).value();
    folder.write("a line that somebody put in front\n" + folder.text() + "torn");
    CHECK(files.read(CaseId("A"), 2, places[2]).value().head == "last");
    CHECK(files.read(CaseId("A"), 1, places[3]).value().version == 1);
    CHECK(files.read(CaseId("A"), 3, places[3]).error().code == "archive_damaged");
    CHECK(files.read(CaseId("A"), 2, {october, 1ULL << 62, 1ULL << 62}).value().head == "last");
}

TEST_CASE("Archive files: a changed line is refused, and the file is named") {
    Folder folder;
    const auto files = folder.files();
    const auto place = files.append({line_of("A")}).value()[0];
    auto text = folder.text();
    text[text.size() / 2] = static_cast<char>(text[text.size() / 2] ^ 1);
    folder.write(text);
    const auto read = files.read(CaseId("A"), 1, place);
    CHECK(read.error().code == "archive_damaged");
    CHECK(read.error().message.find(folder.file().string()) != std::string::npos);
    std::filesystem::remove(folder.file());
    CHECK(files.read(CaseId("A"), 1, place).error().code == "archive_unreadable");
}

TEST_CASE("Archive files: a file that opens and cannot be read is named, and ends nobody") {
    Folder folder;
    const auto files = folder.files();
    const auto places = files.append({line_of("A")}).value();
    std::filesystem::remove(folder.file());
    std::filesystem::create_directory(folder.file());  // reading it fails, as of a bad sector
    const auto found = files.read(CaseId("A"), 1, places[0]);
    REQUIRE(found.has_error());
    CHECK(found.error().code == "archive_unreadable");
    CHECK_THAT(found.error().message, Catch::Contains(folder.file().string()));
}

TEST_CASE("Archive files: where nothing can be written the error says where") {
    const ArchiveFiles nowhere("/proc/archive/qingshan");
    for (const auto& error : {nowhere.open(false).error(), nowhere.append({line_of("A")}).error()}) {
        CHECK(error.code == "unwritable");
        CHECK(error.message.find("/proc/archive/qingshan") != std::string::npos);
    }
    Folder folder;
    std::filesystem::create_directories(folder.file());  // a folder where the file should be
    CHECK(folder.files().append({line_of("A")}).error().code == "unwritable");
}

TEST_CASE("Archive files: once begun, a folder that is gone or holds none of them is not made anew") {
    Folder folder;
    const auto files = folder.files();
    CHECK(files.open(true).error().code == "archive_missing");
    REQUIRE(files.append({line_of("A")}).has_value());
    CHECK(files.open(true).has_value());
    std::filesystem::rename(folder.path / "qingshan", folder.path / "away");
    const auto gone = files.open(true).error();
    CHECK(gone.code == "archive_missing");
    CHECK(gone.message.find((folder.path / "qingshan").string()) != std::string::npos);
    CHECK(files.append({line_of("B")}).error().code == "unwritable");
    CHECK_FALSE(std::filesystem::exists(folder.path / "qingshan"));
}

TEST_CASE("Archive files: several writers never mix their lines") {
    Folder folder;
    const auto files = folder.files();
    const auto write = [&](const std::string& id) {
        for (int i = 0; i < 50; ++i) {
            const auto place = files.append({line_of(id, 1)});
            if (!place || !files.read(CaseId(id), 1, place->front())) return false;
        }
        return true;
    };
    bool good = false;
    std::thread other([&] { good = write("A"); });
    CHECK(write("B"));
    other.join();
    CHECK(good);
    const auto text = folder.text();
    CHECK(std::count(text.begin(), text.end(), '\n') == 100);
}
