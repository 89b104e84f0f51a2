#include "alert/report/table.hpp"

#include "alert/codec/utf8.hpp"

#include <cstdlib>

namespace alert {

namespace {

std::string cut(const std::string& text) {
    auto clean = clean_text(text, cell_chars_max);
    if (clean.truncated) clean.text += "…";
    return std::move(clean.text);
}

std::string hundredths_text(std::int64_t value) {
    const auto size = std::llabs(value);
    const auto rest = size % 100;
    return (value < 0 ? "-" : "") + std::to_string(size / 100) + (rest < 10 ? ".0" : ".") +
           std::to_string(rest);
}

struct Shown {
    const Zone& zone;
    std::string operator()(std::monostate) const { return {}; }
    std::string operator()(const std::string& text) const { return text; }
    std::string operator()(const WebAddress& url) const { return url.text; }
    std::string operator()(std::int64_t number) const { return std::to_string(number); }
    std::string operator()(TimePoint at) const { return local_text(at, zone); }
    std::string operator()(Percent percent) const { return hundredths_text(percent.hundredths) + "%"; }
    std::string operator()(Points points) const { return hundredths_text(points.hundredths); }
};

}  // namespace

Cell count_cell(std::size_t count) { return static_cast<std::int64_t>(count); }

Cell text_cell(const std::string& text) { return text.empty() ? Cell{} : Cell{cut(text)}; }

Cell url_cell(const std::string& url) { return url.empty() ? Cell{} : Cell{WebAddress{cut(url)}}; }

std::string local_text(TimePoint at, const Zone& zone) {
    auto text = format_rfc3339(at, zone).substr(0, 19);
    text[10] = ' ';
    return text;
}

std::string cell_text(const Cell& cell, const Zone& zone) { return std::visit(Shown{zone}, cell); }

}  // namespace alert
