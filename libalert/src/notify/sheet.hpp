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
    bool cut = false;  // not all of the lines or of the mentions are there
};

/// One message as a page of its own, cut to `chars_max` bytes a line.
Sheet sheet_of(const Notification& message, Shape shape, const Scene& scene, std::size_t line_bytes_max);

/// What is left of a message that travels with others.
struct DigestEntry {
    std::string matter;  // its id; empty: about no one case
    std::string reason;  // 【催办】
    std::string owed;    // 回应 剩余1小时
    std::string subject;
};
DigestEntry digest_entry(const Notification& message, const Scene& scene);
/// Every matter on a line of its own, numbered, in the order in which each comes first:
/// 【到期】回应 已到期；【催办】签收 剩余1小时 路灯不亮 县应急管理局 QS-1
std::vector<MessageLine> digest_lines(std::span<const DigestEntry> entries);
/// Their heading, and whom they are for.
Sheet digest_sheet(std::span<const Notification> messages, const Scene& scene);

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
