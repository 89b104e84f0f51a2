// One map of a file, read strictly: the reader names the keys it knows, everything else is refused.
//
// Every accessor reports what is wrong at its line and hands back a usable default, so reading goes
// on and all problems come out at once. Messages never hold the value of a text that may be secret.
#pragma once

#include "suggest.hpp"
#include "yaml.hpp"

#include "alert/core/time.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace alert::config {

/// A word of a file and where it stands: a name to look up, when everything is read.
struct Name {
    std::string text;
    Place place;
};

/// [A-Za-z0-9._-]{1,64}: what serves as key in Redis, label in Prometheus and part of a URL.
bool is_identifier(std::string_view text);

/// The text of a scalar; nothing, and an error, for anything else.
std::optional<std::string> scalar_text(const Yaml& node, const std::string& what,
                                       const FileFindings& findings);

/// Tells each name that is none of `known`: "no NOUN 'name'", the nearest known one, and where it was
/// looked for.
void check_references(const std::vector<Name>& names, const Words& known, const std::string& noun,
                      const std::string& where, const FileFindings& findings);

class Section {
public:
    /// `what` is the dotted way to the map ("obligations.response"), for messages.
    Section(const Yaml& node, std::string what, Words known, const FileFindings& findings);

    [[nodiscard]] const FileFindings& findings() const { return findings_; }
    [[nodiscard]] Place place() const { return node_.place; }
    /// Where the value of the key stands, else where the map does.
    [[nodiscard]] Place place(std::string_view key) const;
    [[nodiscard]] std::string name(std::string_view key) const;

    [[nodiscard]] const Yaml* find(std::string_view key) const;
    const Yaml* require(std::string_view key) const;

    [[nodiscard]] std::string text(std::string_view key) const;  // empty when absent
    std::string required_text(std::string_view key) const;
    /// A required text that is_identifier().
    std::string identifier(std::string_view key) const;
    [[nodiscard]] bool flag(std::string_view key, bool otherwise) const;
    [[nodiscard]] std::size_t number(std::string_view key, std::size_t otherwise, std::size_t min,
                                     std::size_t max) const;
    /// A duration in natural time.
    [[nodiscard]] Duration duration(std::string_view key, Duration otherwise, Duration min,
                                    Duration max) const;
    /// One value or a list of them. Empty when absent.
    [[nodiscard]] std::vector<Name> names(std::string_view key) const;
    /// A list of maps, or nothing.
    [[nodiscard]] const std::vector<Yaml::Ptr>& list(std::string_view key) const;

    /// The one of `choices` that the value names.
    template <class T>
    [[nodiscard]] std::optional<T> choice(std::string_view key,
                                          const std::vector<std::pair<std::string_view, T>>& choices) const {
        const Yaml* node = find(key);
        const auto word = node ? scalar_text(*node, name(key), findings_) : std::nullopt;
        if (!word) return std::nullopt;
        Words known;
        for (const auto& [text, value] : choices) {
            if (text == *word) return value;
            known.push_back(text);
        }
        not_one_of(key, *word, known);
        return std::nullopt;
    }

    void error(std::string_view key, std::string code, std::string message) const;

private:
    void not_one_of(std::string_view key, std::string_view word, const Words& known) const;

    const Yaml& node_;
    std::string what_;
    const FileFindings& findings_;
};

}  // namespace alert::config
