// The query of a request: what is asked for by name, and what cannot be.
#pragma once

#include "alert/core/result.hpp"
#include "http_message.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace yuqing {

/// Of one list: so many when nothing is asked, and never more.
inline constexpr std::size_t listed_default = 100, listed_max = 500;

/// Empty when absent.
std::string query_text(const HttpRequest& request, const std::string& name);
/// `limit`, a whole number; the error says what would be right.
alert::Result<std::size_t> query_limit(const HttpRequest& request, std::size_t otherwise, std::size_t most);

/// `known` are names with blanks between them. An error when the query has another name, or one of them
/// twice: what is not understood must not be passed over, for the answer would be to another question.
std::optional<alert::Error> query_error(const HttpRequest& request, std::string_view known);

}  // namespace yuqing
