#include "robot_text.hpp"

namespace alert {

namespace {

bool is_unreserved(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

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

std::string percent_encoded(std::string_view text) {
    constexpr char digits[] = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        if (is_unreserved(c)) {
            out += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        out.append(1, '%').append(1, digits[byte >> 4U]).append(1, digits[byte & 0xFU]);
    }
    return out;
}

void add_keyword(std::string& text, const std::string& keyword) {
    if (!keyword.empty() && text.find(keyword) == std::string::npos) text += "\n\n〔" + keyword + "〕";
}

void write_body(Letter& letter, std::span<const Notification> messages, Shape shape, const Scene& scene,
                std::size_t bytes_max, const std::function<std::string(const Sheet&)>& body) {
    if (messages.size() > 1) return write_digest(letter, messages, scene, bytes_max, body);
    letter.included = 1;
    letter.body = fitting(shape, bytes_max, [&](std::size_t line_bytes_max) {
        return body(sheet_of(messages.front(), shape, scene, line_bytes_max));
    });
}

}  // namespace alert
