// The files of the journal: JSON lines, `SEQUENCE-N.jsonl` by the first sequence in each, only ever appended.
// Blocks; never on a loop's thread.
//
// A file that a write or a sync failed on is never touched again: what the kernel makes of its pages is not
// known any more. The next try goes to a new file, which holds those entries once more. A file that
// somebody removed or cut is followed by one with what Redis was not told of it.
#pragma once

#include "alert/port/journal.hpp"

#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace yuqing {

inline constexpr std::size_t journal_line_bytes_max = 1024 * 1024;  // no line of ours is longer

struct JournalBounds {
    std::uint64_t file_bytes = 64ULL << 20;         // then the next file begins
    std::uint64_t total_bytes = 4096ULL << 20;      // then the oldest file goes
    alert::Duration keep = std::chrono::days(400);  // the same, of a file that is older
};

/// A file that somebody removed, replaced or cut short.
struct JournalGap {
    std::string path;
    std::uint64_t untold = 0;  // entries that are gone with it and that Redis was not told, at most
};

/// A policy whose text lies beside the entries that name it.
struct JournalPolicy {
    alert::PolicyHash hash;
    std::string text;
};

struct JournalPolicies {
    std::vector<JournalPolicy> sound;
    std::vector<alert::Error>
        unsound;  // files with another text than their name says, or that cannot be read
};

/// What lies in a folder. For whoever reads it from outside.
JournalPolicies journal_policies_in(const std::string& folder);

class JournalFiles {
public:
    /// `on_limit`: a bound was reached, or the end of a torn line was cut off. `jurisdiction`: stands in each
    /// line that is written; a line that names another is as good as damaged.
    JournalFiles(std::string folder, JournalBounds bounds,
                 std::function<void(std::string_view)> on_limit = {},
                 std::function<void(const JournalGap&)> on_gap = {}, std::string jurisdiction = {});
    ~JournalFiles();
    JournalFiles(const JournalFiles&) = delete;
    JournalFiles& operator=(const JournalFiles&) = delete;

    /// Errors: `locked`, another process has the folder; `unwritable`; `busy`, see JournalLines.
    alert::Result<void> open();
    [[nodiscard]] bool is_open() const { return lock_ >= 0; }
    [[nodiscard]] const std::string& id() const { return id_; }
    [[nodiscard]] std::uint64_t last() const { return next_ - 1; }
    [[nodiscard]] std::uint64_t bytes() const;
    /// Of files that hold something the store was not told: these must not go.
    [[nodiscard]] std::uint64_t untold_bytes() const;

    /// On the disk when it comes back; the entries then have their sequences. Errors: `unwritable`, `full`.
    alert::Result<void> append(std::vector<alert::JournalEntry>& entries);
    alert::Result<alert::JournalPage> read(alert::JournalCursor from) const;
    /// Files that hold no more than that may go. Looks whether all are there.
    void told(std::uint64_t sequence);
    /// As whoever had the folder before remembered it; not synced, so it may be less.
    [[nodiscard]] std::optional<std::uint64_t> told_before() const { return told_before_; }
    /// Error `unwritable`: it keeps the one it has.
    alert::Result<void> take_new_id();
    void continue_after(std::uint64_t sequence);

    /// Beside the entries, whose cases go by it, as `policy-HASH.yaml`; in the place of a file that has
    /// another text. Error `unwritable`.
    alert::Result<void> keep_policy(const JournalPolicy& policy) const;
    [[nodiscard]] JournalPolicies policies() const { return journal_policies_in(folder_); }

private:
    struct File {
        std::string name;
        std::uint64_t first = 0;  // sequence
        std::uint64_t bytes = 0;
    };

    alert::Result<void> take_lock();
    alert::Result<void> read_id();
    void remember_told();
    /// What a file holds that Redis was not told yet.
    struct Untold {
        std::string text;
        std::uint64_t first = 0, count = 0, bytes = 0;  // first: sequence; bytes: of all that was read
        bool whole = false;
    };

    void list_files();
    alert::Result<void> find_end();
    [[nodiscard]] std::string path_of(const std::string& name) const { return folder_ + "/" + name; }
    /// Of the file that is written to, whether or not its name is still there.
    [[nodiscard]] std::string path_of_open() const { return "/proc/self/fd/" + std::to_string(current_); }
    alert::Result<void> write(const std::string& text);
    alert::Result<void> begin_file(std::uint64_t first, int number = 0);
    alert::Result<void> mend();
    [[nodiscard]] alert::Result<Untold> untold_lines() const;
    /// Of the entries from `first` to `to` those that Redis was not told.
    [[nodiscard]] std::uint64_t untold_in(std::uint64_t first, std::uint64_t to) const;
    void tell_gap(const File& was, std::uint64_t untold);
    void abandon();
    void remove_old(std::uint64_t room);
    void limit(std::string_view name) const;

    const std::string folder_, jurisdiction_;
    const JournalBounds bounds_;
    const std::function<void(std::string_view)> on_limit_;
    const std::function<void(const JournalGap&)> on_gap_;
    int lock_ = -1;     // descriptor that holds the folder
    int current_ = -1;  // descriptor of the last file, while it may be written to
    std::string id_;
    std::deque<File> files_;  // in their order
    std::uint64_t next_ = 1;
    std::uint64_t told_ = 0;
    std::optional<std::uint64_t> told_before_;
    int mended_ = 0;  // files written once more: each has a name that no reader can be in the middle of
};

/// What is in a folder, as files that begin with the first sequence. For whoever reads it from outside.
std::vector<std::string> journal_files_in(const std::string& folder);

}  // namespace yuqing
