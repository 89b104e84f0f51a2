#include "suggest.hpp"

#include "alert/config/nearest.hpp"

#include <algorithm>

namespace alert::config {

namespace {

constexpr std::size_t listed_max = 30;
constexpr std::size_t quoted_chars_max = 40;

}  // namespace

std::string suggestion(std::string_view word, const Words& known) {
    if (known.empty()) return "";
    if (const auto near = nearest_word(word, known)) return "; did you mean '" + std::string(*near) + "'?";
    std::string list;
    for (std::size_t i = 0; i < std::min(known.size(), listed_max); ++i) {
        list += (i == 0 ? "" : ", ") + std::string(known[i]);
    }
    return "; known: " + list + (known.size() > listed_max ? ", ..." : "");
}

std::string in_quotes(std::string_view text) {
    std::string out = "'";
    std::size_t chars = 0;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if ((byte & 0xC0) != 0x80 && ++chars > quoted_chars_max) return out + "...'";
        if (byte >= 0x20 && byte != 0x7F) out += c;
    }
    return out + "'";
}

}  // namespace alert::config
