// A folder for a journal, and entries to fill it with.
#pragma once

#include "journal/file_journal.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

namespace yuqing::test {

namespace fs = std::filesystem;

inline constexpr alert::TimePoint t0{std::chrono::sys_days{std::chrono::year{2026} / 6 / 12}};

class Folder {
public:
    Folder() {
        std::string name = (fs::temp_directory_path() / "yuqing-journal-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        path_ = name;
    }
    ~Folder() { fs::remove_all(path_); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    [[nodiscard]] std::string path() const { return path_ / "qingshan"; }
    [[nodiscard]] std::vector<std::string> files() const { return journal_files_in(path()); }
    [[nodiscard]] fs::path file(std::size_t i) const { return fs::path(path()) / files().at(i); }

private:
    fs::path path_;
};

inline std::vector<alert::JournalEntry> some(std::size_t count, std::size_t bytes = 20) {
    std::vector<alert::JournalEntry> entries;
    for (std::size_t i = 0; i < count; ++i)
        entries.push_back({.recorded_at = t0, .event = R"({"t":")" + std::string(bytes, 'x') + "\"}"});
    return entries;
}

}  // namespace yuqing::test
