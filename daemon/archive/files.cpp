#include "archive/files.hpp"

#include "alert/codec/archive_line.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <map>
#include <system_error>

namespace yuqing {

namespace {

constexpr mode_t file_mode = 0640;
constexpr std::string_view file_extension = ".jsonl";
constexpr std::size_t line_bytes_max =
    2 * alert::archived_bytes_max;  // with its head; no line of ours is longer

alert::Error failed(const std::string& what, const std::string& path) {
    return {"unwritable", path + " " + what + ": " + std::generic_category().message(errno), path};
}

/// Closed when it goes, and with it the lock.
class Descriptor {
public:
    Descriptor(const std::string& path, int flags)
        : fd_(::open(path.c_str(), flags | O_CLOEXEC, file_mode)) {}
    ~Descriptor() {
        if (fd_ >= 0) ::close(fd_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    [[nodiscard]] int fd() const { return fd_; }
    explicit operator bool() const { return fd_ >= 0; }

private:
    int fd_;
};

bool write_all(int fd, std::string_view text) {
    while (!text.empty()) {
        const auto written = ::write(fd, text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

/// How long a file is, once its last line has an end.
struct End {
    std::uint64_t size = 0;
    bool torn = false;
};
std::optional<End> find_end(int fd) {
    struct stat about {};
    if (::fstat(fd, &about) != 0) return std::nullopt;
    End end{.size = static_cast<std::uint64_t>(about.st_size)};
    char last = '\n';
    if (end.size > 0 && ::pread(fd, &last, 1, about.st_size - 1) != 1) return std::nullopt;
    end.torn = last != '\n';
    return end;
}

/// The name of a new file must survive too.
bool sync_folder(const std::string& folder) {
    const Descriptor descriptor(folder, O_RDONLY | O_DIRECTORY);
    return descriptor && ::fsync(descriptor.fd()) == 0;
}

/// Longer lines than we write are passed over without being held.
bool next_line(std::istream& file, std::string& line) {
    line.clear();
    std::streambuf& bytes = *file.rdbuf();
    for (int c = bytes.sbumpc(); c != std::char_traits<char>::eof(); c = bytes.sbumpc()) {
        if (c == '\n') return true;
        if (line.size() < line_bytes_max) line += static_cast<char>(c);
    }
    return false;  // torn: it was never a line
}

}  // namespace

alert::Result<std::monostate> ArchiveFiles::open(bool begun) const {
    std::error_code error;
    if (begun) {
        for (auto file = std::filesystem::directory_iterator(folder_, error);
             !error && file != std::filesystem::directory_iterator(); file.increment(error)) {
            if (file->path().extension() == file_extension) return std::monostate{};
        }
        return alert::Error{"archive_missing",
                            "cases were archived to " + folder_ + ", where none of their files is now",
                            folder_};
    }
    std::filesystem::create_directories(folder_, error);
    if (error) return alert::Error{"unwritable", folder_ + " cannot be made: " + error.message(), folder_};
    return std::monostate{};
}

alert::Result<std::vector<alert::ArchivePlace>> ArchiveFiles::append(
    const std::vector<alert::ShelfLine>& lines) const {
    std::map<std::string, std::vector<std::size_t>> of_file;
    for (std::size_t i = 0; i < lines.size(); ++i) of_file[lines[i].file].push_back(i);
    std::vector<alert::ArchivePlace> places(lines.size());
    for (const auto& [name, indexes] : of_file) {
        const auto path = path_of(name);
        const Descriptor file(path, O_RDWR | O_CREAT | O_APPEND);
        if (!file || ::flock(file.fd(), LOCK_EX) != 0) return failed("cannot be opened and locked", path);
        const auto end = find_end(file.fd());
        if (!end) return failed("cannot be read at its end", path);
        std::string text(end->torn ? "\n" : "");
        for (const auto i : indexes) {
            places[i] = {name, end->size + text.size(), lines[i].text.size()};
            text += lines[i].text;
        }
        if (!write_all(file.fd(), text) || ::fdatasync(file.fd()) != 0) {
            auto refused = failed("cannot be written", path);
            // Nobody points to what was written; should it stay, it is closed as a torn line is.
            [[maybe_unused]] const int cut = ::ftruncate(file.fd(), static_cast<off_t>(end->size));
            return refused;
        }
        if (end->torn && on_torn_) on_torn_();
        if (end->size == 0 && !sync_folder(folder_)) return failed("cannot be kept", path);
    }
    return places;
}

alert::Result<alert::ArchivedCase> ArchiveFiles::read(const alert::CaseId& id, std::uint64_t version,
                                                      const alert::ArchivePlace& place) const {
    const auto path = path_of(place.file);
    std::ifstream file(path, std::ios::binary);
    if (!file)
        return alert::Error{"archive_unreadable",
                            "the case " + id.value + " was archived to " + path + ", which cannot be read",
                            path};
    const auto is_wanted = [&](const alert::Result<alert::ArchivedCase>& found) {
        return found && found->id == id && found->version == version;
    };
    if (place.bytes <= line_bytes_max) {
        std::string line(place.bytes, '\0');
        file.seekg(static_cast<std::streamoff>(place.offset));
        if (file.read(line.data(), static_cast<std::streamsize>(line.size()))) {
            auto found = alert::decode_archive_line(line);
            if (is_wanted(found)) return found;
        }
    }
    // The file is not the one it was, as after an edit or from a backup.
    file.clear();
    file.seekg(0);
    alert::Result<alert::ArchivedCase> last(
        alert::Error{"archive_damaged",
                     "the line of the case " + id.value + " in " + path + " is not what was written", path});
    for (std::string line; next_line(file, line);) {
        if (!alert::is_archive_line_of(line, id, version)) continue;
        auto found = alert::decode_archive_line(line);
        if (is_wanted(found)) last = std::move(found);
    }
    return last;
}

}  // namespace yuqing
