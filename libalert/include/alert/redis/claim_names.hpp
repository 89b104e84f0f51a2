// Names for claims, different for each daemon. A claim that is made again, the answer to it having been lost,
// keeps its name: by it Redis knows what to take back of what it leased.
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace alert::redis {

class ClaimNames {
public:
    ClaimNames();

    /// Of the claims of one queue, for as long as this daemon runs.
    [[nodiscard]] std::string queue(const std::string& queue) const { return daemon_ + queue; }
    /// For a new claim of that queue, or for the one whose answer was lost.
    [[nodiscard]] std::string next(const std::string& queue);
    void lost(const std::string& queue, std::string name) { lost_[queue] = std::move(name); }

private:
    std::string daemon_;
    std::uint64_t claims_ = 0;
    std::map<std::string, std::string> lost_;
};

}  // namespace alert::redis
