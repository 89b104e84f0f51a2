// Reads back what this program wrote: strictly, so that a snapshot of another shape is never half
// understood. The first finding is kept in a Finding; what is read after it means nothing.
#pragma once

#include "alert/core/result.hpp"
#include "alert/core/time.hpp"

#include <boost/container/small_vector.hpp>
#include <boost/json/array.hpp>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace alert {

/// The usual snapshot is parsed without asking the allocator.
inline constexpr std::size_t stored_arena_bytes = 8 * 1024;

struct Finding {
    std::optional<Error> error;
    std::string_view member;  // being read

    void set(std::string_view wanted);
};

// Values. A wrong one sets the finding and gives an empty one.
std::string stored_text(const boost::json::value& value, Finding& finding);
std::int64_t stored_integer(const boost::json::value& value, std::int64_t min, std::int64_t max,
                            Finding& finding);
TimePoint stored_instant(const boost::json::value& value, Finding& finding);
/// Between `min` and `max` items; null otherwise.
const boost::json::array* stored_array(const boost::json::value& value, std::size_t min, std::size_t max,
                                       Finding& finding);
std::vector<std::string> stored_texts(const boost::json::value& value, Finding& finding);

template <class Number>
Number stored_number(const boost::json::value& value, Finding& finding) {
    using Limits = std::numeric_limits<Number>;
    return static_cast<Number>(stored_integer(value, Limits::min(), Limits::max(), finding));
}

/// A word that `parse` knows.
template <class Word>
Word stored_word(const boost::json::value& value, std::optional<Word> (*parse)(std::string_view),
                 Finding& finding) {
    const auto word = value.is_string() ? parse(value.get_string()) : std::nullopt;
    if (!word) finding.set("is no known word");
    return word.value_or(Word{});
}

/// The member of `words` that to_string() writes so.
template <class Word, std::size_t n>
std::optional<Word> find_word(std::string_view text, const Word (&words)[n]) {
    for (const Word word : words) {
        if (to_string(word) == text) return word;
    }
    return std::nullopt;
}

/// The members of one object. Every member must be taken; what is left over is a finding.
class StoredObject {
public:
    StoredObject(const boost::json::value& value, Finding& finding);

    /// Null when absent.
    const boost::json::value* take(std::string_view name);
    /// A null value and a finding when absent.
    const boost::json::value& need(std::string_view name);
    template <class Read>
    void if_there(std::string_view name, Read read) {
        if (const boost::json::value* value = take(name)) read(*value);
    }
    std::string text(std::string_view name) { return stored_text(need(name), finding_); }
    std::string text_or_empty(std::string_view name);
    TimePoint instant(std::string_view name) { return stored_instant(need(name), finding_); }
    std::optional<TimePoint> instant_if_there(std::string_view name);
    bool truth_if_there(std::string_view name);
    /// To be called last.
    void nothing_left();

private:
    const boost::json::object* members_;
    Finding& finding_;
    boost::container::small_vector<const boost::json::value*, 48> taken_;  // more than any object of ours has
};

/// Null and a finding when the text is no JSON.
boost::json::value parse_stored(std::string_view text, boost::json::storage_ptr storage, Finding& finding);
/// Takes `v` and compares.
void check_schema(StoredObject& object, int schema, Finding& finding);

/// What `read(StoredObject&, Finding&)` makes of a text whose member `v` is `schema`.
template <class Value, class Read>
Result<Value> read_stored(std::string_view text, int schema, Read read) {
    unsigned char arena[stored_arena_bytes];
    boost::json::monotonic_resource memory(arena, sizeof arena);
    Finding finding;
    const boost::json::value parsed = parse_stored(text, &memory, finding);
    StoredObject object(parsed, finding);
    check_schema(object, schema, finding);
    // Of another schema nothing else can be said.
    if (finding.error) return std::move(*finding.error);
    Value value = read(object, finding);
    object.nothing_left();
    if (finding.error) return std::move(*finding.error);
    return value;
}

}  // namespace alert
