#include "durable_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>

namespace yuqing {

namespace {
constexpr mode_t new_file_mode = 0640;
}

Descriptor::Descriptor(const std::string& path, int flags)
    : fd_(::open(path.c_str(), flags | O_CLOEXEC, new_file_mode)) {}

Descriptor::~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
}

alert::Error unwritable(const std::string& what, const std::string& path) {
    return {"unwritable", path + " " + what + ": " + std::generic_category().message(errno), path};
}

bool write_all(int fd, std::string_view text) {
    while (!text.empty()) {
        const auto written = ::write(fd, text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

bool sync_folder(const std::string& folder) {
    const Descriptor descriptor(folder, O_RDONLY | O_DIRECTORY);
    return descriptor && ::fsync(descriptor.fd()) == 0;
}

alert::Result<void> write_whole(const std::string& path, std::string_view text) {
    const auto beside = path + ".new";
    {
        const Descriptor file(beside, O_WRONLY | O_CREAT | O_TRUNC);
        const bool written = file && write_all(file.fd(), text) && ::fsync(file.fd()) == 0;
        if (!written) return unwritable("cannot be written", beside);
    }
    const auto folder = std::filesystem::path(path).parent_path();
    if (::rename(beside.c_str(), path.c_str()) != 0 || !sync_folder(folder))
        return unwritable("cannot be written", path);
    return {};
}

}  // namespace yuqing
