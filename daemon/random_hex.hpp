// Names and secrets that nobody can guess.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

namespace yuqing {

/// So many bytes of the kernel's chance, two hex digits each; nothing when it gives none, as errno tells.
std::optional<std::string> random_hex(std::size_t bytes);

}  // namespace yuqing
