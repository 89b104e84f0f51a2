#include "query.hpp"

#include "alert/codec/event_json.hpp"
#include "alert/config/nearest.hpp"

#include <algorithm>
#include <charconv>
#include <vector>

namespace yuqing {

namespace {

constexpr std::size_t shown_bytes_max = 64;  // of a name nobody knows

std::vector<std::string_view> words_of(std::string_view text) {
    std::vector<std::string_view> words;
    while (!text.empty()) {
        const auto end = std::min(text.find(' '), text.size());
        if (end > 0) words.push_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return words;
}

std::string listed(const std::vector<std::string_view>& words) {
    std::string text;
    for (const auto word : words) text.append(text.empty() ? "" : ", ").append(word);
    return text;
}

alert::Error unknown_name(const std::string& name, const std::vector<std::string_view>& known) {
    const auto shown = alert::as_utf8(name.substr(0, shown_bytes_max));
    std::string message = "there is no parameter '" + shown + "' here; ";
    if (const auto near = alert::nearest_word(name, known))
        message += "did you mean '" + std::string(*near) + "'?";
    else
        message += known.empty() ? "this path takes none" : "there are " + listed(known);
    return {"invalid", std::move(message), shown};
}

}  // namespace

std::string query_text(const HttpRequest& request, const std::string& name) {
    const auto at = request.query.find(name);
    return at == request.query.end() ? "" : at->second;
}

alert::Result<std::size_t> query_limit(const HttpRequest& request, std::size_t otherwise, std::size_t most) {
    const auto text = query_text(request, "limit");
    if (text.empty()) return otherwise;
    std::size_t limit = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), limit);
    if (error != std::errc{} || end != text.data() + text.size() || limit < 1 || limit > most) {
        return alert::Error{"invalid", "limit must be a whole number from 1 to " + std::to_string(most),
                            "limit"};
    }
    return limit;
}

std::optional<alert::Error> query_error(const HttpRequest& request, std::string_view known) {
    const auto names = words_of(known);
    for (const auto& [name, value] : request.query) {
        if (std::find(names.begin(), names.end(), name) == names.end()) return unknown_name(name, names);
        if (request.told_twice.contains(name))
            return alert::Error{"invalid", name + " is told twice; tell it once", name};
    }
    return std::nullopt;
}

}  // namespace yuqing
