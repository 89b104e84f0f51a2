// A YAML document as a small tree in which every node knows its line, with what the standard allows
// and a configuration should not have refused: duplicate keys, tags, several documents, depth.
#pragma once

#include "findings.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace alert::config {

inline constexpr std::size_t yaml_depth_max = 16;
/// Counting what aliases repeat, so that a small file cannot stand for a huge one.
inline constexpr std::size_t yaml_nodes_max = 500'000;

struct Yaml {
    enum class Kind { nothing, scalar, list, map };
    using Ptr = std::shared_ptr<const Yaml>;  // an alias shares the node it repeats

    Kind kind = Kind::nothing;
    Place place;
    std::string text;                          // scalar
    bool plain = false;                        // scalar without quotes
    std::vector<Ptr> items;                    // list
    std::vector<std::pair<Ptr, Ptr>> members;  // map: no key twice, in the order of the file
    std::size_t nodes = 1;                     // of the whole subtree

    [[nodiscard]] const Yaml* find(std::string_view key) const;
};

/// Null after a syntax error; duplicate keys are reported and the first one counts.
Yaml::Ptr parse_yaml(const std::string& text, const FileFindings& findings);

}  // namespace alert::config
