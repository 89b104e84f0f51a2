// What officers read for the identifiers of the API: one word for each, on every page, screen and list.
#pragma once

#include <string_view>

namespace alert {

/// Flags, and statuses of cases and obligations, in Chinese; empty for what is none of them.
std::string_view chinese_word(std::string_view identifier);

/// The usual roles of directory.yaml, in Chinese; empty for one that an office named itself.
std::string_view role_word(std::string_view role);

}  // namespace alert
