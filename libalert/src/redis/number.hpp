// Numbers in what Redis says.
#pragma once

#include <charconv>
#include <string_view>
#include <system_error>

namespace alert::redis {

/// The whole of the text, or false; then `number` is not to be used.
template <class Number>
bool read_number(std::string_view text, Number& number) {
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
    return code == std::errc{} && end == text.data() + text.size();
}

}  // namespace alert::redis
