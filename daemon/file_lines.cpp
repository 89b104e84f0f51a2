#include "file_lines.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

namespace yuqing {

FileLines::FileLines(std::string path, std::size_t bytes_max, std::uint64_t offset)
    : path_(std::move(path)), line_bytes_max_(bytes_max), file_(path_, O_RDONLY) {
    if (!file_ || ::lseek(file_.fd(), static_cast<off_t>(offset), SEEK_SET) < 0) fail();
}

void FileLines::fail() {
    const bool busy = errno == EMFILE || errno == ENFILE || errno == ENOMEM;
    failure_ = alert::Error{busy              ? "busy"
                            : errno == ENOENT ? "missing"
                                              : "unreadable",
                            path_ + " cannot be read: " + std::generic_category().message(errno), path_};
}

bool FileLines::fill() {
    if (failure_) return false;
    ssize_t got = 0;
    do got = ::read(file_.fd(), buffer_.data(), buffer_.size());
    while (got < 0 && errno == EINTR);
    if (got < 0) fail();
    at_ = 0;
    size_ = got > 0 ? static_cast<std::size_t>(got) : 0;
    return size_ > 0;
}

bool FileLines::next() {
    line_.clear();
    while (at_ < size_ || fill()) {
        const char* const begin = buffer_.data() + at_;
        const auto* const end = static_cast<const char*>(std::memchr(begin, '\n', size_ - at_));
        const auto length = end != nullptr ? static_cast<std::size_t>(end - begin) : size_ - at_;
        line_.append(begin, std::min(length, line_bytes_max_ - line_.size()));
        const std::size_t taken = length + (end != nullptr ? 1 : 0);
        at_ += taken;
        bytes_ += taken;
        if (end != nullptr) return true;
    }
    return false;
}

}  // namespace yuqing
