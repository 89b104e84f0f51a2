// The files of the journal on a real disk: what was answered is read back, whatever ended the daemon.
#include "journal_folder.hpp"

#include <sys/resource.h>

#include <csignal>
#include <fstream>
#include <map>

using namespace yuqing;
using namespace yuqing::test;
using namespace std::chrono_literals;

namespace {

struct Limits {
    std::map<std::string, int> hit;
    std::function<void(std::string_view)> counter() {
        return [this](std::string_view name) { ++hit[std::string(name)]; };
    }
};

alert::JournalPage all_of(const JournalFiles& files, std::uint64_t after = 0) {
    alert::JournalPage all{.next = {.after = after}};
    while (!all.end) {
        auto page = files.read(all.next);
        REQUIRE(page.has_value());
        for (auto& entry : page->entries) all.entries.push_back(std::move(entry));
        for (auto& line : page->damaged) all.damaged.push_back(std::move(line));
        all.next = page->next;
        all.end = page->end;
    }
    return all;
}

std::vector<std::uint64_t> sequences(const alert::JournalPage& page) {
    std::vector<std::uint64_t> all;
    for (const auto& entry : page.entries) all.push_back(entry.sequence);
    return all;
}

std::string text_of(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

void append_text(const fs::path& path, const std::string& text) {
    std::ofstream(path, std::ios::binary | std::ios::app) << text;
}

/// No file of this process grows beyond so many bytes while it lives: writes fail as on a full disk.
class SmallDisk {
public:
    explicit SmallDisk(rlim_t bytes) {
        std::signal(SIGXFSZ, SIG_IGN);
        ::getrlimit(RLIMIT_FSIZE, &before_);
        const rlimit now{bytes, before_.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &now);
    }
    ~SmallDisk() { ::setrlimit(RLIMIT_FSIZE, &before_); }
    SmallDisk(const SmallDisk&) = delete;
    SmallDisk& operator=(const SmallDisk&) = delete;

private:
    rlimit before_{};
};

}  // namespace

TEST_CASE("Journal files: what was appended is read back by whoever opens them next") {
    Folder folder;
    std::string id;
    {
        JournalFiles files(folder.path(), {});
        REQUIRE(files.open().has_value());
        id = files.id();
        auto entries = some(3);
        REQUIRE(files.append(entries).has_value());
        CHECK(entries[2].sequence == 3);
        CHECK(files.last() == 3);
        CHECK(files.bytes() == fs::file_size(folder.file(0)));
    }
    JournalFiles files(folder.path(), {});
    REQUIRE(files.open().has_value());
    CHECK(files.id() == id);
    CHECK(files.last() == 3);
    auto more = some(2);
    REQUIRE(files.append(more).has_value());
    CHECK(sequences(all_of(files)) == std::vector<std::uint64_t>{1, 2, 3, 4, 5});
    CHECK(sequences(all_of(files, 3)) == std::vector<std::uint64_t>{4, 5});
    CHECK(folder.files().size() == 1);
    CHECK((fs::status(folder.file(0)).permissions() & fs::perms::others_all) == fs::perms::none);
}

TEST_CASE("Journal files: how far Redis was told is remembered, and a new id too") {
    Folder folder;
    std::string id;
    {
        JournalFiles files(folder.path(), {});
        REQUIRE(files.open().has_value());
        CHECK_FALSE(files.told_before());
        auto entries = some(3);
        REQUIRE(files.append(entries).has_value());
        files.told(2);
        id = files.id();
        REQUIRE(files.take_new_id().has_value());
        CHECK(files.id() != id);
        id = files.id();
    }
    JournalFiles files(folder.path(), {});
    REQUIRE(files.open().has_value());
    CHECK(files.told_before() == 2U);
    CHECK(files.id() == id);
}

TEST_CASE("Journal files: two daemons do not share a folder") {
    Folder folder;
    JournalFiles first(folder.path(), {}), second(folder.path(), {});
    REQUIRE(first.open().has_value());
    const auto refused = second.open();
    REQUIRE(refused.has_error());
    CHECK(refused.error().code == "locked");
    CHECK_THAT(refused.error().message, Catch::Contains(folder.path()));
    boost::asio::io_context loop;
    CHECK_THROWS_WITH(FileJournal(loop, folder.path(), {}, {}), Catch::Contains("another daemon"));
}

TEST_CASE("Journal files: a last line that a crash tore, at any byte, is cut off and the rest goes on") {
    Folder folder;
    {
        JournalFiles files(folder.path(), {});
        auto entries = some(3);
        REQUIRE(files.append(entries).has_value());
    }
    const auto whole = text_of(folder.file(0));
    const auto second_end = whole.rfind('\n', whole.size() - 2) + 1;
    for (auto length = second_end + 1; length < whole.size(); ++length) {
        CAPTURE(length);
        std::ofstream(folder.file(0), std::ios::binary | std::ios::trunc) << whole.substr(0, length);
        Limits limits;
        JournalFiles files(folder.path(), {}, limits.counter());
        REQUIRE(files.open().has_value());
        CHECK(limits.hit["journal_torn"] == 1);
        CHECK(files.last() == 2);
        auto more = some(1);
        REQUIRE(files.append(more).has_value());
        const auto all = all_of(files);
        CHECK(sequences(all) == std::vector<std::uint64_t>{1, 2, 3});
        CHECK(all.damaged.empty());
    }
}

TEST_CASE("Journal files: damage in the middle is named by file and line, and the rest is read") {
    Folder folder;
    {
        JournalFiles files(folder.path(), {});
        auto entries = some(5);
        REQUIRE(files.append(entries).has_value());
    }
    auto text = text_of(folder.file(0));
    const auto second = text.find('\n') + 1;
    text[second + 20] ^= 1;
    std::ofstream(folder.file(0), std::ios::binary | std::ios::trunc) << text;
    JournalFiles files(folder.path(), {});
    REQUIRE(files.open().has_value());
    const auto all = all_of(files);
    CHECK(sequences(all) == std::vector<std::uint64_t>{1, 3, 4, 5});
    REQUIRE(all.damaged.size() == 1);
    CHECK(all.damaged[0].path == folder.file(0).string() + ":2");
    CHECK(text_of(folder.file(0)) == text);  // nobody mends it by himself
}

TEST_CASE(
    "Journal files: whole lines at the end that are damaged stay, and writing goes on in the next file") {
    Folder folder;
    {
        JournalFiles files(folder.path(), {});
        auto entries = some(2);
        REQUIRE(files.append(entries).has_value());
    }
    append_text(folder.file(0), "no line of ours\n");
    JournalFiles files(folder.path(), {});
    REQUIRE(files.open().has_value());
    auto more = some(1);
    REQUIRE(files.append(more).has_value());
    CHECK(folder.files().size() == 2);
    const auto all = all_of(files);
    // Redis may have been told of entries in there: their sequences are not given again.
    CHECK(more[0].sequence > 3);
    CHECK(sequences(all) == std::vector<std::uint64_t>{1, 2, more[0].sequence});
    CHECK(all.damaged.size() == 1);
}

TEST_CASE("Journal files: one that cannot be read is named, the others are read, and writing goes on") {
    Folder folder;
    {
        JournalFiles files(folder.path(), {.file_bytes = 100});
        for (int i = 0; i < 3; ++i) {
            auto entries = some(1, 100);
            REQUIRE(files.append(entries).has_value());
        }
    }
    for (const std::size_t broken : {1U, 2U}) {
        const auto path = folder.file(broken);
        fs::remove(path);
        fs::create_directory(path);  // reading it fails, as of a bad sector
        JournalFiles files(folder.path(), {});
        REQUIRE(files.open().has_value());
        const auto all = all_of(files);
        CHECK(sequences(all).front() == 1);
        REQUIRE(all.damaged.size() == broken);
        CHECK(all.damaged.back().path == path.string() + ":1");
        CHECK_THAT(all.damaged.back().message, Catch::Contains(path.string()));
    }
    JournalFiles files(folder.path(), {});
    auto more = some(1);
    REQUIRE(files.append(more).has_value());
    CHECK(more[0].sequence > 3);
    CHECK(sequences(all_of(files)) == std::vector<std::uint64_t>{1, more[0].sequence});
}

TEST_CASE(
    "Journal files: an identity or a policy that cannot be read is not taken for one that is not there") {
    Folder folder;
    fs::create_directories(fs::path(folder.path()) / "id");
    fs::create_directories(fs::path(folder.path()) / "policy-00ff.yaml");
    JournalFiles files(folder.path(), {});
    const auto refused = files.open();
    REQUIRE(refused.has_error());
    CHECK_THAT(refused.error().message, Catch::Contains(folder.path() + "/id cannot be read"));
    CHECK(files.policies().sound.empty());
    CHECK(files.policies().unsound.size() == 1);
    fs::remove(fs::path(folder.path()) / "id");
    CHECK(files.open().has_value());
}

TEST_CASE("Journal files: behind the highest sequence nothing is written that could not be read back") {
    Folder folder;
    JournalFiles files(folder.path(), {});
    REQUIRE(files.open().has_value());
    files.continue_after(std::numeric_limits<std::uint64_t>::max());
    auto entries = some(1);
    const auto refused = files.append(entries);
    REQUIRE(refused.has_error());
    CHECK(refused.error().code == "unwritable");
    CHECK(files.last() == alert::journal_sequence_max);
}

TEST_CASE("Journal files: a full file is followed by the next, and the oldest goes when Redis has it") {
    Folder folder;
    Limits limits;
    JournalFiles files(folder.path(), {.file_bytes = 2000, .total_bytes = 6000}, limits.counter());
    std::uint64_t last = 0;
    for (int i = 0; i < 12; ++i) {
        auto entries = some(1, 600);
        REQUIRE(files.append(entries).has_value());
        last = entries[0].sequence;
        files.told(last);
    }
    CHECK(limits.hit["journal_bytes"] > 0);
    CHECK(files.bytes() <= 6000);
    const auto all = sequences(all_of(files));
    CHECK(all.back() == last);
    CHECK(all.front() > 1);
    for (std::size_t i = 1; i < all.size(); ++i) CHECK(all[i] == all[i - 1] + 1);
    CHECK(sequences(all_of(files, last - 1)) == std::vector<std::uint64_t>{last});
}

TEST_CASE("Journal files: what Redis was not told of is never thrown away, rather nothing more is taken") {
    Folder folder;
    Limits limits;
    JournalFiles files(folder.path(), {.file_bytes = 2000, .total_bytes = 4000}, limits.counter());
    alert::Result<void> result;
    int taken = 0;
    for (; taken < 20 && result.has_value(); ++taken) {
        auto entries = some(1, 600);
        result = files.append(entries);
    }
    REQUIRE(result.has_error());
    CHECK(result.error().code == "full");
    CHECK(limits.hit["journal_full"] == 1);
    CHECK(all_of(files).entries.size() == static_cast<std::size_t>(taken - 1));
    files.told(files.last());
    auto entries = some(1, 600);
    CHECK(files.append(entries).has_value());
}

TEST_CASE("Journal files: a file older than it is kept for goes with the next one that begins") {
    Folder folder;
    JournalFiles files(folder.path(), {.file_bytes = 100, .keep = 24h});
    for (int i = 0; i < 3; ++i) {
        auto entries = some(1, 100);
        REQUIRE(files.append(entries).has_value());
    }
    REQUIRE(folder.files().size() == 3);
    files.told(files.last());
    fs::last_write_time(folder.file(0), fs::last_write_time(folder.file(2)) - 25h);
    auto entries = some(1, 100);
    REQUIRE(files.append(entries).has_value());
    CHECK(sequences(all_of(files)) == std::vector<std::uint64_t>{2, 3, 4});
}

TEST_CASE(
    "Journal files: a disk that is full refuses, loses nothing, and what comes after is in a new file") {
    Folder folder;
    JournalFiles files(folder.path(), {});
    auto entries = some(2);
    REQUIRE(files.append(entries).has_value());
    const auto room = fs::file_size(folder.file(0)) + 30;
    {
        const SmallDisk disk(room);
        auto more = some(3, 300);
        const auto refused = files.append(more);
        REQUIRE(refused.has_error());
        CHECK(refused.error().code == "unwritable");
        CHECK_THAT(refused.error().message, Catch::Contains(folder.path()));
    }
    auto later = some(1);
    REQUIRE(files.append(later).has_value());
    const auto all = all_of(files);
    CHECK(sequences(all) == std::vector<std::uint64_t>{1, 2, later[0].sequence});
    CHECK(folder.files().size() >= 2);
}

TEST_CASE("Journal files: one that goes on behind a mark leaves out what may be elsewhere") {
    Folder folder;
    JournalFiles files(folder.path(), {});
    auto entries = some(2);
    REQUIRE(files.append(entries).has_value());
    files.continue_after(40);
    auto more = some(1);
    REQUIRE(files.append(more).has_value());
    CHECK(more[0].sequence == 41);
    CHECK(sequences(all_of(files)) == std::vector<std::uint64_t>{1, 2, 41});
    CHECK(sequences(all_of(files, 2)) == std::vector<std::uint64_t>{41});
}

TEST_CASE("Journal files: those with something that Redis was not told must not go, and are counted") {
    Folder folder;
    JournalFiles files(folder.path(), {.file_bytes = 100});
    for (int i = 0; i < 3; ++i) {
        auto entries = some(1, 100);
        REQUIRE(files.append(entries).has_value());
    }
    const auto one = fs::file_size(folder.file(0));
    CHECK(files.untold_bytes() == 3 * one);
    files.told(1);
    CHECK(files.untold_bytes() == 2 * one);
    files.told(3);
    CHECK(files.untold_bytes() == 0);
    CHECK(files.bytes() == 3 * one);
}

TEST_CASE(
    "Journal files: every line says whose it is, and one of another jurisdiction is as good as damaged") {
    Folder folder;
    const auto of = [&](const std::string& jurisdiction) {
        return JournalFiles(folder.path(), {}, {}, {}, jurisdiction);
    };
    for (const auto* jurisdiction : {"", "qingshan", "hongshan"}) {
        auto files = of(jurisdiction);
        auto entries = some(1);
        REQUIRE(files.append(entries).has_value());
    }
    auto files = of("qingshan");
    REQUIRE(files.open().has_value());
    const auto page = files.read({});
    REQUIRE(page.has_value());
    REQUIRE(page->entries.size() == 2);
    CHECK(page->entries[0].jurisdiction.empty());
    CHECK(page->entries[1].jurisdiction == "qingshan");
    REQUIRE(page->damaged.size() == 1);
    CHECK(page->damaged[0].message.find("hongshan") != std::string::npos);
}
