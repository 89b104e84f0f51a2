#include "line_reader.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>
#include <string_view>
#include <system_error>

namespace yuqing {

namespace {

constexpr std::size_t chunk_bytes = 64 * 1024;
constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";  // editors put it before the first line

[[noreturn]] void fail(const std::string& name) {
    throw std::runtime_error(name + ": " + std::generic_category().message(errno));
}

bool is_blank(const std::string& line) { return line.find_first_not_of(" \t\r") == std::string::npos; }

}  // namespace

LineReader::LineReader(std::string name) : name_(std::move(name)) {
    descriptor_ = name_ == "-" ? STDIN_FILENO : ::open(name_.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor_ < 0) fail(name_);
}

LineReader::~LineReader() { close(); }

void LineReader::close() {
    if (descriptor_ > STDIN_FILENO) ::close(descriptor_);
    descriptor_ = -1;
}

void LineReader::read() {
    buffer_.erase(0, taken_);
    taken_ = 0;
    const auto before = buffer_.size();
    buffer_.resize(before + chunk_bytes);
    const auto got = ::read(descriptor_, buffer_.data() + before, chunk_bytes);
    buffer_.resize(before + (got > 0 ? static_cast<std::size_t>(got) : 0));
    if (got < 0 && errno != EINTR && errno != EAGAIN) fail(name_);
    if (got == 0) close();
}

std::optional<std::string> LineReader::next_bytes() {
    const auto rest = buffer_.size() - taken_;
    const auto end = buffer_.find('\n', taken_);
    if (end != std::string::npos && end - taken_ <= line_bytes_max) {
        auto line = buffer_.substr(taken_, end - taken_);
        taken_ = end + 1;
        return line;
    }
    if (rest > line_bytes_max) {
        auto line = buffer_.substr(taken_, line_bytes_max + 1);
        taken_ += line.size();
        return line;
    }
    if (!at_end() || rest == 0) return std::nullopt;
    auto line = buffer_.substr(taken_);
    taken_ = buffer_.size();
    return line;
}

std::optional<SendLine> LineReader::next() {
    while (auto bytes = next_bytes()) {
        const bool goes_on = in_overlong_;
        in_overlong_ = bytes->size() > line_bytes_max;
        if (goes_on) continue;
        if (++number_ == 1 && bytes->starts_with(byte_order_mark)) bytes->erase(0, byte_order_mark.size());
        if (!is_blank(*bytes)) return SendLine{name_, number_, std::move(*bytes)};
    }
    return std::nullopt;
}

}  // namespace yuqing
