// What Redis's sorted sets are to the scripts: names with an instant, earliest first, ties by name.
#pragma once

#include "alert/core/time.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <vector>

namespace alert {

template <class Name>
class DueQueue {
public:
    /// Adds the name or moves it.
    void put(const Name& name, TimePoint at) {
        remove(name);
        places_[name] = at;
        order_.emplace(at, name);
    }
    void remove(const Name& name) {
        const auto place = places_.find(name);
        if (place == places_.end()) return;
        order_.erase({place->second, name});
        places_.erase(place);
    }
    [[nodiscard]] std::optional<TimePoint> find(const Name& name) const {
        const auto place = places_.find(name);
        return place == places_.end() ? std::nullopt : std::optional(place->second);
    }
    [[nodiscard]] std::optional<TimePoint> head() const {
        return order_.empty() ? std::nullopt : std::optional(order_.begin()->first);
    }
    /// The name that comes last.
    [[nodiscard]] std::optional<Name> last() const {
        return order_.empty() ? std::nullopt : std::optional(order_.rbegin()->second);
    }
    /// The names from that rank on, with their instants.
    [[nodiscard]] std::vector<std::pair<TimePoint, Name>> ranks(std::size_t from, std::size_t limit) const {
        std::vector<std::pair<TimePoint, Name>> names;
        for (auto at = order_.begin(); at != order_.end() && names.size() < limit; ++at)
            if (from == 0 || from-- == 0) names.push_back(*at);
        return names;
    }
    [[nodiscard]] std::vector<Name> due(TimePoint until, std::size_t limit) const {
        std::vector<Name> names;
        for (auto at = order_.begin(); at != order_.end() && at->first <= until && names.size() < limit; ++at)
            names.push_back(at->second);
        return names;
    }
    [[nodiscard]] std::size_t size() const { return places_.size(); }

private:
    std::map<Name, TimePoint> places_;
    std::set<std::pair<TimePoint, Name>> order_;
};

}  // namespace alert
