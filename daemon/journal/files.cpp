#include "journal/files.hpp"

#include "alert/codec/journal_line.hpp"
#include "durable_file.hpp"
#include "file_lines.hpp"
#include "random_hex.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

namespace yuqing {

namespace {

namespace fs = std::filesystem;

constexpr mode_t file_mode = 0640;
constexpr std::size_t page_bytes = 512 * 1024;  // read at a time, so that writes wait a moment only
constexpr std::string_view file_end = ".jsonl";
constexpr std::string_view id_name = "id";
constexpr const char* told_name = "told";
constexpr int same_names_max = 1000;
constexpr std::size_t id_bytes = 8;

std::string name_of(std::uint64_t first, int number) {
    std::array<char, 64> text{};
    const int length = std::snprintf(text.data(), text.size(), "%020llu-%03d.jsonl",
                                     static_cast<unsigned long long>(first), number);
    return {text.data(), static_cast<std::size_t>(length)};
}

/// The first sequence of a file of the journal; nothing for any other name.
std::optional<std::uint64_t> first_of(const std::string& name) {
    std::uint64_t first = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), first);
    const bool ours = error == std::errc{} && *end == '-' && name.ends_with(file_end) &&
                      first <= alert::journal_sequence_max;
    return ours ? std::optional(first) : std::nullopt;
}

std::optional<alert::TimePoint> changed_at(const std::string& path) {
    struct stat about {};
    if (::stat(path.c_str(), &about) != 0) return std::nullopt;
    return alert::TimePoint(std::chrono::seconds(about.st_mtim.tv_sec));
}

}  // namespace

std::vector<std::string> journal_files_in(const std::string& folder) {
    std::vector<std::string> names;
    std::error_code error;
    for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
        auto name = at->path().filename().string();
        if (first_of(name)) names.push_back(std::move(name));
    }
    std::sort(names.begin(), names.end());
    return names;
}

JournalFiles::JournalFiles(std::string folder, JournalBounds bounds,
                           std::function<void(std::string_view)> on_limit,
                           std::function<void(const JournalGap&)> on_gap, std::string jurisdiction)
    : folder_(std::move(folder)),
      jurisdiction_(std::move(jurisdiction)),
      bounds_(bounds),
      on_limit_(std::move(on_limit)),
      on_gap_(std::move(on_gap)) {}

JournalFiles::~JournalFiles() {
    if (current_ >= 0) ::close(current_);
    if (lock_ >= 0) ::close(lock_);
}

void JournalFiles::limit(std::string_view name) const {
    if (on_limit_) on_limit_(name);
}

std::uint64_t JournalFiles::bytes() const {
    std::uint64_t sum = 0;
    for (const auto& file : files_) sum += file.bytes;
    return sum;
}

std::uint64_t JournalFiles::untold_bytes() const {
    std::uint64_t sum = 0;
    for (auto file = files_.rbegin(); file != files_.rend(); ++file) {
        const auto last_in_it = file == files_.rbegin() ? last() : std::prev(file)->first - 1;
        if (last_in_it <= told_) break;
        sum += file->bytes;
    }
    return sum;
}

alert::Result<void> JournalFiles::open() {
    if (is_open()) return {};
    std::error_code error;
    fs::create_directories(folder_, error);
    if (error) return alert::Error{"unwritable", folder_ + " cannot be made: " + error.message(), folder_};
    if (auto locked = take_lock(); !locked) return locked;
    auto read = read_id();
    list_files();
    if (read) read = find_end();
    std::uint64_t told = 0;
    if (std::ifstream(path_of(told_name)) >> told) told_before_ = told;
    if (!read) ::close(std::exchange(lock_, -1));
    return read;
}

alert::Result<void> JournalFiles::take_lock() {
    const auto path = path_of("lock");
    const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, file_mode);
    if (fd < 0) return unwritable("cannot be opened", path);
    if (::flock(fd, LOCK_EX | LOCK_NB) == 0) {
        lock_ = fd;
        return {};
    }
    const bool taken = errno == EWOULDBLOCK;
    auto refused = taken ? alert::Error{"locked",
                                        folder_ +
                                            " is the journal of another daemon that runs; give each "
                                            "daemon a journal.dir of its own",
                                        folder_}
                         : unwritable("cannot be locked", path);
    ::close(fd);
    return refused;
}

alert::Result<void> JournalFiles::read_id() {
    const auto path = path_of(std::string(id_name));
    FileLines lines(path, journal_line_bytes_max);
    lines.next();
    if (lines.failure() && lines.failure()->code != "missing") return *lines.failure();
    if (!lines.line().empty()) {
        id_ = lines.line();
        return {};
    }
    return take_new_id();
}

alert::Result<void> JournalFiles::take_new_id() {
    auto made = random_hex(id_bytes);
    if (!made) return alert::Error{"unwritable", "the kernel gives no random bytes", ""};
    const auto path = path_of(std::string(id_name));
    if (auto written = write_whole(path, *made + "\n"); !written) return written;
    id_ = std::move(*made);
    return {};
}

void JournalFiles::list_files() {
    files_.clear();
    for (auto& name : journal_files_in(folder_)) {
        struct stat about {};
        const bool there = ::stat(path_of(name).c_str(), &about) == 0;
        const auto first = *first_of(name);
        files_.push_back({std::move(name), first, there ? static_cast<std::uint64_t>(about.st_size) : 0});
    }
}

/// Where the last file goes on. A last line without its end was never answered, and is cut off. Whole lines
/// that are damaged, or cannot be read, are left as they are: the next file begins behind them, with
/// sequences that none of them can have had.
alert::Result<void> JournalFiles::find_end() {
    next_ = files_.empty() ? 1 : std::max<std::uint64_t>(files_.back().first, 1);
    if (files_.empty()) return {};
    File& last = files_.back();
    const auto path = path_of(last.name);
    FileLines lines(path, journal_line_bytes_max);
    std::uint64_t good = 0;  // bytes
    bool sound = true;
    while (lines.next()) {
        const auto entry = alert::decode_journal_line(lines.line());
        sound = entry.has_value();
        if (!entry) continue;
        next_ = std::max(next_, entry->sequence + 1);
        good = lines.bytes();
    }
    if (lines.failure() && lines.failure()->code == "busy") return *lines.failure();
    sound = sound && !lines.failure();
    const bool torn = sound && lines.bytes() > good;
    if (torn) limit("journal_torn");
    if (torn && ::truncate(path.c_str(), static_cast<off_t>(good)) == 0) last.bytes = good;
    if (last.bytes != good) next_ += last.bytes - std::min(good, last.bytes);
    if (last.bytes == good && good < bounds_.file_bytes)
        current_ = ::open(path.c_str(), O_RDWR | O_APPEND | O_CLOEXEC);
    return {};
}

void JournalFiles::continue_after(std::uint64_t sequence) {
    sequence = std::min(sequence, alert::journal_sequence_max);
    if (sequence < next_) return;
    next_ = sequence + 1;
    abandon();  // a file's name says from where on it counts
}

alert::Result<void> JournalFiles::append(std::vector<alert::JournalEntry>& entries) {
    if (auto opened = open(); !opened) return opened;
    if (auto mended = mend(); !mended) return mended;
    if (next_ + entries.size() > alert::journal_sequence_max)
        return alert::Error{"unwritable", folder_ + " has no sequence left; move it away and begin another",
                            folder_};
    std::string text;
    const auto first = next_;
    for (auto& entry : entries) {
        entry.sequence = next_++;
        entry.jurisdiction = jurisdiction_;
        text += alert::encode_journal_line(entry);
    }
    if (current_ >= 0 && files_.back().bytes + text.size() > bounds_.file_bytes) abandon();
    remove_old(text.size());
    if (bytes() + text.size() > bounds_.total_bytes) {
        limit("journal_full");
        return alert::Error{"full",
                            folder_ +
                                " holds as much as journal.total_mib allows, and Redis was not told of "
                                "it yet",
                            folder_};
    }
    if (current_ >= 0 && write(text)) return mend();
    abandon();
    // The file begins with these entries, whatever came of them in the one before.
    if (auto begun = begin_file(first); !begun) return begun;
    auto written = write(text);
    if (!written) abandon();
    return written ? mend() : written;
}

alert::Result<void> JournalFiles::write(const std::string& text) {
    File& file = files_.back();
    if (!write_all(current_, text)) return unwritable("cannot be written", path_of(file.name));
    if (::fdatasync(current_) != 0) return unwritable("cannot be brought to the disk", path_of(file.name));
    file.bytes += text.size();
    return {};
}

alert::Result<void> JournalFiles::begin_file(std::uint64_t first, int number) {
    for (const int end = number + same_names_max; number < end; ++number) {
        const auto name = name_of(first, number);
        const auto path = path_of(name);
        const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, file_mode);
        if (fd < 0 && errno == EEXIST) continue;
        if (fd < 0 || !sync_folder(folder_)) {
            auto refused = unwritable("cannot be made", path);
            if (fd >= 0) ::close(fd);
            return refused;
        }
        files_.push_back({name, first, 0});
        current_ = fd;
        return {};
    }
    return alert::Error{"unwritable", folder_ + " has too many files that could not be written", folder_};
}

/// Nothing more is written to the last file. One that nothing could be written to goes.
void JournalFiles::abandon() {
    if (current_ < 0) return;
    ::close(std::exchange(current_, -1));
    File& last = files_.back();
    struct stat about {};
    const auto path = path_of(last.name);
    if (::stat(path.c_str(), &about) == 0) last.bytes = static_cast<std::uint64_t>(about.st_size);
    if (last.bytes > 0) return;
    ::unlink(path.c_str());
    files_.pop_back();
}

/// The oldest files, as long as they are too many or too old and Redis was told what is in them. By the
/// newest file's own time: no clock is asked.
void JournalFiles::remove_old(std::uint64_t room) {
    if (files_.size() < 2) return;
    const auto newest = changed_at(path_of(files_.back().name));
    while (files_.size() > 1 && files_[1].first <= told_ + 1) {
        const auto path = path_of(files_.front().name);
        const bool much = bytes() + room > bounds_.total_bytes;
        const auto changed = changed_at(path);
        const bool old = newest && changed && *changed < *newest - bounds_.keep;
        if (!much && !old) return;
        if (much) limit("journal_bytes");
        if (::unlink(path.c_str()) != 0 && errno != ENOENT) return;
        files_.pop_front();
    }
}

/// Renamed into its place, so that there is never half a number. Not synced: what is less is told once more.
void JournalFiles::remember_told() {
    const auto path = path_of(told_name), beside = path + ".new";
    const bool written = static_cast<bool>(std::ofstream(beside, std::ios::trunc) << told_ << std::flush);
    if (written && ::rename(beside.c_str(), path.c_str()) == 0) told_before_ = told_;
}

alert::Result<alert::JournalPage> JournalFiles::read(alert::JournalCursor from) const {
    alert::JournalPage page{.next = std::move(from)};
    auto& at = page.next;
    auto file = std::find_if(files_.begin(), files_.end(), [&](const File& f) { return f.name == at.file; });
    if (file == files_.end()) {  // the last that begins before what is wanted
        file =
            std::find_if(files_.begin(), files_.end(), [&](const File& f) { return f.first > at.after + 1; });
        if (file != files_.begin()) --file;
        at.offset = at.line = 0;
    }
    page.end = file == files_.end();
    if (page.end) return page;
    at.file = file->name;
    const auto path = path_of(file->name);
    const bool is_open = current_ >= 0 && std::next(file) == files_.end();  // and is read if it was removed
    FileLines lines(is_open ? path_of_open() : path, journal_line_bytes_max, at.offset);
    const auto damaged = [&](const std::string& what) {
        page.damaged.push_back({"damaged", what, path + ":" + std::to_string(at.line)});
    };
    bool whole = true;
    while (lines.bytes() < page_bytes && (whole = lines.next())) {
        ++at.line;
        auto entry = alert::decode_journal_line(lines.line());
        if (!entry) {
            damaged(entry.error().message);
        } else if (!entry->jurisdiction.empty() && entry->jurisdiction != jurisdiction_) {
            damaged("a line of the journal is of the jurisdiction " + entry->jurisdiction + ", not of " +
                    jurisdiction_ + "; tell it to its own daemon: yuqingctl replay");
        } else if (entry->sequence > at.after) {
            at.after = entry->sequence;
            page.entries.push_back(std::move(*entry));
        }
    }
    if (const auto& failure = lines.failure(); failure && !whole) {
        if (failure->code == "busy") return *failure;
        ++at.line;
        damaged(failure->message + "; the rest of the file is passed over");
    }
    at.offset += lines.bytes();
    if (whole) return page;
    if (++file == files_.end()) {
        page.end = true;
        return page;
    }
    at.file = file->name;
    at.offset = at.line = 0;
    return page;
}

}  // namespace yuqing
