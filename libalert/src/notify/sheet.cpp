#include "sheet.hpp"

#include "alert/codec/case_json.hpp"
#include "inert.hpp"

#include <algorithm>

namespace alert {

namespace {

constexpr std::size_t mentions_max = 30;  // of one message; the line 通知 names everybody

/// Whoever is only informed is not rung.
bool rings(const Notification& message) {
    const Reason reason = message.reason;
    return reason != Reason::fulfilled && reason != Reason::closed && reason != Reason::bulletin &&
           !message.over;
}

std::string heading_of(const MessageParts& parts) { return "【" + parts.reason + "】" + parts.left; }

}  // namespace

void add_mentions(const Notification& message, const Directory& directory, Sheet& sheet) {
    auto& mentions = sheet.mentions;
    if (!rings(message)) return;
    for (const Target& target : message.targets) {
        for (const auto& id : target.officers) {
            const Officer* officer = directory.find_officer(id);
            const bool known = std::find(mentions.begin(), mentions.end(), officer) != mentions.end();
            if (!officer || known) continue;
            if (mentions.size() < mentions_max)
                mentions.push_back(officer);
            else
                sheet.cut = true;
        }
    }
}

std::vector<SheetLink> matter_links(const Notification& message, const Scene& scene) {
    if (!message.matter) return {};
    const MessageLinks links = message_links(scene.public_url, scene.link_key, message, scene.now);
    // One page shows the matter and takes what was done.
    if (rings(message) && !scene.link_key.bytes.empty()) return {{"签收或报告已发布", links.acknowledge}};
    return {{"查看事项", links.view}};
}

std::string neutral_subject(const Notification& message) {
    return message.matter ? "舆情事项 " + inert_text(message.matter->id.value) : "舆情值守消息";
}

Sheet sheet_of(const Notification& message, Shape shape, const Scene& scene, std::size_t line_bytes_max) {
    const MessageParts parts = message_parts(message, scene.directory, scene.now, scene.zone);
    Sheet sheet{.heading = heading_of(parts), .told = std::span(&message, 1)};
    sheet.links = matter_links(message, scene);
    add_mentions(message, scene.directory, sheet);
    if (shape == Shape::neutral) {
        sheet.subject = neutral_subject(message);
        sheet.lines.push_back({"", std::string(neutral_words)});
    } else {
        const auto fit = [&](std::string_view text) {
            const auto inert = inert_text(text);
            sheet.cut |= inert.size() > line_bytes_max;
            return cut_to_bytes(inert, line_bytes_max);
        };
        sheet.subject = fit(parts.subject);
        for (const MessageLine& line : parts.lines) sheet.lines.push_back({line.label, fit(line.value)});
    }
    return sheet;
}

}  // namespace alert
