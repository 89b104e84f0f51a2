// directory.yaml: units, fields, officers and roles. Officers and units must exist in the file itself;
// channels are handed back as names, see references.hpp.
#pragma once

#include "section.hpp"

#include "alert/core/directory.hpp"

#include <map>

namespace alert::config {

struct DirectoryFile {
    Directory directory;
    std::vector<Name> channels;          // referred to; to be found in yuqingd.yaml
    std::map<std::string, Place> roles;  // where they stand
    bool readable = false;               // false after a syntax error: nothing can be looked up
};

DirectoryFile read_directory(const std::string& text, const FileFindings& findings);

}  // namespace alert::config
