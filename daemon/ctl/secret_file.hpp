// A file that holds a secret: new, for its owner alone, and on the disk before anybody relies on it. One
// that is there already stays, for a key that is lost cannot be made again.
#pragma once

#include "command_line.hpp"

#include <string>

namespace yuqing {

/// What else may read a secret file: in /etc/yuqingd/secrets the group of the folder is the daemon's.
enum class Readers { owner, group_of_folder };

/// Ends the command, and leaves no file behind, when it cannot be written whole.
void write_secret_file(const std::string& file, const std::string& text, Readers readers, Language language);

}  // namespace yuqing
