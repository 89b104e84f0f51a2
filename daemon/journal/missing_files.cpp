// Files that somebody removed, replaced or cut while the daemon runs: what Redis was not told yet is saved
// from the one that is open, and of the rest it is told how much is gone.
#include "alert/codec/journal_line.hpp"
#include "file_lines.hpp"
#include "journal/files.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace yuqing {

namespace {

/// Whether the name still leads to the open file, and with all that was written to it.
bool is_there(int fd, const std::string& path, std::uint64_t bytes) {
    struct stat open {};
    struct stat named {};
    if (::fstat(fd, &open) != 0 || ::stat(path.c_str(), &named) != 0) return false;
    const bool same = open.st_dev == named.st_dev && open.st_ino == named.st_ino;
    return same && static_cast<std::uint64_t>(named.st_size) >= bytes;
}

}  // namespace

/// Somebody removed, replaced or cut the file that is written to. It is still open, so that what Redis was
/// not told yet is written once more, to a new file under a name of its own. Until that is done nothing else
/// is written.
alert::Result<void> JournalFiles::mend() {
    if (current_ < 0) return {};
    const File was = files_.back();
    if (is_there(current_, path_of(was.name), was.bytes)) return {};
    auto left = untold_lines();
    if (!left) return left.error();
    const int before = std::exchange(current_, -1);
    if (!left->text.empty()) {
        auto again = begin_file(left->first, ++mended_);
        if (again) again = write(left->text);
        if (!again) {
            if (current_ >= 0) {
                ::unlink(path_of(files_.back().name).c_str());
                files_.pop_back();
                ::close(current_);
            }
            current_ = before;
            return again;
        }
    }
    ::close(before);
    const auto expected = untold_in(was.first, last());
    const bool all = left->whole && left->bytes >= was.bytes;
    tell_gap(was, all ? 0 : expected - std::min(expected, left->count));
    return {};
}

std::uint64_t JournalFiles::untold_in(std::uint64_t first, std::uint64_t to) const {
    return to - std::min(to, std::max(told_, first - 1));
}

alert::Result<JournalFiles::Untold> JournalFiles::untold_lines() const {
    FileLines lines(path_of_open(), journal_line_bytes_max);
    Untold left;
    while (lines.next()) {
        const auto entry = alert::decode_journal_line(lines.line());
        if (!entry || entry->sequence <= told_) continue;
        if (left.text.empty()) left.first = entry->sequence;
        left.text += lines.line() + '\n';
        ++left.count;
    }
    if (lines.failure() && lines.failure()->code == "busy") return *lines.failure();
    left.whole = !lines.failure();
    left.bytes = lines.bytes();
    return left;
}

/// A file that is not what was written: told once, and counted as what is left of it.
void JournalFiles::tell_gap(const File& was, std::uint64_t untold) {
    limit("journal_missing");
    const auto path = path_of(was.name);
    const auto file =
        std::find_if(files_.begin(), files_.end(), [&](const File& f) { return f.name == was.name; });
    struct stat about {};
    if (::stat(path.c_str(), &about) == 0)
        file->bytes = static_cast<std::uint64_t>(about.st_size);
    else
        files_.erase(file);
    if (on_gap_) on_gap_({path, untold});
}

void JournalFiles::told(std::uint64_t sequence) {
    told_ = sequence;
    if (is_open() && told_before_ != told_) remember_told();
    if (told_ >= last()) (void)mend();  // there is nothing to write; else with the next entries
    for (std::size_t i = 0; i < files_.size(); ++i) {
        if (current_ >= 0 && i + 1 == files_.size()) break;
        struct stat about {};
        const File file = files_[i];
        const bool there = ::stat(path_of(file.name).c_str(), &about) == 0;
        if (there ? static_cast<std::uint64_t>(about.st_size) >= file.bytes : errno != ENOENT) continue;
        const auto to = i + 1 == files_.size() ? last() : files_[i + 1].first - 1;
        tell_gap(file, untold_in(file.first, to));
        if (!there) --i;
    }
}

}  // namespace yuqing
