// Several messages as one page: every matter on a line of its own, most urgent first. Nothing that a message
// says is lost in company: what it owes, its flag and detail, and of what is about no one case all lines.
#pragma once

#include "sheet.hpp"

namespace alert {

/// What a message says among others.
struct DigestEntry {
    std::optional<TimePoint> due;  // of what is still owed
    std::string matter;            // its id; empty: about no one case
    std::string reason;            // 【催办】
    std::string owed;              // 回应 剩余1小时
    std::string said;              // of a notice: 尚无责任单位或已被退回，请交办
    std::string subject;
    std::vector<std::string> below;  // lines of its own
};
/// In neutral shape without a word from outside.
DigestEntry digest_entry(const Notification& message, Shape shape, const Scene& scene);

/// Numbered, by due time; what is owed for nobody's waiting comes last, in the given order:
/// 【到期】回应 已到期；【催办】签收 剩余1小时 路灯不亮 县应急管理局 QS-1
std::vector<MessageLine> digest_lines(std::span<const DigestEntry> entries);

/// The page; `entries` are those of the messages. The first `linked` matters have a link.
Sheet digest_sheet(std::span<const Notification> messages, std::span<const DigestEntry> entries, Shape shape,
                   const Scene& scene, std::size_t linked);

}  // namespace alert
