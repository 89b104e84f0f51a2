// Writes JSON straight into a string: the per-event path has no room for a tree of values.
//
// Commas are the writer's business, balance is the caller's. Whatever bytes a text holds, the
// result is valid JSON in valid UTF-8.
#pragma once

#include "alert/core/time.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace alert {

class JsonWriter {
public:
    explicit JsonWriter(std::string& out) : out_(out) {}

    void open_object() { open('{'); }
    void close_object() { close('}'); }
    void open_array() { open('['); }
    void close_array() { close(']'); }
    /// The name of a member; its value follows.
    void name(std::string_view name);

    void text(std::string_view value);
    void number(std::int64_t value);
    /// Digits as they are to stand.
    void literal(std::string_view value);
    void boolean(bool value) { literal(value ? "true" : "false"); }
    void null() { literal("null"); }
    /// Milliseconds since 1970.
    void instant(TimePoint at) { number(at.time_since_epoch().count()); }

    void member(std::string_view key, std::string_view value) { name(key), text(value); }
    void member(std::string_view key, TimePoint at) { name(key), instant(at); }
    void member_number(std::string_view key, std::int64_t value) { name(key), number(value); }
    void member_or_null(std::string_view key, std::string_view value);
    /// Only what is not empty is written.
    void member_if(std::string_view key, std::string_view value) {
        if (!value.empty()) member(key, value);
    }

private:
    void open(char bracket) { separate(), out_ += bracket, first_ = true; }
    void close(char bracket) { out_ += bracket, first_ = false; }
    void separate() {
        if (!first_) out_ += ',';
        first_ = false;
    }

    std::string& out_;
    bool first_ = true;  // nothing stands before the next value that it must be parted from
};

}  // namespace alert
