// Pieces of a page: whatever is put in is escaped here and nowhere else.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace alert::report {

/// One bar of a chart: parts of a whole, drawn one behind the other.
struct Bar {
    std::string name, value;    // before and behind the bar
    std::vector<double> parts;  // of 1 in all; a class `part0`, `part1`, ... each
};

/// Bars below each other, as an SVG that needs no script and no style attribute. `title` is what a screen
/// reader says.
std::string bar_chart(const std::string& title, const std::vector<Bar>& bars);

}  // namespace alert::report
