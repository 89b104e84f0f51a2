// `format: smtp`: the text that the robots send, as a mail (RFC 5322, 2045, 2047). Whatever comes from
// outside is base64, in the subject as in the text, so nothing of it can begin a header.
#include "alert/notify/classify.hpp"
#include "robot_text.hpp"

#include "alert/codec/base64.hpp"
#include "alert/codec/utf8.hpp"
#include "alert/core/hash.hpp"

#include <cstdio>

namespace alert {

namespace {

constexpr std::size_t mail_bytes_max = 64 * 1024;
constexpr std::size_t subject_chars_max = 200;
// RFC 2047 allows a word of 75 bytes and a line of 76; the first one shares its line with "Subject: ".
constexpr std::size_t mail_word_bytes_max = 39;
constexpr std::size_t base64_line_bytes = 57;  // of text, 76 columns of base64
constexpr std::string_view line_end = "\r\n";

std::string cut_to_chars(std::string_view text, std::size_t chars_max) {
    std::size_t at = 0, cut = 0;  // where the last character begins that may have to go for an ellipsis
    for (std::size_t chars = 0; at < text.size(); ++chars) {
        if (chars == chars_max) return std::string(text.substr(0, cut)).append("…");
        cut = at;
        at += code_point_at(text, at).length;
    }
    return std::string(text);
}

/// As words of whole characters, each on a line of its own.
std::string encoded_words(std::string_view text) {
    std::string words;
    while (!text.empty()) {
        std::size_t end = 0;
        while (end < text.size()) {
            const auto length = code_point_at(text, end).length;
            if (end + length > mail_word_bytes_max) break;
            end += length;
        }
        if (!words.empty()) words.append(line_end).append(" ");
        words.append("=?UTF-8?B?").append(base64_of(text.substr(0, end))).append("?=");
        text.remove_prefix(end);
    }
    return words;
}

std::string base64_lines(std::string_view text) {
    std::string lines;
    for (std::size_t at = 0; at < text.size(); at += base64_line_bytes)
        lines.append(base64_of(text.substr(at, base64_line_bytes))).append(line_end);
    return lines;
}

/// Sat, 21 Nov 2026 17:52:19 +0800
std::string mail_date(TimePoint at, const Zone& zone) {
    constexpr const char* days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto offset = std::chrono::floor<std::chrono::minutes>(zone.offset_at(at));
    const auto local = std::chrono::floor<std::chrono::seconds>(at) + offset;
    const auto day = std::chrono::floor<std::chrono::days>(local);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss time{local - day};
    const auto ahead = std::chrono::abs(offset).count();
    char text[64];
    const int length =
        std::snprintf(text, sizeof text, "%s, %u %s %04d %02d:%02d:%02d %c%02d%02d",
                      days[std::chrono::weekday(day).c_encoding()], static_cast<unsigned>(date.day()),
                      months[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()),
                      static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                      static_cast<int>(time.seconds().count()), offset.count() < 0 ? '-' : '+',
                      static_cast<int>(ahead / 60), static_cast<int>(ahead % 60));
    return {text, static_cast<std::size_t>(length)};
}

/// The same for the same messages, however often they are tried: mailboxes show one mail of an id.
std::string message_id(std::span<const Notification> messages, std::string_view jurisdiction,
                       std::string_view from) {
    std::vector<std::string_view> ids;
    for (const Notification& message : messages) ids.push_back(message.id.value);
    const auto id = ids.size() == 1 ? std::string(ids.front()) : hash_hex(ids, 32);
    const auto domain = from.substr(from.find('@') + 1);
    return "<" + id + "." + std::string(jurisdiction) + "@" + std::string(domain) + ">";
}

std::string addresses(const std::vector<std::string>& to) {
    std::string list;
    for (const std::string& one : to) {
        if (!list.empty()) list.append(",").append(line_end).append(" ");
        list += one;
    }
    return list;
}

/// A link has its line for itself: whatever stood beside it, some program would take for a part of it.
std::string mail_text_of(const Sheet& sheet) {
    std::string text = sheet.heading;
    const auto add_line = [&text](std::string_view line) { text.append(line_end).append(line); };
    if (!sheet.subject.empty()) add_line(sheet.subject);
    for (const MessageLine& line : sheet.lines) add_line(line.label + line.value);
    for (const SheetLink& link : sheet.links) {
        add_line("");
        add_line(link.label + "：");
        add_line(link.url);
    }
    return text.append(line_end);
}

class Mail : public Format {
public:
    explicit Mail(MailRules rules) : rules_(std::move(rules)) {}

    Letter write(std::span<const Notification> messages, Shape shape, const Scene& scene) const override {
        Letter letter;
        std::string subject;
        write_body(letter, messages, shape, scene, mail_bytes_max, [&subject](const Sheet& sheet) {
            subject = sheet.subject.empty() ? sheet.heading : sheet.heading + " " + sheet.subject;
            return mail_text_of(sheet);
        });
        letter.body = base64_lines(letter.body);
        letter.headers = {
            {"From", rules_.from},
            {"To", addresses(rules_.to)},
            {"Date", mail_date(scene.now, scene.zone)},
            {"Message-ID", message_id(messages.first(letter.included), scene.jurisdiction, rules_.from)},
            {"Subject", encoded_words(cut_to_chars(subject, subject_chars_max))},
            {"Auto-Submitted", "auto-generated"},  // answering machines stay silent
            {"MIME-Version", "1.0"},
            {"Content-Type", "text/plain; charset=utf-8"},
            {"Content-Transfer-Encoding", "base64"}};
        return letter;
    }

    /// The relay's word counts as it is: 4yz later, 5yz never.
    Verdict judge(const Reply& reply, Shape, TimePoint) const override {
        using Kind = DeliveryResult::Kind;
        const int kind = reply.status / 100;
        return {{.kind = kind == 2   ? Kind::delivered
                         : kind == 5 ? Kind::permanent
                                     : Kind::retry,
                 .error = reply.body},
                {}};
    }
    bool judges_body() const override { return false; }

private:
    MailRules rules_;
};

}  // namespace

std::unique_ptr<Format> make_smtp_format(MailRules rules) { return std::make_unique<Mail>(std::move(rules)); }

}  // namespace alert
