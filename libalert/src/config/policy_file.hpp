// policy.yaml: read and judged by itself. What only other files can answer (roles, fields, units) is
// handed back as names, see references.hpp.
#pragma once

#include "section.hpp"

#include "alert/core/policy.hpp"

#include <map>
#include <string>
#include <vector>

namespace alert::config {

inline constexpr std::size_t steps_max = 200;  // of one ladder
inline constexpr std::size_t repeat_times_max = 10'000;
inline constexpr Duration repeat_min = std::chrono::seconds(10);

struct PolicyFile {
    Policy policy;
    std::vector<Name> roles, fields, units;             // referred to; to be found in the directory
    std::map<std::string, Place> obligations, ladders;  // where they stand
    std::vector<Place> classes;
    Place notices;
};

/// Always gives what could be read; the findings tell whether it may be used.
PolicyFile read_policy(const std::string& text, const FileFindings& findings);

Words words_of(const std::map<std::string, Place>& places);

// Parts of it, in the order of the file.
Condition read_condition(const Section& parent, std::string_view key, PolicyFile& file);
void read_obligations(const Section& root, PolicyFile& file);
void read_ladders(const Section& root, PolicyFile& file);

}  // namespace alert::config
