#include "archive/files.hpp"

#include "alert/codec/archive_line.hpp"
#include "durable_file.hpp"
#include "file_lines.hpp"

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

constexpr std::string_view file_extension = ".jsonl";
constexpr std::size_t line_bytes_max =
    2 * alert::archived_bytes_max;  // with its head; no line of ours is longer

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
        if (!file || ::flock(file.fd(), LOCK_EX) != 0) return unwritable("cannot be opened and locked", path);
        const auto end = find_end(file.fd());
        if (!end) return unwritable("cannot be read at its end", path);
        std::string text(end->torn ? "\n" : "");
        for (const auto i : indexes) {
            places[i] = {name, end->size + text.size(), lines[i].text.size()};
            text += lines[i].text;
        }
        if (!write_all(file.fd(), text) || ::fdatasync(file.fd()) != 0) {
            auto refused = unwritable("cannot be written", path);
            // Nobody points to what was written; should it stay, it is closed as a torn line is.
            [[maybe_unused]] const int cut = ::ftruncate(file.fd(), static_cast<off_t>(end->size));
            return refused;
        }
        if (end->torn && on_torn_) on_torn_();
        if (end->size == 0 && !sync_folder(folder_)) return unwritable("cannot be kept", path);
    }
    return places;
}

alert::Result<alert::ArchivedCase> ArchiveFiles::read(const alert::CaseId& id, std::uint64_t version,
                                                      const alert::ArchivePlace& place) const {
    const auto path = path_of(place.file);
    std::ifstream file(path, std::ios::binary);
    const alert::Error unreadable{
        "archive_unreadable", "the case " + id.value + " was archived to " + path + ", which cannot be read",
        path};
    if (!file) return unreadable;
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
    alert::Result<alert::ArchivedCase> last(
        alert::Error{"archive_damaged",
                     "the line of the case " + id.value + " in " + path + " is not what was written", path});
    FileLines lines(path, line_bytes_max);
    while (lines.next()) {
        if (!alert::is_archive_line_of(lines.line(), id, version)) continue;
        auto found = alert::decode_archive_line(lines.line());
        if (is_wanted(found)) last = std::move(found);
    }
    if (!last && lines.failure()) return unreadable;
    return last;
}

}  // namespace yuqing
