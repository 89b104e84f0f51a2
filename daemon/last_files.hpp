// The set of files that loaded last, kept in Redis for this daemon on this machine: it and its guard start
// with them when those on the disk do not load, and say so.
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

/// The files that loaded last stand in for those that do not, when Redis has them: it is asked for a few
/// seconds, and whoever starts the program tries again. Empty: they were not needed, or there are none; else
/// why the files on the disk are not taken.
std::vector<alert::Error> fall_back(const std::filesystem::path& file, alert::LoadedConfig& loaded);

}  // namespace yuqing
