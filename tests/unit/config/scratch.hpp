// A small, complete configuration in a folder of its own, to be spoilt one word at a time.
#pragma once

#include "alert/config/config.hpp"

#include <filesystem>
#include <map>
#include <string>

namespace alert::test {

class Scratch {
public:
    Scratch();
    ~Scratch();
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;

    /// Puts `to` in place of the one `from` in the file; the test fails when it is not there once.
    Scratch& change(const std::string& file, const std::string& from, const std::string& to);
    Scratch& append(const std::string& file, const std::string& text);
    Scratch& write(const std::string& file, const std::string& text);

    [[nodiscard]] std::filesystem::path path(const std::string& file) const { return folder_ / file; }
    [[nodiscard]] LoadedConfig load(Secrets secrets = Secrets::needed) const;

private:
    std::filesystem::path folder_;
    std::map<std::string, std::string> files_;
};

TimePoint at(const std::string& rfc3339);

/// "code file:line message" of each, one a line, without the folder: what a failing test shows.
std::string told(const std::vector<Error>& findings);

/// Whether one finding has this code, stands in this file on this line, and says all of this.
bool tells(const std::vector<Error>& findings, const std::string& code, const std::string& file_and_line,
           const std::string& says);

}  // namespace alert::test
