// What the three robots have in common: one message cut to what the platform takes, or as many as fit.
#pragma once

#include "inert.hpp"
#include "sheet.hpp"

#include <algorithm>
#include <functional>

namespace alert {

using Headers = std::vector<std::pair<std::string, std::string>>;
inline Headers json_headers() { return {{"Content-Type", "application/json; charset=utf-8"}}; }

/// A robot with a keyword refuses every message without it.
void add_keyword(std::string& text, const std::string& keyword);

template <typename Write>
std::string joined_links(const Sheet& sheet, std::string_view before, std::string_view between,
                         const Write& write) {
    std::string text;
    for (const SheetLink& link : sheet.links)
        text.append(text.empty() ? before : between).append(write(link));
    return text;
}

/// Writes the letter's body: of one message, its lines cut until it fits; of several, a line for each of the
/// first ones, as many as fit, and fewer in brief shape. The last call of `body` is for what is sent.
void write_body(Letter& letter, std::span<const Notification> messages, Shape shape, const Scene& scene,
                std::size_t bytes_max, const std::function<std::string(const Sheet&)>& body);

}  // namespace alert
