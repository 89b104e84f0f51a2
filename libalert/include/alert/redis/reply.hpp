// What Redis answered, as a value.
//
// Errors are classified once, here: callers look at `code` and never at Redis's wording.
#pragma once

#include "alert/core/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace alert::redis {

// Codes of Reply::error. Down: nothing was sent. Lost: the connection ended before the answer came, or
// replicas do not have it: it is not known whether the command was done, or will stay so. Refused: Redis does
// not take writes now (loading, a replica, disk or memory full, busy, credentials, another node's slot).
// No_script: its script cache was emptied. Failed: the rest, a mistake of ours or of the data.
inline constexpr std::string_view redis_down = "redis_down";
inline constexpr std::string_view redis_lost = "redis_lost";
inline constexpr std::string_view redis_refused = "redis_refused";
inline constexpr std::string_view redis_no_script = "redis_no_script";
inline constexpr std::string_view redis_failed = "redis_failed";

struct Reply {
    enum class Kind { nil, integer, text, array, error };
    Kind kind = Kind::nil;
    std::int64_t integer = 0;
    std::string text;          // text; of an error its message
    std::vector<Reply> items;  // array
    std::string_view code;     // error: one of the constants above

    static Reply failure(std::string_view code, std::string message);

    [[nodiscard]] bool is_error() const { return kind == Kind::error; }
    [[nodiscard]] bool is_text() const { return kind == Kind::text; }
    [[nodiscard]] bool is_array() const { return kind == Kind::array; }
    [[nodiscard]] Error error() const { return {std::string(code), text, ""}; }
};

/// Sorts an error line of Redis into the codes above.
std::string_view classify_error(std::string_view line);

/// For an answer of a shape that the command cannot give.
Error unexpected_reply(std::string_view command);

}  // namespace alert::redis
