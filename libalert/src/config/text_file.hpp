// Files as text: bounded, strict UTF-8, and paths as the configuration writes them.
#pragma once

#include "alert/core/result.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace alert::config {

inline constexpr std::size_t file_bytes_max = 4 * 1024 * 1024;
inline constexpr std::size_t secret_bytes_max = 64 * 1024;

/// The bytes of a regular file; errors (`unreadable`, `too_large`) name the file, never its content.
Result<std::string> read_file(const std::filesystem::path& file, std::size_t bytes_max);

/// Whether every user of this machine may read the file.
bool is_open_to_all(const std::filesystem::path& file);

/// Where the text stops being UTF-8 without control characters other than tab and line ends.
std::optional<std::size_t> first_bad_byte(std::string_view text);

/// Puts in `${NAME}` from the environment and makes a relative path start at `base`.
Result<std::filesystem::path> expand_path(std::string_view text, const std::filesystem::path& base);

}  // namespace alert::config
