// The journal on a thread of its own: what waits is written and synced together, so that a sync, which takes
// milliseconds, serves all who came meanwhile. Answers come on the loop's thread.
#pragma once

#include "journal/files.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>

#include <chrono>
#include <mutex>

namespace yuqing {

class FileJournal : public alert::Journal {
public:
    /// What the files hold, and how much of it must not go, as the store was not told it yet.
    struct Size {
        std::uint64_t bytes = 0, untold = 0;
        friend bool operator==(const Size&, const Size&) = default;
    };

    /// All called on the loop's thread.
    struct Events {
        std::function<void(std::string_view)> on_limit;
        std::function<void(const JournalGap&)> on_gap;
        /// What keeps it from writing, or that it writes again.
        std::function<void(const std::optional<alert::Error>&)> on_state;
        /// So many entries were synced together.
        std::function<void(std::size_t entries, std::chrono::nanoseconds took)> on_written;
        std::function<void(const Size&)> on_size;
        std::function<void(std::size_t entries)> on_failed;
    };

    /// The loop outlives it. Throws when another process has the folder; what else is wrong with it is tried
    /// again with each reading, and with every second's first entry.
    FileJournal(boost::asio::io_context& loop, const std::string& folder, JournalBounds bounds, Events events,
                std::string jurisdiction = {});
    ~FileJournal() override;

    [[nodiscard]] std::string id() const override { return id_; }
    [[nodiscard]] std::uint64_t last() const override { return last_; }
    void append(alert::JournalEntry entry, alert::Callback<std::uint64_t> done) override;
    void read(alert::JournalCursor from, alert::Callback<alert::JournalPage> done) override;
    void told(std::uint64_t sequence) override;
    [[nodiscard]] std::optional<std::uint64_t> told_before() const override { return told_before_; }
    void take_new_id(std::function<void()> done) override;
    void continue_after(std::uint64_t sequence) override;

    /// Kept beside the entries; should that fail, with the next start or reload.
    void keep_policy(alert::PolicyHash hash, std::string text);
    /// Those that lay there when it was opened, and those that were kept since.
    [[nodiscard]] const std::vector<JournalPolicy>& policies() const { return policies_; }
    /// Those that lay there and are not what their names say.
    [[nodiscard]] const std::vector<alert::Error>& unsound_policies() const { return unsound_policies_; }

private:
    struct Waiting {
        alert::JournalEntry entry;
        alert::Callback<std::uint64_t> done;
    };

    void write_waiting();
    alert::Result<void> write(std::vector<alert::JournalEntry>& entries);
    void written(std::vector<Waiting> batch, const alert::Result<void>& result, std::chrono::nanoseconds took,
                 const std::string& id);
    void tell_size();

    boost::asio::io_context& loop_;
    const Events events_;
    std::string id_;  // id_, last_, failing_: the loop's
    std::uint64_t last_ = 0;
    std::optional<std::uint64_t> told_before_;  // the loop's too
    bool failing_ = false;
    std::mutex mutex_;
    std::vector<Waiting> waiting_;         // under mutex_
    JournalFiles files_;                   // the thread's, once it runs
    std::vector<JournalPolicy> policies_;  // the loop's
    std::vector<alert::Error> unsound_policies_;
    std::optional<alert::Error> refused_;  // the thread's too: why nothing could be written, and when
    alert::Duration refused_at_{};
    Size size_;  // as it was told last; the thread's, once it runs
    boost::asio::thread_pool thread_{1};
};

}  // namespace yuqing
