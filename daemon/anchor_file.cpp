#include "anchor_file.hpp"

#include "durable_file.hpp"

#include <boost/json.hpp>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <optional>
#include <system_error>

namespace yuqing {

namespace json = boost::json;

namespace {

constexpr int line_schema = 1;
constexpr std::size_t tail_bytes = 256 * 1024;  // more than a line of 500 heads ever has
constexpr mode_t file_mode = 0640;

alert::Error failed(const std::string& what, const std::string& path) {
    return {"unwritable", what + ": " + std::generic_category().message(errno), path};
}

/// The last whole line of a file, where it ends, and how long the file is. Nothing: it cannot be read.
struct LastLine {
    std::string text;
    std::size_t end = 0, size = 0;
};

std::optional<LastLine> find_last_line(int fd) {
    struct stat about {};
    if (::fstat(fd, &about) != 0) return std::nullopt;
    const auto size = static_cast<std::size_t>(about.st_size);
    std::string tail(std::min(size, tail_bytes), '\0');
    const auto from = size - tail.size();
    const auto got = ::pread(fd, tail.data(), tail.size(), static_cast<off_t>(from));
    if (got < 0 || static_cast<std::size_t>(got) != tail.size()) return std::nullopt;
    const auto end = tail.rfind('\n');
    if (end == std::string::npos) {
        if (from > 0) return std::nullopt;
        return LastLine{.text = {}, .size = size};
    }
    const auto before = end == 0 ? std::string::npos : tail.rfind('\n', end - 1);
    const auto begin = before == std::string::npos ? 0 : before + 1;
    return LastLine{tail.substr(begin, end - begin), from + end + 1, size};
}

/// Open and locked for as long as it lives; the lock keeps other daemons from writing in between.
class LockedFile {
public:
    explicit LockedFile(const std::string& path)
        : fd_(::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, file_mode)) {
        if (fd_ >= 0 && ::flock(fd_, LOCK_EX | LOCK_NB) != 0) {
            ::close(fd_);
            fd_ = -1;
        }
    }
    ~LockedFile() {
        if (fd_ >= 0) ::close(fd_);
    }
    LockedFile(const LockedFile&) = delete;
    LockedFile& operator=(const LockedFile&) = delete;

    [[nodiscard]] bool ready() const { return fd_ >= 0; }
    /// The last whole line; what follows it is cut off. Nothing: it could not be read.
    std::optional<std::string> last_line();
    bool write(std::string_view line);

private:
    int fd_;
};

std::optional<std::string> LockedFile::last_line() {
    auto last = find_last_line(fd_);
    if (!last) return std::nullopt;
    if (last->end < last->size && ::ftruncate(fd_, static_cast<off_t>(last->end)) != 0) return std::nullopt;
    return std::move(last->text);
}

bool LockedFile::write(std::string_view line) { return write_all(fd_, line) && ::fsync(fd_) == 0; }

void take_heads(const std::string& line, Anchors& anchors) {
    boost::system::error_code error;
    const auto value = json::parse(line, error);
    const auto* members = error ? nullptr : value.if_object();
    if (members == nullptr) return;  // found as changed by the chain
    if (const auto* at = members->if_contains("at"); at && at->is_string())
        anchors.last_at = at->get_string();
    const auto* heads = members->if_contains("heads");
    if (heads == nullptr || !heads->is_object()) return;
    for (const auto& [id, seal] : heads->get_object()) {
        if (!seal.is_string()) continue;
        auto& farthest = anchors.heads[alert::CaseId(std::string(id))];
        const std::string told(seal.get_string());
        if (alert::seal_number(told) >= alert::seal_number(farthest)) farthest = told;
    }
}

}  // namespace

AnchorFile::AnchorFile(std::string path, alert::ChainKey key, std::string jurisdiction, alert::Zone zone)
    : path_(std::move(path)),
      key_(std::move(key)),
      jurisdiction_(std::move(jurisdiction)),
      chain_("anchors:" + jurisdiction_),
      zone_(std::move(zone)) {}

alert::Result<std::monostate> AnchorFile::append(const Heads& heads, alert::TimePoint now) const {
    LockedFile file(path_);
    if (!file.ready()) return failed("cannot be opened and locked", path_);
    const auto last = file.last_line();
    if (!last) return failed("its end cannot be read", path_);
    std::string before;
    if (!last->empty()) {
        const auto sealed = alert::open_sealed(*last);
        if (!sealed) {
            return alert::Error{
                "damaged", "its last line is none of ours; keep it as evidence under another name", path_};
        }
        before = sealed->seal;
    }
    json::object seals;
    for (const auto& [id, seal] : heads) seals[id.value] = seal;
    const json::object line{{"v", line_schema},
                            {"at", alert::format_rfc3339(now, zone_)},
                            {"j", jurisdiction_},
                            {"heads", std::move(seals)}};
    const auto text = json::serialize(line);
    if (!file.write(alert::with_seal(text, alert::next_seal(key_, chain_, before, text)) + "\n"))
        return failed("cannot be written", path_);
    return std::monostate{};
}

std::optional<LastAnchor> AnchorFile::last() const {
    const int fd = configured() ? ::open(path_.c_str(), O_RDONLY | O_CLOEXEC) : -1;
    if (fd < 0) return std::nullopt;
    const auto line = find_last_line(fd);
    ::close(fd);
    const auto sealed = line ? alert::open_sealed(line->text) : std::nullopt;
    if (!sealed) return std::nullopt;
    Anchors anchors;
    take_heads(line->text, anchors);
    return LastAnchor{anchors.last_at, sealed->seal};
}

alert::Result<std::shared_ptr<const Anchors>> AnchorFile::read() {
    std::error_code error;
    const auto size = std::filesystem::file_size(path_, error);
    if (error == std::errc::no_such_file_or_directory) return std::make_shared<const Anchors>();
    const auto changed =
        error ? std::filesystem::file_time_type() : std::filesystem::last_write_time(path_, error);
    std::ifstream lines(path_, std::ios::binary);
    if (error || !lines) return alert::Error{"unreadable", "the anchors cannot be read", path_};
    if (read_ && read_at_ == std::pair(size, changed)) return read_;

    auto anchors = std::make_shared<Anchors>();
    alert::ChainWalk walk(key_, chain_);
    for (std::string line; std::getline(lines, line);) {
        if (lines.eof()) break;  // torn: it was never an anchor
        walk.take(line);
        take_heads(line, *anchors);
    }
    anchors->findings = walk.findings();
    read_ = std::move(anchors);
    read_at_ = {size, changed};
    return read_;
}

}  // namespace yuqing
