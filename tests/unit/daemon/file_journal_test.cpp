// The journal on its thread: what waits is written together, answers come on the loop's thread.
#include "journal_folder.hpp"

#include <algorithm>
#include <thread>

using namespace yuqing;
using namespace yuqing::test;
using namespace std::chrono_literals;

TEST_CASE("File journal: what waits is synced together and answered in order, on the loop's thread") {
    Folder folder;
    boost::asio::io_context loop;
    std::size_t syncs = 0;
    FileJournal::Events events;
    events.on_limit = [](std::string_view) {};
    events.on_state = [](const std::optional<alert::Error>&) {};
    events.on_failed = [](std::size_t) {};
    events.on_written = [&](std::size_t, std::chrono::nanoseconds) { ++syncs; };
    FileJournal::Size size;
    events.on_size = [&](const FileJournal::Size& now) { size = now; };
    constexpr std::size_t count = 1000;
    std::vector<std::uint64_t> answered;
    FileJournal journal(loop, folder.path(), {}, events);
    const auto thread = std::this_thread::get_id();
    for (auto& entry : some(count)) {
        journal.append(std::move(entry), [&](alert::Result<std::uint64_t> written) {
            CHECK(std::this_thread::get_id() == thread);
            answered.push_back(written.value());
        });
    }
    const auto working = boost::asio::make_work_guard(loop);  // the thread has yet to post
    while (answered.size() < count) REQUIRE(loop.run_one_for(10s) == 1);
    CHECK(syncs < count / 2);
    CHECK(std::is_sorted(answered.begin(), answered.end()));
    CHECK(answered.back() == count);
    CHECK(journal.last() == count);
    const auto wait_for_size = [&](const FileJournal::Size& wanted) {
        while (size != wanted) REQUIRE(loop.run_one_for(10s) == 1);
    };
    const auto bytes = fs::file_size(folder.file(0));
    wait_for_size({bytes, bytes});
    journal.told(count - 1);
    journal.told(count);
    wait_for_size({bytes, 0});
}
