#include "alert/redis/command.hpp"

#include <array>
#include <charconv>

namespace alert::redis {
namespace {

constexpr std::size_t header_room = 24;  // "*", 20 digits, "\r\n"

}  // namespace

Command::Command(std::string_view name, std::size_t bytes_expected) {
    buffer_.reserve(header_room + bytes_expected);
    buffer_.resize(header_room);
    add(name);
}

Command& Command::add(std::string_view argument) {
    std::array<char, 24> length{};
    length[0] = '$';
    auto* end = std::to_chars(length.data() + 1, length.data() + 22, argument.size()).ptr;
    *end++ = '\r';
    *end++ = '\n';
    buffer_.append(length.data(), static_cast<std::size_t>(end - length.data()));
    buffer_.append(argument);
    buffer_.append("\r\n", 2);
    ++count_;
    return *this;
}

Command& Command::add(std::int64_t number) {
    std::array<char, 24> digits{};
    const auto* end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    return add(std::string_view(digits.data(), static_cast<std::size_t>(end - digits.data())));
}

std::string_view Command::bytes() {
    const std::string header = "*" + std::to_string(count_) + "\r\n";
    const std::size_t start = header_room - header.size();
    buffer_.replace(start, header.size(), header);
    return std::string_view(buffer_).substr(start);
}

}  // namespace alert::redis
