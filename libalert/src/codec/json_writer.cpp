#include "json_writer.hpp"

#include "alert/codec/utf8.hpp"

#include <charconv>

namespace alert {
namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";

bool plain(unsigned char c) { return c >= 0x20 && c < 0x80 && c != '"' && c != '\\'; }

void append_escaped(std::string& out, char c) {
    switch (c) {
        case '"': out += "\\\""; return;
        case '\\': out += "\\\\"; return;
        case '\n': out += "\\n"; return;
        case '\r': out += "\\r"; return;
        case '\t': out += "\\t"; return;
        default: break;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += "\\u00";
    out += hex_digits[byte >> 4U];
    out += hex_digits[byte & 0x0FU];
}

/// Runs of harmless bytes are copied whole; a byte that is no UTF-8 becomes U+FFFD.
void append_quoted(std::string& out, std::string_view text) {
    out += '"';
    std::size_t run = 0, at = 0;
    const auto flush = [&] { out.append(text.substr(run, at - run)); };
    while (at < text.size()) {
        const auto byte = static_cast<unsigned char>(text[at]);
        if (plain(byte)) {
            ++at;
            continue;
        }
        if (byte >= 0x80) {
            const CodePoint point = code_point_at(text, at);
            if (point.valid) {
                at += point.length;
                continue;
            }
        }
        flush();
        if (byte >= 0x80) {
            append_code_point(out, 0xFFFD);
        } else {
            append_escaped(out, text[at]);
        }
        run = ++at;
    }
    flush();
    out += '"';
}

}  // namespace

void JsonWriter::name(std::string_view name) {
    text(name);
    out_ += ':';
    first_ = true;
}

void JsonWriter::text(std::string_view value) {
    separate();
    append_quoted(out_, value);
}

void JsonWriter::number(std::int64_t value) {
    char digits[20];
    const auto end = std::to_chars(std::begin(digits), std::end(digits), value).ptr;
    literal({digits, static_cast<std::size_t>(end - digits)});
}

void JsonWriter::literal(std::string_view value) {
    separate();
    out_ += value;
}

void JsonWriter::member_or_null(std::string_view key, std::string_view value) {
    name(key);
    if (value.empty()) {
        null();
    } else {
        text(value);
    }
}

}  // namespace alert
