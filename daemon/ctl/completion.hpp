// Completion for the shells, written from what the command line says of itself, so it is never out of date.
// A script offers commands, options, their words, files, and the ids of open cases, which it asks for.
#pragma once

#include "command_line.hpp"

#include <string>
#include <vector>

namespace yuqing {

std::string bash_completion(const std::vector<CommandHelp>& commands);
std::string zsh_completion(const std::vector<CommandHelp>& commands);

}  // namespace yuqing
