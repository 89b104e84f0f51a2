// Quantiles of what was measured, as JSON.
#pragma once

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

namespace yuqing::bench {

/// `"p50":…,"p99":…,"max":…` in the unit of the values; nulls when there are none.
inline std::string quantiles(std::vector<double> values) {
    if (values.empty()) return R"("p50":null,"p99":null,"max":null)";
    std::sort(values.begin(), values.end());
    const auto at = [&](double part) {
        return values[static_cast<std::size_t>(part * static_cast<double>(values.size() - 1))];
    };
    char text[128];
    std::snprintf(text, sizeof text, R"("p50":%.3f,"p99":%.3f,"max":%.3f)", at(0.5), at(0.99), values.back());
    return text;
}

}  // namespace yuqing::bench
