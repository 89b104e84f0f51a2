#include "section.hpp"

#include <algorithm>
#include <charconv>
#include <set>

namespace alert::config {

namespace {

const Yaml empty_node{};

std::string_view kind_name(const Yaml& node) {
    switch (node.kind) {
        case Yaml::Kind::nothing: return "nothing";
        case Yaml::Kind::scalar: return "a text";
        case Yaml::Kind::list: return "a list";
        case Yaml::Kind::map: return "a map";
    }
    return "";
}

void wrong_kind(const Yaml& node, const std::string& what, std::string_view expected,
                const FileFindings& findings) {
    findings.error(
        node.place, "invalid",
        what + " should be " + std::string(expected) + ", here is " + std::string(kind_name(node)));
}

}  // namespace

bool is_identifier(std::string_view text) {
    constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
    return !text.empty() && text.size() <= 64 && text.find_first_not_of(letters) == std::string_view::npos;
}

std::optional<std::string> scalar_text(const Yaml& node, const std::string& what,
                                       const FileFindings& findings) {
    if (node.kind == Yaml::Kind::scalar && !node.text.empty()) return node.text;
    if (node.kind == Yaml::Kind::scalar) {
        findings.error(node.place, "invalid", what + " is empty");
    } else {
        wrong_kind(node, what, "a text", findings);
    }
    return std::nullopt;
}

void check_references(const std::vector<Name>& names, const Words& known, const std::string& noun,
                      const std::string& where, const FileFindings& findings) {
    const std::set<std::string_view> all(known.begin(), known.end());
    for (const Name& name : names) {
        if (all.contains(name.text)) continue;
        findings.error(name.place, "unknown_reference",
                       findings.full() ? ""
                                       : "no " + noun + " " + in_quotes(name.text) + where +
                                             suggestion(name.text, known));
    }
}

Section::Section(const Yaml& node, std::string what, Words known, const FileFindings& findings)
    : node_(node.kind == Yaml::Kind::map ? node : empty_node), what_(std::move(what)), findings_(findings) {
    if (node.kind != Yaml::Kind::map) {
        wrong_kind(node, what_.empty() ? "the file" : what_, "a map", findings);
    }
    for (const auto& [key, value] : node_.members) {
        if (std::find(known.begin(), known.end(), key->text) != known.end()) continue;
        findings.error(key->place, "unknown_key",
                       findings.full()
                           ? ""
                           : "unknown key " + in_quotes(key->text) + (what_.empty() ? "" : " in " + what_) +
                                 suggestion(key->text, known));
    }
}

Place Section::place(std::string_view key) const {
    const Yaml* node = node_.find(key);
    return node ? node->place : node_.place;
}

std::string Section::name(std::string_view key) const {
    return what_.empty() ? std::string(key) : what_ + "." + std::string(key);
}

const Yaml* Section::find(std::string_view key) const { return node_.find(key); }

const Yaml* Section::require(std::string_view key) const {
    const Yaml* node = find(key);
    // Of something that is no map it was said already.
    if (!node && node_.kind == Yaml::Kind::map) {
        findings_.error(
            node_.place, "missing_key",
            "the key '" + std::string(key) + "' is required" + (what_.empty() ? "" : " in " + what_));
    }
    return node;
}

std::string Section::text(std::string_view key) const {
    const Yaml* node = find(key);
    return node ? scalar_text(*node, name(key), findings_).value_or("") : "";
}

std::string Section::required_text(std::string_view key) const { return require(key) ? text(key) : ""; }

std::string Section::identifier(std::string_view key) const {
    std::string word = required_text(key);
    if (!word.empty() && !is_identifier(word)) {
        error(key, "invalid", in_quotes(word) + " is not an id of at most 64 of A-Z a-z 0-9 . _ -");
    }
    return word;
}

bool Section::flag(std::string_view key, bool otherwise) const {
    const Yaml* node = find(key);
    if (!node) return otherwise;
    if (node->kind == Yaml::Kind::scalar && node->plain) {
        if (node->text == "true") return true;
        if (node->text == "false") return false;
    }
    error(key, "invalid", "should be true or false");
    return otherwise;
}

std::size_t Section::number(std::string_view key, std::size_t otherwise, std::size_t min,
                            std::size_t max) const {
    const Yaml* node = find(key);
    if (!node) return otherwise;
    std::size_t value = 0;
    const char* end = node->text.data() + node->text.size();
    const auto [stop, ec] = std::from_chars(node->text.data(), end, value);
    const bool good = node->kind == Yaml::Kind::scalar && ec == std::errc{} && stop == end;
    if (good && value >= min && value <= max) return value;
    error(key, "invalid",
          "should be a whole number from " + std::to_string(min) + " to " + std::to_string(max));
    return otherwise;
}

namespace {

/// A time-out may be less than a second, which no rule's period is.
Result<Period> parse_time_out(std::string_view word) {
    if (!word.ends_with("ms")) return parse_period(word);
    auto period = parse_period(std::string(word.substr(0, word.size() - 2)) + "s");
    if (!period) return parse_period(word);
    period->fixed /= 1000;
    return period;
}

std::string format_time_out(Duration length) {
    const bool whole = length % std::chrono::seconds(1) == Duration{0};
    return whole ? format_period({.fixed = length}) : std::to_string(length.count()) + "ms";
}

}  // namespace

Duration Section::duration(std::string_view key, Duration otherwise, Duration min, Duration max) const {
    const std::string word = text(key);
    if (word.empty()) return otherwise;
    const auto period = parse_time_out(word);
    if (!period) {
        error(key, "invalid", period.error().message);
        return otherwise;
    }
    const bool natural = period->months == 0 && period->workdays == 0;
    if (natural && period->fixed >= min && period->fixed <= max) return period->fixed;
    error(key, "invalid", "should be from " + format_time_out(min) + " to " + format_time_out(max));
    return otherwise;
}

std::vector<Name> Section::names(std::string_view key) const {
    const Yaml* node = find(key);
    std::vector<Name> names;
    if (!node) return names;
    const auto take = [&](const Yaml& item) {
        if (auto word = scalar_text(item, name(key), findings_)) {
            names.push_back({std::move(*word), item.place});
        }
    };
    if (node->kind != Yaml::Kind::list) {
        take(*node);
        return names;
    }
    for (const auto& item : node->items) take(*item);
    return names;
}

const std::vector<Yaml::Ptr>& Section::list(std::string_view key) const {
    const Yaml* node = find(key);
    if (!node) return empty_node.items;
    if (node->kind != Yaml::Kind::list) wrong_kind(*node, name(key), "a list", findings_);
    return node->items;
}

void Section::error(std::string_view key, std::string code, std::string message) const {
    findings_.error(place(key), std::move(code), name(key) + ": " + std::move(message));
}

void Section::not_one_of(std::string_view key, std::string_view word, const Words& known) const {
    error(key, "invalid", in_quotes(word) + " is not known" + suggestion(word, known));
}

}  // namespace alert::config
