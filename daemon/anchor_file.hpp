// The file outside Redis that the heads of the records go to: JSON lines, only ever appended, each line
// chained to the one before under the record's key.
//
//   {"v":1,"at":"2026-11-21T00:00:00+08:00","j":"qingshan","heads":{"QS-1":"12.…"},"h":"7.…"}
//
// A line was written when append() came back: it is on the disk then. Several daemons may write one file.
#pragma once

#include "alert/core/chain.hpp"
#include "alert/core/id.hpp"
#include "alert/core/result.hpp"
#include "alert/core/time.hpp"

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace yuqing {

/// What the file says, as far as it can be read.
struct Anchors {
    std::map<alert::CaseId, std::string> heads;  // the farthest seal that was anchored
    std::string last_at;                         // of the last line; empty: there is none
    std::vector<alert::ChainFinding> findings;   // lines that are not what they were
};

/// The last line, whose seal covers all lines before it.
struct LastAnchor {
    std::string at, seal;
};

class AnchorFile {
public:
    AnchorFile(std::string path, alert::ChainKey key, std::string jurisdiction, alert::Zone zone);

    [[nodiscard]] bool configured() const { return !path_.empty(); }

    using Heads = std::vector<std::pair<alert::CaseId, std::string>>;
    /// One line. A torn line at the end, which a crash left, is cut off before.
    alert::Result<std::monostate> append(const Heads& heads, alert::TimePoint now) const;

    /// Reads the end of the file alone. Nothing: there is none yet, or it cannot be read.
    [[nodiscard]] std::optional<LastAnchor> last() const;

    /// Reads it again only when it changed. No file yet: nothing was anchored.
    alert::Result<std::shared_ptr<const Anchors>> read();

private:
    const std::string path_;
    const alert::ChainKey key_;
    const std::string jurisdiction_, chain_;
    const alert::Zone zone_;
    std::shared_ptr<const Anchors> read_;
    std::pair<std::uintmax_t, std::filesystem::file_time_type> read_at_;
};

}  // namespace yuqing
