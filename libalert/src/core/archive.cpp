#include "alert/core/archive.hpp"

#include <algorithm>
#include <charconv>

namespace alert {

namespace {

constexpr std::string_view file_shape = "0000-00.jsonl";  // 0: any digit

bool is_archive_file(std::string_view name) {
    return name.size() == file_shape.size() &&
           std::equal(name.begin(), name.end(), file_shape.begin(), [](char is, char wanted) {
               return wanted == '0' ? is >= '0' && is <= '9' : is == wanted;
           });
}

/// A whole number, and the blank before it.
bool take_number(std::string_view& text, std::uint64_t& number) {
    if (text.empty() || text.front() != ' ') return false;
    text.remove_prefix(1);
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{}) return false;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return true;
}

}  // namespace

std::string to_string(const ArchivePlace& place) {
    return place.file + " " + std::to_string(place.offset) + " " + std::to_string(place.bytes);
}

std::optional<ArchivePlace> parse_archive_place(std::string_view text) {
    ArchivePlace place{.file = std::string(text.substr(0, file_shape.size()))};
    if (!is_archive_file(place.file)) return std::nullopt;
    text.remove_prefix(place.file.size());
    if (!take_number(text, place.offset) || !take_number(text, place.bytes) || !text.empty())
        return std::nullopt;
    return place;
}

std::string archive_file(TimePoint ended, const Zone& zone) {
    return format_rfc3339(ended, zone).substr(0, std::string_view("2025-10").size()) + ".jsonl";
}

TimePoint ended_at(const CaseFacts& facts, TimePoint last_recorded) {
    return facts.status.items.empty() ? last_recorded : facts.status.items.back().key.time;
}

}  // namespace alert
