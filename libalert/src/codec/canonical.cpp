#include "canonical.hpp"

#include "json_writer.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/string.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <vector>

namespace alert {
namespace {

namespace json = boost::json;

constexpr double two_to_63 = 9223372036854775808.0;

class Canonical {
public:
    explicit Canonical(std::string& out) : writer_(out) {}

    /// The depth is bounded by the parser's own limit.
    void write(const json::value& value) {
        switch (value.kind()) {
            case json::kind::null: writer_.null(); break;
            case json::kind::bool_: writer_.boolean(value.get_bool()); break;
            case json::kind::int64: writer_.number(value.get_int64()); break;
            case json::kind::uint64: digits(value.get_uint64()); break;
            case json::kind::double_: real(value.get_double()); break;
            case json::kind::string: writer_.text(value.get_string()); break;
            case json::kind::array: array(value.get_array()); break;
            case json::kind::object: object(value.get_object()); break;
        }
    }
    [[nodiscard]] bool finite() const { return finite_; }

private:
    template <class Number>
    void digits(Number value) {
        char text[32];
        const auto end = std::to_chars(std::begin(text), std::end(text), value).ptr;
        writer_.literal({text, static_cast<std::size_t>(end - text)});
    }

    /// 5, 5.0 and 5e0 are the same number.
    void real(double value) {
        if (!std::isfinite(value)) {
            finite_ = false;
        } else if (std::trunc(value) == value && value >= -two_to_63 && value < two_to_63) {
            writer_.number(static_cast<std::int64_t>(value));
        } else {
            digits(value);
        }
    }

    void array(const json::array& values) {
        writer_.open_array();
        for (const json::value& value : values) write(value);
        writer_.close_array();
    }

    void object(const json::object& members) {
        std::vector<const json::key_value_pair*> sorted;
        sorted.reserve(members.size());
        for (const auto& member : members) sorted.push_back(&member);
        std::sort(sorted.begin(), sorted.end(),
                  [](const auto* a, const auto* b) { return a->key() < b->key(); });
        writer_.open_object();
        for (const auto* member : sorted) {
            writer_.name(member->key());
            write(member->value());
        }
        writer_.close_object();
    }

    JsonWriter writer_;
    bool finite_ = true;
};

bool is_number_part(char c) {
    return (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.' || c == 'e' || c == 'E';
}

bool begins_number(char c) { return c == '-' || (c >= '0' && c <= '9'); }

bool overflows(std::string_view number) {
    double value = 0;
    const auto read = std::from_chars(number.data(), number.data() + number.size(), value);
    // Too small to be told from zero is out of range too, but zero will do.
    const auto exponent = number.find_first_of("eE");
    const bool tiny = exponent != number.npos && number.substr(exponent).find('-') != number.npos;
    return read.ec == std::errc::result_out_of_range && !tiny;
}

std::size_t end_of_string(std::string_view json, std::size_t quote) {
    std::size_t at = quote + 1;
    while (at < json.size() && json[at] != '"') at += json[at] == '\\' ? 2 : 1;
    return at + 1;
}

}  // namespace

std::optional<std::string> canonical_form(const json::value& value) {
    std::string out;
    out.reserve(512);
    Canonical canonical(out);
    canonical.write(value);
    if (!canonical.finite()) return std::nullopt;
    return out;
}

std::size_t find_overflowing_number(std::string_view json) {
    for (std::size_t at = 0; at < json.size();) {
        if (json[at] == '"') {
            at = end_of_string(json, at);
        } else if (begins_number(json[at])) {
            std::size_t end = at;
            while (end < json.size() && is_number_part(json[end])) ++end;
            if (overflows(json.substr(at, end - at))) return at;
            at = end;
        } else {
            ++at;
        }
    }
    return json.size();
}

}  // namespace alert
