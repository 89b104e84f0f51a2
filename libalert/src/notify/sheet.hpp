// A message as every robot shows it, before the robot's own mark-up: all of it inert, in the order in which a
// tired person reads it. Lines may be cut; mentions, links and the keyword never are.
#pragma once

#include "alert/notify/format.hpp"

namespace alert {

struct SheetLink {
    std::string label, url;
};

struct Sheet {
    std::string heading;  // 【催办】剩余1小时
    std::string subject;  // what it is about
    std::vector<MessageLine> lines;
    std::vector<const Officer*> mentions;  // each once
    std::vector<SheetLink> links;
    std::span<const Notification> told;  // the messages that stand in it
    bool cut = false;                    // not all of the lines or of the mentions are there
};

/// One message as a page of its own, cut to `line_bytes_max` bytes a line.
Sheet sheet_of(const Notification& message, Shape shape, const Scene& scene, std::size_t line_bytes_max);

/// Rings whom the message is for, each once.
void add_mentions(const Notification& message, const Directory& directory, Sheet& sheet);

/// To the page of its matter: where people act, if they can, and where it is shown. Of no one case none.
std::vector<SheetLink> matter_links(const Notification& message, const Scene& scene);

/// What a message without a word from outside says instead.
inline constexpr std::string_view neutral_words = "内容请打开链接查看";
std::string neutral_subject(const Notification& message);

/// How long a line may be, from all of it to what is always short enough.
inline constexpr std::size_t line_bytes[] = {6000, 1200, 360, 120};

/// The first of `build(line_bytes)` that is at most `bytes_max` long, else the last.
template <typename Build>
std::string fitting(Shape shape, std::size_t bytes_max, const Build& build) {
    std::string text;
    for (const std::size_t most : line_bytes) {
        if (shape == Shape::brief && most > line_bytes[2]) continue;
        text = build(most);
        if (text.size() <= bytes_max) break;
    }
    return text;
}

}  // namespace alert
