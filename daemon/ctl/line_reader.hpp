// Lines of one file or of standard input, read without ever waiting for more than there is.
#pragma once

#include "send_window.hpp"

#include <optional>
#include <string>

namespace yuqing {

/// A longer line is given cut to one byte more than this: no event is so long, and a frame of that size
/// would end the connection to the daemon.
inline constexpr std::size_t line_bytes_max = 1024 * 1024 - 1;

class LineReader {
public:
    /// Opens the file, `-` is standard input. Throws std::runtime_error when that fails.
    explicit LineReader(std::string name);
    ~LineReader();
    LineReader(const LineReader&) = delete;
    LineReader& operator=(const LineReader&) = delete;

    /// To be read when poll says so; -1 at the end of the file.
    [[nodiscard]] int descriptor() const { return descriptor_; }
    /// Reads once; throws when that fails.
    void read();
    /// The next line that is there already. Blank ones are passed over.
    std::optional<SendLine> next();
    /// Whether read() can bring no more; next() may still give lines.
    [[nodiscard]] bool at_end() const { return descriptor_ < 0; }

private:
    void close();
    std::optional<std::string> next_bytes();

    std::string name_;
    int descriptor_ = -1;
    std::uint64_t number_ = 0;
    std::string buffer_;
    std::size_t taken_ = 0;     // bytes of the buffer that were given
    bool in_overlong_ = false;  // what comes belongs to a line that was given already
};

}  // namespace yuqing
