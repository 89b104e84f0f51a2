#include "token_list.hpp"

#include <algorithm>
#include <string_view>

namespace yuqing {

namespace {

constexpr std::string_view key = "tokens:", blanks = " \t\r";

/// Of a line what stands before its comment, without blanks at its ends.
std::string_view meaning(std::string_view line) {
    if (const auto comment = line.find('#');
        comment == 0 || (comment != line.npos && line[comment - 1] == ' '))
        line = line.substr(0, comment);
    const auto first = line.find_first_not_of(blanks);
    if (first == line.npos) return {};
    return line.substr(first, line.find_last_not_of(blanks) + 1 - first);
}

std::string_view line_at(std::string_view text, std::size_t at) {
    return text.substr(at, std::min(text.find('\n', at), text.size()) - at);
}

/// The first line at or after `at` that is wanted; npos when none is.
template <class Wanted>
std::size_t find_line(std::string_view text, std::size_t at, Wanted wanted) {
    while (at < text.size()) {
        const auto line = line_at(text, at);
        if (wanted(line)) return at;
        at += line.size() + 1;
    }
    return std::string_view::npos;
}

std::string edited(std::string text, const std::string& entry) {
    if (!text.empty() && !text.ends_with('\n')) text += '\n';
    const auto begin = find_line(text, 0, [](std::string_view line) { return line.starts_with(key); });
    if (begin == std::string::npos) return text + std::string(key) + "\n  - " + entry + "\n";
    const auto empty = text.find("[]", begin);
    const auto line = line_at(text, begin);
    if (meaning(line.substr(key.size())) == "[]") {
        const auto behind = begin + line.size() + 1;
        text.insert(behind, "  - " + entry + "\n");
        return text.erase(empty, 2);
    }
    const auto item =
        find_line(text, begin, [](std::string_view each) { return meaning(each).starts_with("- "); });
    const auto indent = item == std::string::npos ? 2 : text.find('-', item) - item;
    return text + std::string(indent, ' ') + "- " + entry + "\n";
}

bool says_nothing(std::string_view text) {
    return find_line(text, 0, [](std::string_view line) { return !meaning(line).empty(); }) ==
           std::string::npos;
}

}  // namespace

/// What comes out is read as the daemon reads it: those that were there, and this one.
alert::Result<std::string> with_token(const std::string& text, const std::string& file,
                                      const std::string& entry, alert::TimePoint now) {
    const auto read = [&](const std::string& of) { return alert::parse_tokens(of, file, now); };
    const auto before = says_nothing(text) ? alert::LoadedTokens{} : read(text);
    if (!before.errors.empty()) return before.errors.front();
    const auto alone = read(std::string(key) + "\n  - " + entry + "\n");
    if (!alone.errors.empty()) return alone.errors.front();
    const auto same = [&](const auto& token) { return token.name == alone.tokens.front().name; };
    if (std::any_of(before.tokens.begin(), before.tokens.end(), same))
        return alert::Error{"duplicate", "another token has this name", file};
    auto wanted = before.tokens;
    wanted.push_back(alone.tokens.front());
    auto next = edited(text, entry);
    const auto after = read(next);
    if (!after.errors.empty() || after.tokens != wanted)
        return alert::Error{"unfit", "the list is written in another way", file};
    return {boost::system::in_place_value, std::move(next)};
}

}  // namespace yuqing
