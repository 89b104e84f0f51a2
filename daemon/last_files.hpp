// The set of files that loaded last, kept in Redis for this daemon on this machine: it starts with them when
// those on the disk do not load, and says so.
#pragma once

#include "alert/config/config.hpp"
#include "alert/redis/connection.hpp"

#include <filesystem>
#include <functional>

namespace yuqing {

/// The command that keeps them.
std::vector<std::string> keeping_command(const std::string& jurisdiction, const std::filesystem::path& file,
                                         const alert::FileSet& files);

/// What this daemon is called among those that share its Redis.
alert::RunningDaemon this_daemon(const std::filesystem::path& file);

/// Asks Redis, for a few seconds. Nothing when it does not answer, or none were ever kept; whoever starts the
/// daemon tries again.
std::optional<alert::FileSet> find_last_files(const alert::RedisPlace& place,
                                              const std::filesystem::path& file);

}  // namespace yuqing
