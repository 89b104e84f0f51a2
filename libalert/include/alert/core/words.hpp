// What officers read for the identifiers of the API: one word for each, on every page, screen and list.
#pragma once

#include <string_view>

namespace alert {

/// Flags, and statuses of cases and obligations, in Chinese; empty for what is none of them.
std::string_view chinese_word(std::string_view identifier);

}  // namespace alert
