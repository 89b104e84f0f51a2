// The lines of a file, wherever they were torn or cannot be read. Blocks.
#pragma once

#include "alert/core/result.hpp"
#include "durable_file.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>

namespace yuqing {

class FileLines {
public:
    FileLines(std::string path, std::size_t bytes_max, std::uint64_t offset = 0);

    /// To the next line feed. False where nothing can be read any more: at the end, or for `failure`.
    bool next();
    /// Without its line feed; and what stands at the end without one. Of one that is too long, its begin.
    [[nodiscard]] const std::string& line() const { return line_; }
    /// So many bytes were read, those of `line` among them.
    [[nodiscard]] std::uint64_t bytes() const { return bytes_; }
    /// Why the rest of the file is not known: `missing`, `unreadable`; `busy`, no more files can be opened.
    [[nodiscard]] const std::optional<alert::Error>& failure() const { return failure_; }

private:
    bool fill();
    void fail();

    const std::string path_;
    const std::size_t line_bytes_max_;
    Descriptor file_;
    std::array<char, 64UL * 1024> buffer_;  // NOLINT(cppcoreguidelines-pro-type-member-init): up to size_
    std::size_t at_ = 0, size_ = 0;
    std::string line_;
    std::uint64_t bytes_ = 0;
    std::optional<alert::Error> failure_;
};

}  // namespace yuqing
