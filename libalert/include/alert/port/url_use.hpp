// The requests that a URL with a limit took lately, whoever made them. Implemented beside each Outbox.
#pragma once

#include "alert/port/case_store.hpp"

#include <map>
#include <optional>
#include <string>

namespace alert {

struct UrlUse {
    std::map<std::string, TimePoint> requests;  // by name; the latest ones, at least those that still count
    std::optional<TimePoint> held_until;        // may be over
};

class UrlUses {
public:
    virtual ~UrlUses() = default;
    virtual void use_of(UrlLimit url, Callback<UrlUse> done) = 0;
};

}  // namespace alert
