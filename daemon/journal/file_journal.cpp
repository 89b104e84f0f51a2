#include "journal/file_journal.hpp"

#include "system_clock.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace yuqing {

namespace asio = boost::asio;

namespace {
constexpr alert::Duration tried_again_after = std::chrono::seconds(1);
}

FileJournal::FileJournal(asio::io_context& loop, const std::string& folder, JournalBounds bounds,
                         Events events, std::string jurisdiction)
    : loop_(loop),
      events_(std::move(events)),
      files_(
          folder, bounds,
          [this](std::string_view limit) {
              asio::post(loop_, [this, name = std::string(limit)] { events_.on_limit(name); });
          },
          [this](const JournalGap& gap) { asio::post(loop_, [this, gap] { events_.on_gap(gap); }); },
          std::move(jurisdiction)) {
    const auto opened = files_.open();
    if (!opened && opened.error().code == "locked") throw std::runtime_error(opened.error().message);
    failing_ = !opened;
    if (opened) {
        id_ = files_.id();
        last_ = files_.last();
        told_before_ = files_.told_before();
        auto policies = files_.policies();
        policies_ = std::move(policies.sound);
        unsound_policies_ = std::move(policies.unsound);
    }
    asio::post(loop_,
               [this, opened] { events_.on_state(opened ? std::nullopt : std::optional(opened.error())); });
    asio::post(thread_, [this] { tell_size(); });
}

/// What is being written is finished; nobody waits for an answer any more.
FileJournal::~FileJournal() {
    thread_.stop();
    thread_.join();
}

/// One job takes all that waits when it comes to run.
void FileJournal::append(alert::JournalEntry entry, alert::Callback<std::uint64_t> done) {
    bool first = false;
    {
        const std::lock_guard lock(mutex_);
        first = waiting_.empty();
        waiting_.push_back({std::move(entry), std::move(done)});
    }
    if (first) asio::post(thread_, [this] { write_waiting(); });
}

void FileJournal::write_waiting() {
    std::vector<Waiting> batch;
    {
        const std::lock_guard lock(mutex_);
        batch.swap(waiting_);
    }
    std::vector<alert::JournalEntry> entries;
    entries.reserve(batch.size());
    for (auto& one : batch) entries.push_back(std::move(one.entry));
    const auto began = stopwatch();
    const auto result = write(entries);
    const auto took = stopwatch() - began;
    for (std::size_t i = 0; i < batch.size(); ++i) batch[i].entry.sequence = entries[i].sequence;
    asio::post(loop_, [this, batch = std::move(batch), result, took, id = files_.id()]() mutable {
        written(std::move(batch), result, took, id);
    });
    tell_size();
}

/// On the thread, whenever it may be another.
void FileJournal::tell_size() {
    const Size now{files_.bytes(), files_.untold_bytes()};
    if (std::exchange(size_, now) == now) return;
    asio::post(loop_, [this, now] { events_.on_size(now); });
}

/// A disk that refuses is not asked again for every entry.
alert::Result<void> FileJournal::write(std::vector<alert::JournalEntry>& entries) {
    const auto now = boot_time();
    if (refused_ && now - refused_at_ < tried_again_after) return *refused_;
    auto result = files_.append(entries);
    refused_.reset();
    if (!result) {
        refused_ = result.error();
        refused_at_ = now;
    }
    return result;
}

void FileJournal::written(std::vector<Waiting> batch, const alert::Result<void>& result,
                          std::chrono::nanoseconds took, const std::string& id) {
    if (result && id_.empty()) id_ = id;
    if (result && !batch.empty()) last_ = batch.back().entry.sequence;
    if (result)
        events_.on_written(batch.size(), took);
    else
        events_.on_failed(batch.size());
    if (!result || std::exchange(failing_, !result)) {
        failing_ = !result;
        events_.on_state(result ? std::nullopt : std::optional(result.error()));
    }
    for (auto& one : batch)
        one.done(result ? alert::Result<std::uint64_t>(one.entry.sequence)
                        : alert::Result<std::uint64_t>(result.error()));
}

void FileJournal::read(alert::JournalCursor from, alert::Callback<alert::JournalPage> done) {
    asio::post(thread_, [this, from = std::move(from), done = std::move(done)]() mutable {
        const auto opened = files_.open();
        auto page = opened ? files_.read(std::move(from)) : alert::Result<alert::JournalPage>(opened.error());
        asio::post(loop_, [this, done = std::move(done), page = std::move(page), id = files_.id(),
                           last = files_.last(), before = files_.told_before()]() mutable {
            if (page && id_.empty()) {
                id_ = id;
                last_ = last;
                told_before_ = before;
            }
            done(std::move(page));
        });
    });
}

void FileJournal::keep_policy(alert::PolicyHash hash, std::string text) {
    const auto known = [&](const JournalPolicy& policy) { return policy.hash == hash; };
    if (std::any_of(policies_.begin(), policies_.end(), known)) return;
    policies_.push_back({std::move(hash), std::move(text)});
    asio::post(thread_, [this, policy = policies_.back()] {
        const auto kept = files_.keep_policy(policy);
        if (kept) return;
        asio::post(loop_, [this, error = kept.error()] { events_.on_state(error); });
    });
}

void FileJournal::take_new_id(std::function<void()> done) {
    asio::post(thread_, [this, done = std::move(done)]() mutable {
        const auto taken = files_.take_new_id();
        asio::post(loop_, [this, done = std::move(done), taken, id = files_.id()] {
            id_ = id;
            if (!taken) events_.on_state(taken.error());
            done();
        });
    });
}

void FileJournal::told(std::uint64_t sequence) {
    told_before_ = sequence;
    asio::post(thread_, [this, sequence] {
        files_.told(sequence);
        tell_size();
    });
}

void FileJournal::continue_after(std::uint64_t sequence) {
    asio::post(thread_, [this, sequence] { files_.continue_after(sequence); });
}

}  // namespace yuqing
