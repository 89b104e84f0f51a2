// The canonical form of a JSON value: members sorted, equal numbers written alike. Two values are
// the same content exactly when their canonical forms are.
#pragma once

#include <boost/json/value.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace alert {

/// Nothing when the value holds a number too large to be one (1e999).
std::optional<std::string> canonical_form(const boost::json::value& value);

/// Where in a JSON text the first number stands that is too large to be one; the size of the text
/// when there is none.
std::size_t find_overflowing_number(std::string_view json);

}  // namespace alert
