// Somebody removes or cuts files of the journal while the daemon runs.
#include "alert/codec/journal_line.hpp"
#include "journal_folder.hpp"

#include <sys/resource.h>

#include <csignal>
#include <fstream>

using namespace yuqing;
using namespace yuqing::test;

namespace {

struct Room {
    explicit Room(JournalBounds bounds = {})
        : files(folder.path(), bounds, {}, [this](const JournalGap& gap) { gaps.push_back(gap); }) {
        REQUIRE(files.open().has_value());
    }
    alert::Result<void> append(std::size_t count) {
        auto entries = some(count);
        return files.append(entries);
    }
    /// What somebody who opens them now, or goes on, would read.
    static std::vector<std::uint64_t> sequences(const JournalFiles& of) {
        std::vector<std::uint64_t> all;
        alert::JournalPage page;
        while (!page.end) {
            auto next = of.read(page.next);
            REQUIRE(next.has_value());
            CHECK(next->damaged.empty());
            page = std::move(*next);
            for (const auto& entry : page.entries) all.push_back(entry.sequence);
        }
        return all;
    }
    [[nodiscard]] std::vector<std::uint64_t> on_disk() const {
        std::vector<std::uint64_t> all;
        for (const auto& name : folder.files()) {
            std::ifstream file(fs::path(folder.path()) / name);
            for (std::string line; std::getline(file, line);)
                all.push_back(alert::decode_journal_line(line).value().sequence);
        }
        return all;
    }

    Folder folder;
    std::vector<JournalGap> gaps;
    JournalFiles files;
};

using Sequences = std::vector<std::uint64_t>;

}  // namespace

TEST_CASE("Missing files: of a file that was removed what Redis was not told is written once more") {
    Room room;
    REQUIRE(room.append(4).has_value());
    room.files.told(2);
    const auto removed = room.folder.file(0);
    fs::remove(removed);
    REQUIRE(room.append(2).has_value());
    CHECK(room.on_disk() == Sequences{3, 4, 5, 6});
    CHECK(Room::sequences(room.files) == Sequences{3, 4, 5, 6});
    REQUIRE(room.gaps.size() == 1);
    CHECK(room.gaps[0].path == removed);
    CHECK(room.gaps[0].untold == 0);
    CHECK(room.files.bytes() == fs::file_size(room.folder.file(0)));
    REQUIRE(room.append(1).has_value());
    CHECK(room.folder.files().size() == 1);
    CHECK(room.gaps.size() == 1);
}

TEST_CASE("Missing files: what was removed is still read, before anything is written") {
    Room room;
    REQUIRE(room.append(3).has_value());
    fs::remove(room.folder.file(0));
    CHECK(Room::sequences(room.files) == Sequences{1, 2, 3});
}

TEST_CASE("Missing files: a file that was replaced by another is left alone") {
    Room room;
    REQUIRE(room.append(2).has_value());
    const auto path = room.folder.file(0);
    fs::copy_file(path, path.string() + ".copy");
    fs::rename(path.string() + ".copy", path);
    REQUIRE(room.append(1).has_value());
    CHECK(room.on_disk() == Sequences{1, 2, 1, 2, 3});
    CHECK(Room::sequences(room.files) == Sequences{1, 2, 3});
}

TEST_CASE("Missing files: while there is no room to save them nothing is answered, and then all is there") {
    Room room;
    REQUIRE(room.append(3).has_value());
    fs::remove(room.folder.file(0));
    {
        std::signal(SIGXFSZ, SIG_IGN);
        rlimit before{};
        ::getrlimit(RLIMIT_FSIZE, &before);
        const rlimit none{1, before.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &none);
        CHECK(room.append(1).has_error());
        CHECK(room.append(1).has_error());
        ::setrlimit(RLIMIT_FSIZE, &before);
    }
    CHECK(room.folder.files().empty());
    CHECK(room.gaps.empty());
    REQUIRE(room.append(1).has_value());
    const auto there = room.on_disk();
    REQUIRE(there.size() == 4);
    CHECK(Sequences(there.begin(), there.begin() + 3) == Sequences{1, 2, 3});
    CHECK(there.back() == room.files.last());
}

TEST_CASE(
    "Missing files: of a file that was cut it is told how much is gone, and the next entries are kept") {
    Room room;
    REQUIRE(room.append(5).has_value());
    room.files.told(2);
    fs::resize_file(room.folder.file(0), 0);
    REQUIRE(room.append(1).has_value());
    REQUIRE(room.gaps.size() == 1);
    CHECK(room.gaps[0].untold == 3);
    CHECK(Room::sequences(room.files) == Sequences{6});
}

TEST_CASE("Missing files: an older file that was removed is told of once and counted no more") {
    JournalBounds bounds;
    bounds.file_bytes = 1;
    Room room(bounds);
    for (int i = 0; i < 3; ++i) REQUIRE(room.append(2).has_value());
    REQUIRE(room.folder.files().size() == 3);
    fs::remove(room.folder.file(0));
    fs::remove(room.folder.file(0));
    room.files.told(1);
    room.files.told(1);
    REQUIRE(room.gaps.size() == 2);
    CHECK(room.gaps[0].untold == 1);
    CHECK(room.gaps[1].untold == 2);
    CHECK(room.files.bytes() == fs::file_size(room.folder.file(0)));
    CHECK(Room::sequences(room.files) == Sequences{5, 6});
}
