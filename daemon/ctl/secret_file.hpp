// A file that holds a secret: new, for its owner alone, and on the disk before anybody relies on it. One
// that is there already stays, for a key that is lost cannot be made again.
#pragma once

#include "command_line.hpp"

#include <string>

namespace yuqing {

/// Who may read it: in /etc/yuqingd/secrets the group of the folder is the daemon's; everybody the public half of
/// a key.
enum class Readers { owner, group_of_folder, everybody };

/// Ends the command, and leaves no file behind, when it cannot be written whole.
void write_secret_file(const std::string& file, const std::string& text, Readers readers, Language language);

}  // namespace yuqing
