#include "markup.hpp"

#include "alert/codec/escape.hpp"
#include "alert/codec/utf8.hpp"

#include <algorithm>

namespace alert::report {

namespace {

constexpr int line_height = 26, bar_height = 16, names_width = 170, bars_width = 400, values_width = 150;
constexpr std::size_t name_chars_max = 12;

std::string number(double value) {
    const auto tenths = static_cast<long>(value * 10 + 0.5);
    return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10);
}

std::string text_at(int x, int y, const char* anchor, const std::string& text) {
    return "<text x=\"" + std::to_string(x) + "\" y=\"" + std::to_string(y) + "\" text-anchor=\"" + anchor +
           "\">" + markup_escaped(text) + "</text>";
}

std::string drawn(const Bar& bar, int y) {
    std::string out = text_at(names_width - 8, y + 13, "end", clean_text(bar.name, name_chars_max).text);
    double x = names_width;
    for (std::size_t i = 0; i < bar.parts.size(); ++i) {
        const double width = std::clamp(bar.parts[i], 0.0, 1.0) * bars_width;
        out += "<rect class=\"part" + std::to_string(i) + "\" x=\"" + number(x) + "\" y=\"" +
               std::to_string(y) + "\" width=\"" + number(width) + "\" height=\"" +
               std::to_string(bar_height) + "\"/>";
        x += width;
    }
    return out + text_at(names_width + bars_width + 8, y + 13, "start", bar.value);
}

}  // namespace

std::string bar_chart(const std::string& title, const std::vector<Bar>& bars) {
    const auto height = line_height * static_cast<int>(bars.size()) + 4;
    std::string out = "<svg role=\"img\" aria-label=\"" + markup_escaped(title) + "\" viewBox=\"0 0 " +
                      std::to_string(names_width + bars_width + values_width) + " " + std::to_string(height) +
                      "\">";
    int y = 4;
    for (const Bar& bar : bars) {
        out += drawn(bar, y);
        y += line_height;
    }
    return out + "</svg>\n";
}

}  // namespace alert::report
