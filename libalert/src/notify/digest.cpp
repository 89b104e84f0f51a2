#include "digest.hpp"

#include "inert.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace alert {

namespace {

constexpr std::size_t subject_bytes = 120, owed_bytes = 60, unit_bytes = 60, said_bytes = 240,
                      below_bytes = 1200;
constexpr std::string_view people_label = "通知：", grade_label = "等级：";

void add(std::string& text, std::string_view between, std::string_view what, std::size_t bytes_max) {
    if (what.empty()) return;
    text.append(text.empty() ? "" : between).append(cut_to_bytes(inert_text(what), bytes_max));
}

/// Of a message about a case: flag, detail and card; of a raised grade which one it is now.
std::string said_by(const Notification& message, const MessageParts& parts) {
    std::string said;
    for (const MessageLine& line : parts.lines) {
        const bool raised = message.reason == Reason::upgraded && line.label == grade_label;
        if (line.label.empty() || raised) add(said, "，", line.value, said_bytes);
    }
    return said;
}

void add_matter(DigestEntry& entry, const CaseBrief& matter) {
    add(entry.subject, " ", matter.title, subject_bytes);
    add(entry.subject, " ", matter.lead_unit.empty() ? "未交办" : matter.lead_unit, unit_bytes);
    entry.subject.append(" ").append(inert_text(matter.id.value));  // www.evil.cn is an id, too
}

/// Its first line, and the others below it. Who is told stands at the page's end.
void add_whole(DigestEntry& entry, const MessageParts& parts) {
    entry.subject = cut_to_bytes(inert_text(parts.subject), subject_bytes);
    for (const MessageLine& line : parts.lines) {
        if (line.label == people_label) continue;
        auto text = cut_to_bytes(line.label + inert_text(line.value), below_bytes);
        if (entry.subject.empty())
            entry.subject = std::move(text);
        else
            entry.below.push_back(std::move(text));
    }
}

/// One matter's line while it is written.
class Line {
public:
    explicit Line(const DigestEntry& first) : first_(&first) { add(first); }

    /// Of one reason two obligations are named and the others counted; what says more is always there.
    void add(const DigestEntry& entry) {
        constexpr std::size_t owed_shown_max = 2;
        auto what = entry.owed;
        if (!entry.said.empty()) what.append(what.empty() ? "" : " ").append(entry.said);
        if (entry.reason != last_reason_) {
            end_reason();
            text_.append(text_.empty() ? "" : "；").append(entry.reason).append(what);
            last_reason_ = entry.reason;
            of_reason_ = 1;
            return;
        }
        if (++of_reason_ > owed_shown_max && entry.said.empty())
            ++unnamed_;
        else if (!what.empty())
            text_.append("、").append(what);
    }
    std::string text() {
        end_reason();
        return first_->subject.empty() ? text_ : text_ + " " + first_->subject;
    }

private:
    void end_reason() {
        if (unnamed_ > 0) text_ += "等" + std::to_string(of_reason_) + "项";
        unnamed_ = 0;
    }

    const DigestEntry* first_;
    std::string text_;
    std::string_view last_reason_;
    std::size_t of_reason_ = 0, unnamed_ = 0;
};

std::vector<const DigestEntry*> by_urgency(std::span<const DigestEntry> entries) {
    std::vector<const DigestEntry*> sorted;
    for (const DigestEntry& entry : entries) sorted.push_back(&entry);
    std::stable_sort(sorted.begin(), sorted.end(), [](const DigestEntry* a, const DigestEntry* b) {
        return a->due.value_or(TimePoint::max()) < b->due.value_or(TimePoint::max());
    });
    return sorted;
}

/// One to each of the first matters, in the order of the lines: what these do not say stands there.
void add_links(Sheet& sheet, std::span<const DigestEntry> entries, const Scene& scene,
               std::size_t linked_max) {
    std::set<std::string_view> linked;
    for (const DigestEntry* entry : by_urgency(entries)) {
        if (linked.size() == linked_max) break;
        const auto links = matter_links(sheet.told[static_cast<std::size_t>(entry - entries.data())], scene);
        if (!links.empty() && linked.insert(entry->matter).second)
            sheet.links.push_back({links[0].label + " " + inert_text(entry->matter), links[0].url});
    }
}

}  // namespace

DigestEntry digest_entry(const Notification& message, Shape shape, const Scene& scene) {
    const MessageParts parts = message_parts(message, scene.directory, scene.now, scene.zone);
    DigestEntry entry{.reason = "【" + parts.reason + "】"};
    if (message.obligation && message.reason != Reason::fulfilled) entry.due = message.obligation->due;
    if (message.matter) entry.matter = message.matter->id.value;
    if (shape == Shape::neutral) {
        entry.owed = parts.left;
        entry.subject = neutral_subject(message);
        return entry;
    }
    if (message.obligation) add(entry.owed, " ", message.obligation->title, owed_bytes);
    add(entry.owed, " ", parts.left, owed_bytes);
    if (message.matter) {
        entry.said = said_by(message, parts);
        add_matter(entry, *message.matter);
    } else {
        add_whole(entry, parts);
    }
    return entry;
}

std::vector<MessageLine> digest_lines(std::span<const DigestEntry> entries) {
    std::vector<std::pair<Line, const DigestEntry*>> lines;
    std::map<std::string_view, std::size_t> of_matter;
    for (const DigestEntry* entry : by_urgency(entries)) {
        const auto [at, fresh] = of_matter.try_emplace(entry->matter, lines.size());
        if (fresh || entry->matter.empty())
            lines.emplace_back(Line(*entry), entry);
        else
            lines[at->second].first.add(*entry);
    }
    std::vector<MessageLine> page;
    std::size_t number = 0;
    for (auto& [line, first] : lines) {
        page.push_back({std::to_string(++number) + "、", line.text()});
        for (const std::string& text : first->below) page.push_back({"", text});
    }
    return page;
}

Sheet digest_sheet(std::span<const Notification> messages, std::span<const DigestEntry> entries, Shape shape,
                   const Scene& scene, std::size_t linked) {
    Sheet sheet{.lines = digest_lines(entries), .told = messages};
    std::set<std::string_view> matters;
    std::size_t others = 0;
    for (const Notification& message : messages) {
        add_mentions(message, scene.directory, sheet);
        if (message.matter)
            matters.insert(message.matter->id.value);
        else
            ++others;
    }
    sheet.heading = "【汇总】" + std::to_string(matters.size() + others) + "件，最急的在前";
    if (shape == Shape::neutral) sheet.subject = std::string(neutral_words);
    add_links(sheet, entries, scene, linked);
    sheet.links.push_back({"打开值守看板", std::string(scene.public_url) + "/"});
    return sheet;
}

}  // namespace alert
