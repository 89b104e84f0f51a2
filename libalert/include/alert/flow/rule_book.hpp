// Which rules decide which case: the directory, roster and calendar of today, the policy of its opening.
#pragma once

#include "alert/core/derive.hpp"

#include <map>
#include <memory>
#include <optional>

namespace alert {

class RuleBook {
public:
    struct Current {
        std::shared_ptr<const Policy> policy;
        std::shared_ptr<const Directory> directory;
        std::shared_ptr<const Roster> roster;
        std::shared_ptr<const Calendar> calendar;
        Zone zone = Zone::utc();
    };

    explicit RuleBook(Current current);

    /// Takes effect for everything decided from now on; cases keep their policy.
    void swap(Current current);
    /// A policy that some case still holds.
    void add(std::shared_ptr<const Policy> policy);

    [[nodiscard]] Rules today() const;
    /// Nothing while the policy is not known here; then load it and add() it.
    [[nodiscard]] std::optional<Rules> of(const PolicyHash& hash) const;
    [[nodiscard]] const Zone& zone() const { return current_.zone; }

private:
    [[nodiscard]] Rules rules_with(const Policy& policy) const;

    Current current_;
    std::map<PolicyHash, std::shared_ptr<const Policy>> policies_;
};

}  // namespace alert
