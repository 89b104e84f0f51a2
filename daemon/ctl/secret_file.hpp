// A file that holds a secret: new, for its owner alone, and on the disk before anybody relies on it. One
// that is there already stays, for a key that is lost cannot be made again.
#pragma once

#include "command_line.hpp"

#include <string>

namespace yuqing {

/// Who may read it: in /etc/yuqingd/secrets the group of the folder is the daemon's; everybody may read the
/// public half of a key.
enum class Readers { owner, group_of_folder, everybody };

/// Ends the command when the file is there, before another that belongs to it is written.
void require_absent(const std::string& file, Language language);

/// Ends the command, and leaves no file behind, when it cannot be written whole.
void write_secret_file(const std::string& file, const std::string& text, Readers readers, Language language);

/// Of a file that holds no secret, such as hashes of some: writes it beside as FILE.new and renames that, so
/// that who reads it meanwhile sees the old text or the new one. Owner and readers stay what they are, of a
/// new one everybody; a link is followed. Ends the command when it cannot be done.
void replace_file(const std::string& file, const std::string& text, Language language);

}  // namespace yuqing
