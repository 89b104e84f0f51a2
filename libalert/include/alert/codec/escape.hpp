// Text from outside made harmless for the place it is put in.
#pragma once

#include <string>
#include <string_view>

namespace alert {

/// As a query parameter or a part of a path, encoded once (RFC 3986).
std::string percent_encoded(std::string_view text);
/// For an element of XML or HTML, or an attribute in quotes.
std::string markup_escaped(std::string_view text);
/// For a line of a header: it cannot be ended, and everybody reads ASCII.
std::string header_escaped(std::string_view text);

}  // namespace alert
