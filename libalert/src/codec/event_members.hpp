// Reads the members of an event's `data`, one after the other in the order of the contract's table.
//
// A required member that is missing or wrong ends the reading: the first finding is kept, what is
// read after it means nothing. An optional member that cannot be read does not count and is named
// in Event::unreadable. A member given as null is absent.
#pragma once

#include "alert/core/event.hpp"

#include <boost/json/object.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace alert {

class Members {
public:
    /// Both outlive the reader. `event` has its envelope and receives what is to be flagged.
    Members(const boost::json::object& data, Event& event) : data_(data), event_(event) {}

    // Required.
    std::string text(std::string_view name, std::size_t chars_max = text_chars_max);
    /// A name that must be found again as it is: never changed or cut, so longer ones are refused.
    std::string identifier(std::string_view name);
    TimePoint time(std::string_view name);
    CaseId other_case(std::string_view name);
    TimePoint end_of_mute(std::string_view name);
    ResponseKind response_kind(std::string_view name);
    int score(std::string_view name);

    // Optional.
    std::string optional_text(std::string_view name, std::size_t chars_max = text_chars_max);
    std::optional<TimePoint> optional_time(std::string_view name);
    std::vector<std::string> units(std::string_view name);
    std::optional<Heat> heat(std::string_view name);
    /// A word that `parse` knows: a grade, a level, a matter.
    template <class Word>
    std::optional<Word> word(std::string_view name, std::optional<Word> (*parse)(std::string_view text)) {
        const boost::json::value* value = find(name);
        if (!value) return std::nullopt;
        std::optional<Word> known;
        if (value->is_string()) known = parse(trimmed(value->get_string()));
        if (!known) unreadable(name);
        return known;
    }

    [[nodiscard]] const std::optional<Error>& finding() const { return finding_; }

private:
    [[nodiscard]] const boost::json::value* find(std::string_view name) const;
    const boost::json::string* required_string(std::string_view name);
    void invalid(std::string_view name, std::string_view wanted);
    void unreadable(std::string_view name) { event_.unreadable.emplace_back(name); }
    std::string clean(const boost::json::string& told, std::size_t chars_max);
    static std::string trimmed(std::string_view told);

    const boost::json::object& data_;
    Event& event_;
    std::optional<Error> finding_;
};

}  // namespace alert
