#include "sheet.hpp"

#include "alert/codec/case_json.hpp"
#include "inert.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace alert {

namespace {

constexpr std::size_t mentions_max = 30;  // of one message; the line 通知 names everybody

/// Whoever is only informed is not rung.
bool rings(const Notification& message) {
    const Reason reason = message.reason;
    return reason != Reason::fulfilled && reason != Reason::closed && reason != Reason::bulletin &&
           !message.over;
}

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

std::string heading_of(const MessageParts& parts) { return "【" + parts.reason + "】" + parts.left; }

}  // namespace

Sheet sheet_of(const Notification& message, Shape shape, const Scene& scene, std::size_t line_bytes_max) {
    const MessageParts parts = message_parts(message, scene.directory, scene.now, scene.zone);
    Sheet sheet{.heading = heading_of(parts)};
    add_mentions(message, scene.directory, sheet);
    if (shape == Shape::neutral) {
        sheet.subject = message.matter ? "舆情事项 " + inert_text(message.matter->id.value) : "舆情值守消息";
        sheet.lines.push_back({"", "内容请打开链接查看"});
    } else {
        const auto fit = [&](std::string_view text) {
            const auto inert = inert_text(text);
            sheet.cut |= inert.size() > line_bytes_max;
            return cut_to_bytes(inert, line_bytes_max);
        };
        sheet.subject = fit(parts.subject);
        for (const MessageLine& line : parts.lines) sheet.lines.push_back({line.label, fit(line.value)});
    }
    if (message.matter) {
        const MessageLinks links = message_links(scene.public_url, scene.link_key, message, scene.now);
        if (rings(message) && !scene.link_key.bytes.empty())
            sheet.links.push_back({"签收或报告已发布", links.acknowledge});
        sheet.links.push_back({"查看事项", links.page});
    }
    return sheet;
}

DigestEntry digest_entry(const Notification& message, const Scene& scene) {
    constexpr std::size_t subject_bytes = 120, obligation_bytes = 60, unit_bytes = 60;
    const MessageParts parts = message_parts(message, scene.directory, scene.now, scene.zone);
    DigestEntry entry{.reason = "【" + parts.reason + "】"};
    const auto add = [](std::string& text, std::string_view what, std::size_t bytes_max) {
        if (what.empty()) return;
        text.append(text.empty() ? "" : " ").append(cut_to_bytes(inert_text(what), bytes_max));
    };
    if (message.obligation) add(entry.owed, message.obligation->title, obligation_bytes);
    add(entry.owed, parts.left, obligation_bytes);
    if (message.matter) {
        entry.matter = message.matter->id.value;
        add(entry.subject, message.matter->title, subject_bytes);
        add(entry.subject, message.matter->lead_unit.empty() ? "未交办" : message.matter->lead_unit,
            unit_bytes);
        entry.subject.append(" ").append(inert_text(entry.matter));  // www.evil.cn is an id, too
    } else if (!parts.lines.empty()) {
        add(entry.subject, parts.subject.empty() ? parts.lines.front().value : parts.subject, subject_bytes);
    }
    return entry;
}

std::vector<MessageLine> digest_lines(std::span<const DigestEntry> entries) {
    constexpr std::size_t owed_shown_max = 2;  // of one reason, the most urgent ones
    struct Line {
        std::string_view last_reason;
        std::string owed;
        const DigestEntry* first;
        std::size_t of_reason = 1;

        void end_reason() {
            if (of_reason > owed_shown_max) owed += "等" + std::to_string(of_reason) + "项";
        }
    };
    std::vector<Line> lines;
    std::map<std::string_view, std::size_t> of_matter;
    for (const DigestEntry& entry : entries) {
        const auto [at, fresh] = of_matter.try_emplace(entry.matter, lines.size());
        if (fresh || entry.matter.empty()) {
            lines.push_back({entry.reason, entry.reason + entry.owed, &entry});
            continue;
        }
        Line& line = lines[at->second];
        if (entry.reason != line.last_reason) {
            line.end_reason();
            line.owed += "；" + entry.reason + entry.owed;
            line.last_reason = entry.reason;
            line.of_reason = 1;
        } else if (++line.of_reason <= owed_shown_max) {
            line.owed += "、" + entry.owed;
        }
    }
    std::vector<MessageLine> numbered;
    for (Line& line : lines) {
        line.end_reason();
        auto text = line.owed;
        if (!line.first->subject.empty()) text += " " + line.first->subject;
        numbered.push_back({std::to_string(numbered.size() + 1) + "、", std::move(text)});
    }
    return numbered;
}

Sheet digest_sheet(std::span<const Notification> messages, const Scene& scene) {
    std::set<std::string_view> matters;
    std::size_t others = 0;
    for (const Notification& message : messages) {
        if (message.matter)
            matters.insert(message.matter->id.value);
        else
            ++others;
    }
    Sheet sheet{.heading = "【汇总】" + std::to_string(matters.size() + others) + "件，最急的在前"};
    for (const Notification& message : messages) add_mentions(message, scene.directory, sheet);
    sheet.links.push_back({"打开值守看板", std::string(scene.public_url) + "/"});
    return sheet;
}

}  // namespace alert
