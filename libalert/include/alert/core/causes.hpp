// Why something did not work, for people: this program's own phrases in the words of the duty desk. What a
// platform, a relay, a sender or a system library said stays as it was said, so that it can be looked up.
#pragma once

#include "alert/core/result.hpp"

#include <string>
#include <string_view>

namespace alert {

/// An error of a delivery or of Redis, its phrases in Chinese.
std::string cause_zh(std::string_view error);
/// Why an event was refused; what has no words of its own is told by its code.
std::string refusal_zh(const Error& error);
/// What the code of an Error means: `not_found` → `没有找到`; of a code without a word the code itself.
std::string_view code_zh(std::string_view code);

}  // namespace alert
