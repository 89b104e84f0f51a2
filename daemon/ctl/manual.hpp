// The commands of yuqingctl(1) in the manual's own language (roff), written from what the command line says
// of itself. The text around them is deploy/man/yuqingctl.1.in.
#pragma once

#include "command_line.hpp"

#include <string>
#include <vector>

namespace yuqing {

/// One half of a help text `中文 (English)`; a text that is not of that shape, whole.
std::string in_language(const std::string& help, Language language);

std::string manual_commands(const std::vector<CommandHelp>& commands, Language language);

}  // namespace yuqing
