// Every problem of all files, gathered while reading goes on: a load reports them all at once.
//
// One Findings per load; each file reports through its own FileFindings, which knows the file's name.
#pragma once

#include "alert/core/result.hpp"

#include <string>
#include <vector>

namespace alert::config {

/// 1-based; line 0 means the file as a whole.
struct Place {
    std::size_t line = 0, column = 0;
};

/// Above this many a file is not a configuration but something else; the rest is counted.
inline constexpr std::size_t findings_max = 1000;

class Findings {
public:
    std::size_t add_file(std::string name);
    void add(std::size_t file, Place place, bool is_error, std::string code, std::string message);

    /// Nobody reads more: further errors are only counted, their words need not be looked for.
    [[nodiscard]] bool full() const { return error_count_ >= findings_max; }
    [[nodiscard]] std::size_t error_count() const { return error_count_; }
    [[nodiscard]] bool has_errors() const { return error_count_ > 0; }
    /// In the order of the files, and of the lines in each.
    [[nodiscard]] std::vector<Error> errors() const { return listed(true, error_count_); }
    [[nodiscard]] std::vector<Error> warnings() const { return listed(false, warning_count_); }

private:
    struct Finding {
        std::size_t file;
        Place place;
        bool is_error;
        std::string code, message;
    };
    [[nodiscard]] std::vector<Error> listed(bool errors, std::size_t count) const;

    std::vector<std::string> files_;
    std::vector<Finding> findings_;
    std::size_t error_count_ = 0, warning_count_ = 0;
};

/// What one file reports. Cheap to copy; outlived by the Findings it was made from.
class FileFindings {
public:
    FileFindings(Findings& all, std::string name) : all_(&all), file_(all.add_file(std::move(name))) {}

    [[nodiscard]] bool full() const { return all_->full(); }
    void error(Place place, std::string code, std::string message) const {
        all_->add(file_, place, true, std::move(code), std::move(message));
    }
    void warn(Place place, std::string code, std::string message) const {
        all_->add(file_, place, false, std::move(code), std::move(message));
    }

private:
    Findings* all_;
    std::size_t file_;
};

}  // namespace alert::config
