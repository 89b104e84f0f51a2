// The bytes of a server as replies: hiredis's parser, without its sockets. Pure.
//
// hiredis's own connections abort the process when a server says more than it was asked for, and take
// whatever comes for the answer to the oldest command; here its parser builds Reply values, within
// bounds, and who asked is known by the link.
#pragma once

#include "alert/redis/reply.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct redisReader;

namespace alert::redis {

/// Far beyond what any of our commands is answered: a server that says so is not a Redis.
inline constexpr int reply_items_max = 1 << 20;                    // of one array
inline constexpr std::size_t reply_bytes_max = 256 * 1024 * 1024;  // of one whole reply
/// Redis's longest name a command and what it was asked with.
inline constexpr std::size_t error_chars_max = 300;

class ReplyReader {
public:
    ReplyReader();
    ~ReplyReader();
    ReplyReader(const ReplyReader&) = delete;
    ReplyReader& operator=(const ReplyReader&) = delete;

    void feed(std::string_view bytes);
    /// The next whole reply; nothing: the rest is still to come, or never will, see broken(). What an error
    /// says is for people to read: it steers no terminal, turns no line, and is cut at `error_chars_max`.
    std::optional<Reply> next();
    /// What of the protocol the server broke; empty: nothing. It stays broken.
    [[nodiscard]] const std::string& broken() const { return broken_; }

private:
    struct Free {
        void operator()(redisReader* reader) const;
    };

    const std::unique_ptr<redisReader, Free> reader_;
    std::size_t unread_bytes_ = 0;  // since the last whole reply, about
    std::string broken_;
};

}  // namespace alert::redis
