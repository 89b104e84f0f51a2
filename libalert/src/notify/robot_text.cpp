#include "robot_text.hpp"

#include "digest.hpp"

namespace alert {

namespace {

void write_one(Letter& letter, const Notification& message, Shape shape, const Scene& scene,
               std::size_t bytes_max, const std::function<std::string(const Sheet&)>& body) {
    letter.included = 1;
    Sheet sheet;
    letter.body = fitting(shape, bytes_max, [&](std::size_t line_bytes_max) {
        sheet = sheet_of(message, shape, scene, line_bytes_max);
        return body(sheet);
    });
    // So many lines, as a bulletin may have, that short ones are too much: the last ones go.
    while (letter.body.size() > bytes_max && !sheet.lines.empty()) {
        sheet.lines.pop_back();
        sheet.cut = true;
        letter.body = body(sheet);
    }
    letter.cut = sheet.cut;
}

/// Halves the number until it fits. One always does, as a page of its own.
void write_digest(Letter& letter, std::span<const Notification> messages, Shape shape, const Scene& scene,
                  std::size_t bytes_max, const std::function<std::string(const Sheet&)>& body) {
    std::vector<DigestEntry> entries;
    for (const Notification& message : messages) entries.push_back(digest_entry(message, shape, scene));
    const auto body_of_first = [&](std::size_t count) {
        const Sheet sheet =
            digest_sheet(messages.first(count), std::span(entries).first(count), shape, scene);
        letter.cut = sheet.cut;
        return body(sheet);
    };
    const auto room = shape == Shape::brief ? bytes_max / 2 : bytes_max;
    std::size_t fits = 1, too_many = messages.size() + 1;  // the most that fits lies in between
    while (fits + 1 < too_many) {
        const auto middle = fits + (too_many - fits) / 2;
        (body_of_first(middle).size() <= room ? fits : too_many) = middle;
    }
    if (fits == 1) return write_one(letter, messages.front(), shape, scene, bytes_max, body);
    letter.included = fits;
    letter.body = body_of_first(fits);
}

}  // namespace

void add_keyword(std::string& text, const std::string& keyword) {
    if (!keyword.empty() && text.find(keyword) == std::string::npos) text += "\n\n〔" + keyword + "〕";
}

void write_body(Letter& letter, std::span<const Notification> messages, Shape shape, const Scene& scene,
                std::size_t bytes_max, const std::function<std::string(const Sheet&)>& body) {
    if (messages.size() > 1) return write_digest(letter, messages, shape, scene, bytes_max, body);
    write_one(letter, messages.front(), shape, scene, bytes_max, body);
}

}  // namespace alert
