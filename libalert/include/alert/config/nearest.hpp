// The known word nearest to one that is not known: "did you mean" of files and command lines.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace alert {

/// Nothing when none is near enough to be what was meant.
std::optional<std::string_view> nearest_word(std::string_view word,
                                             const std::vector<std::string_view>& known);

}  // namespace alert
