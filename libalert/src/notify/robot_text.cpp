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

constexpr std::size_t lines_linked_max = 10;  // more would bury the text; the board has them all

/// The most from `fits` on, below `too_many`, that fits.
template <typename IsFit>
std::size_t most(std::size_t fits, std::size_t too_many, const IsFit& is_fit) {
    while (fits + 1 < too_many) {
        const auto middle = fits + (too_many - fits) / 2;
        (is_fit(middle) ? fits : too_many) = middle;
    }
    return fits;
}

/// As many messages as fit, one always does, as a page of its own; then links to act by, as many as fit
/// beside them. In neutral shape the links are the message.
void write_digest(Letter& letter, std::span<const Notification> messages, Shape shape, const Scene& scene,
                  std::size_t bytes_max, const std::function<std::string(const Sheet&)>& body) {
    std::vector<DigestEntry> entries;
    for (const Notification& message : messages) entries.push_back(digest_entry(message, shape, scene));
    const auto body_of_first = [&](std::size_t count, std::size_t linked) {
        const Sheet sheet =
            digest_sheet(messages.first(count), std::span(entries).first(count), shape, scene, linked);
        letter.cut = sheet.cut;
        return body(sheet);
    };
    const auto room = shape == Shape::brief ? bytes_max / 2 : bytes_max;
    const bool neutral = shape == Shape::neutral;
    const auto count = most(1, messages.size() + 1,
                            [&](std::size_t n) { return body_of_first(n, neutral ? n : 0).size() <= room; });
    if (count == 1) return write_one(letter, messages.front(), shape, scene, bytes_max, body);
    const auto linked_max = scene.link_key.bytes.empty() ? 0 : std::min(count, lines_linked_max);
    const auto linked = neutral ? count : most(0, linked_max + 1, [&](std::size_t n) {
        return body_of_first(count, n).size() <= room;
    });
    letter.included = count;
    letter.body = body_of_first(count, linked);
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
