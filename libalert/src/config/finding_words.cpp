// A sentence fits a phrase from its first byte to its last or not at all. Literals between gaps are found at
// their first place, without going back: a message costs the table once, whatever a file says.
#include "alert/config/finding_words.hpp"

#include "finding_phrases.hpp"

#include "alert/core/causes.hpp"

#include <algorithm>
#include <optional>
#include <vector>

namespace alert {

namespace config {

namespace {

constexpr std::size_t gap_bytes = 2;  // {} [] <>
constexpr std::size_t names_max = 8;  // of the colons at which a name may end

std::size_t next_gap(std::string_view phrase) {
    return std::min({phrase.find("{}"), phrase.find("[]"), phrase.find("<>")});
}

std::optional<std::string_view> noun(std::string_view word) {
    const auto all = finding_nouns();
    const auto at =
        std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.english == word; });
    return at == all.end() ? std::nullopt : std::optional(at->chinese);
}

/// What stands in a gap, as it is told; nothing when it may not stand there.
std::optional<std::string> gap_text(char kind, std::string_view text) {
    if (kind == '{') return std::string(text);
    if (const auto word = noun(text)) return std::string(*word);
    return kind == '<' ? std::optional(cause_zh(text)) : std::nullopt;
}

std::optional<std::vector<std::string>> gaps_of(std::string_view text, std::string_view phrase) {
    std::vector<std::string> gaps;
    auto gap = next_gap(phrase);
    if (!text.starts_with(phrase.substr(0, gap))) return std::nullopt;
    while (gap != phrase.npos) {
        text.remove_prefix(gap);
        const char kind = phrase[gap];
        phrase.remove_prefix(gap + gap_bytes);
        gap = next_gap(phrase);
        const auto literal = phrase.substr(0, gap);
        const bool last = gap == phrase.npos;
        const bool ends = last && text.size() >= literal.size() && text.ends_with(literal);
        const auto end = ends ? text.size() - literal.size() : last ? text.npos : text.find(literal);
        if (end == text.npos) return std::nullopt;
        auto told = gap_text(kind, text.substr(0, end));
        if (!told) return std::nullopt;
        gaps.push_back(std::move(*told));
        text.remove_prefix(end);
    }
    if (text.size() != phrase.size()) return std::nullopt;
    return gaps;
}

std::string filled(std::string_view chinese, const std::vector<std::string>& gaps) {
    std::string out;
    for (std::size_t at = 0; at < chinese.size(); ++at) {
        const bool is_gap = chinese[at] == '{' && at + 2 < chinese.size() && chinese[at + 2] == '}' &&
                            chinese[at + 1] >= '0' && chinese[at + 1] <= '9';
        if (!is_gap) {
            out += chinese[at];
            continue;
        }
        out += gaps.at(static_cast<std::size_t>(chinese[at + 1] - '0'));
        at += 2;
    }
    return out;
}

std::optional<std::string> sentence(std::string_view text) {
    for (const auto& [english, chinese] : finding_phrases()) {
        if (const auto gaps = gaps_of(text, english)) return filled(chinese, *gaps);
    }
    return std::nullopt;
}

/// With what suggest.hpp puts behind a sentence; a gap at the end would take it for its own.
std::optional<std::string> suggesting(std::string_view text) {
    constexpr std::string_view near = "; did you mean '", near_end = "'?", known = "; known: ";
    if (const auto at = text.rfind(near); at != text.npos && text.ends_with(near_end)) {
        const auto word = text.substr(at + near.size(), text.size() - at - near.size() - near_end.size());
        if (const auto told = sentence(text.substr(0, at)))
            return *told + "；是“" + std::string(word) + "”吗？";
    }
    if (const auto at = text.find(known); at != text.npos) {
        const auto words = text.substr(at + known.size());
        if (const auto told = sentence(text.substr(0, at))) return *told + "；可用：" + std::string(words);
    }
    return sentence(text);
}

/// `channels.a.url: should be ...`
std::optional<std::string> named(std::string_view text, bool with_blanks) {
    constexpr std::string_view colon = ": ";
    auto at = text.find(colon);
    for (std::size_t i = 0; i < names_max && at != text.npos; ++i, at = text.find(colon, at + 1)) {
        const auto name = text.substr(0, at);
        if ((name.find(' ') != name.npos) != with_blanks) continue;
        if (const auto told = suggesting(text.substr(at + colon.size())))
            return std::string(name) + "：" + *told;
    }
    return std::nullopt;
}

}  // namespace

}  // namespace config

std::string finding_zh(std::string_view message) {
    // An id may hold blanks, as our sentences do: those are asked for last.
    if (auto told = config::named(message, false)) return *told;
    if (auto told = config::suggesting(message)) return *told;
    return config::named(message, true).value_or(std::string(message));
}

}  // namespace alert
