// Files that must survive: written whole, and on the disk before anybody relies on them. Blocks.
#pragma once

#include "alert/core/result.hpp"

#include <string>
#include <string_view>

namespace yuqing {

/// Closed when it goes, and with it any lock.
class Descriptor {
public:
    Descriptor(const std::string& path, int flags);
    ~Descriptor();
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    [[nodiscard]] int fd() const { return fd_; }
    explicit operator bool() const { return fd_ >= 0; }

private:
    int fd_;
};

/// Error `unwritable`: what is wrong with the file, and why by errno.
alert::Error unwritable(const std::string& what, const std::string& path);

/// False: errno tells why, and how much was written is not known.
bool write_all(int fd, std::string_view text);

/// The name of a new file must survive too.
bool sync_folder(const std::string& folder);

/// Written beside, synced and renamed: there is never half a file. Error `unwritable`.
alert::Result<void> write_whole(const std::string& path, std::string_view text);

}  // namespace yuqing
