// A command in Redis's own wire format, built in one buffer: a commit has a hundred arguments and is the
// hottest thing the daemon does, so nothing is formatted twice.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace alert::redis {

class Command {
public:
    explicit Command(std::string_view name, std::size_t bytes_expected = 256);

    Command& add(std::string_view argument);
    Command& add(std::int64_t number);

    /// The bytes to send. Arguments may still be added afterwards; the view is good until then.
    [[nodiscard]] std::string_view bytes();

private:
    std::string buffer_;  // opens with room for the count, written by bytes()
    std::size_t count_ = 0;
};

}  // namespace alert::redis
