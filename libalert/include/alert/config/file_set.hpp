// The texts of the files that make a configuration, as they were read: kept where the daemon finds them when
// those on the disk do not load. Secrets are not among them.
#pragma once

#include <map>
#include <string>

namespace alert {

struct FileSet {
    std::map<std::string, std::string> texts;  // by path

    friend bool operator==(const FileSet&, const FileSet&) = default;
};

}  // namespace alert
