#include "text_file.hpp"

#include "suggest.hpp"

#include <cstdlib>
#include <fstream>

namespace alert::config {

namespace {

/// Bytes of the character at the front, 0 when it is none that UTF-8 allows.
std::size_t character_bytes(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const auto trails = [&](std::size_t count) {
        if (text.size() <= count) return false;
        for (std::size_t i = 1; i <= count; ++i) {
            if ((byte(i) & 0xC0) != 0x80) return false;
        }
        return true;
    };
    const unsigned lead = byte(0);
    if (lead < 0x80) return 1;
    if (lead >= 0xC2 && lead < 0xE0) return trails(1) ? 2 : 0;
    if (lead >= 0xE0 && lead < 0xF0) {
        if (!trails(2)) return 0;
        const bool overlong = lead == 0xE0 && byte(1) < 0xA0;
        const bool surrogate = lead == 0xED && byte(1) >= 0xA0;
        return overlong || surrogate ? 0 : 3;
    }
    if (lead < 0xF0 || lead > 0xF4 || !trails(3)) return 0;
    const bool out_of_range = (lead == 0xF0 && byte(1) < 0x90) || (lead == 0xF4 && byte(1) >= 0x90);
    return out_of_range ? 0 : 4;
}

Error unreadable(const std::filesystem::path& file, std::string why) {
    return {"unreadable", "cannot read " + file.string() + ": " + std::move(why), ""};
}

}  // namespace

Result<std::string> read_file(const std::filesystem::path& file, std::size_t bytes_max) {
    std::error_code ec;
    const auto status = std::filesystem::status(file, ec);
    if (status.type() == std::filesystem::file_type::not_found) {
        return unreadable(file, "no such file");
    }
    if (ec) return unreadable(file, ec.message());
    // A pipe or a device could keep the daemon waiting for ever.
    if (!std::filesystem::is_regular_file(status)) return unreadable(file, "not a regular file");
    std::ifstream in(file, std::ios::binary);
    if (!in) return unreadable(file, "permission denied");
    std::string text(bytes_max + 1, '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (in.bad()) return unreadable(file, "read error");
    text.resize(static_cast<std::size_t>(in.gcount()));
    if (text.size() > bytes_max) {
        return Error{"too_large", file.string() + " is larger than " + std::to_string(bytes_max) + " bytes",
                     ""};
    }
    return {boost::system::in_place_value, std::move(text)};
}

bool is_open_to_all(const std::filesystem::path& file) {
    std::error_code ec;
    const auto status = std::filesystem::status(file, ec);
    return !ec &&
           (status.permissions() & std::filesystem::perms::others_read) != std::filesystem::perms::none;
}

std::optional<std::size_t> first_bad_byte(std::string_view text) {
    std::size_t at = 0;
    while (at < text.size()) {
        const auto byte = static_cast<unsigned char>(text[at]);
        const bool control = (byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r') || byte == 0x7F;
        const std::size_t bytes = control ? 0 : character_bytes(text.substr(at));
        if (bytes == 0) return at;
        at += bytes;
    }
    return std::nullopt;
}

Result<std::filesystem::path> expand_path(std::string_view text, const std::filesystem::path& base) {
    std::string expanded;
    for (std::size_t at = 0; at < text.size();) {
        if (text.substr(at, 2) != "${") {
            expanded += text[at++];
            continue;
        }
        const std::size_t end = text.find('}', at);
        if (end == std::string_view::npos) {
            return Error{"invalid", "'${' without '}' in path " + in_quotes(text), ""};
        }
        const std::string name(text.substr(at + 2, end - at - 2));
        const char* value = std::getenv(name.c_str());
        if (!value || !*value) {
            return Error{
                "invalid",
                "environment variable " + in_quotes(name) + " is not set, in path " + in_quotes(text), ""};
        }
        expanded += value;
        at = end + 1;
    }
    if (expanded.empty()) return Error{"invalid", "the path is empty", ""};
    return {boost::system::in_place_value, (base / expanded).lexically_normal()};
}

}  // namespace alert::config
