// The set of files that loaded last, kept in Redis for this daemon on this machine: it starts with them when
// those on the disk do not load, and says so.
#pragma once

#include "alert/config/config.hpp"
#include "alert/redis/connection.hpp"
#include "watchdog.hpp"

#include <filesystem>
#include <functional>

namespace yuqing {

/// The command that keeps them.
std::vector<std::string> keeping_command(const std::string& jurisdiction, const std::filesystem::path& file,
                                         const alert::FileSet& files);

/// Asks Redis and waits until it answers, however long that takes; systemd is told to have patience. Nothing
/// when none were ever kept.
std::optional<alert::FileSet> find_last_files(const alert::RedisPlace& place,
                                              const std::filesystem::path& file, Watchdog& watchdog);

}  // namespace yuqing
