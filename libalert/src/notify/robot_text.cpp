#include "robot_text.hpp"

namespace alert {

namespace {

/// Halves the number until it fits; one always does, cut like a message of its own.
void write_digest(Letter& letter, std::span<const Notification> messages, const Scene& scene,
                  std::size_t bytes_max, const std::function<std::string(const Sheet&)>& body) {
    std::vector<DigestEntry> entries;
    for (const Notification& message : messages) entries.push_back(digest_entry(message, scene));
    const auto body_of_first = [&](std::size_t count) {
        Sheet sheet = digest_sheet(messages.first(count), scene);
        sheet.lines = digest_lines(std::span(entries).first(count));
        return body(sheet);
    };
    std::size_t fits = 1, too_many = messages.size() + 1;  // the most that fits lies in between
    while (fits + 1 < too_many) {
        const auto middle = fits + (too_many - fits) / 2;
        (body_of_first(middle).size() <= bytes_max ? fits : too_many) = middle;
    }
    letter.included = fits;
    letter.body = body_of_first(fits);
}

}  // namespace

void add_keyword(std::string& text, const std::string& keyword) {
    if (!keyword.empty() && text.find(keyword) == std::string::npos) text += "\n\n〔" + keyword + "〕";
}

void write_body(Letter& letter, std::span<const Notification> messages, Shape shape, const Scene& scene,
                std::size_t bytes_max, const std::function<std::string(const Sheet&)>& body) {
    if (messages.size() > 1) return write_digest(letter, messages, scene, bytes_max, body);
    letter.included = 1;
    letter.body = fitting(shape, bytes_max, [&](std::size_t line_bytes_max) {
        const Sheet sheet = sheet_of(messages.front(), shape, scene, line_bytes_max);
        letter.cut = sheet.cut;
        return body(sheet);
    });
}

}  // namespace alert
