#include "alert/flow/rule_book.hpp"

#include <utility>

namespace alert {

RuleBook::RuleBook(Current current) { swap(std::move(current)); }

void RuleBook::swap(Current current) {
    current_ = std::move(current);
    add(current_.policy);
}

void RuleBook::add(std::shared_ptr<const Policy> policy) {
    auto hash = policy->hash;
    policies_.insert_or_assign(std::move(hash), std::move(policy));
}

Rules RuleBook::today() const { return rules_with(*current_.policy); }

std::optional<Rules> RuleBook::of(const PolicyHash& hash) const {
    const auto at = policies_.find(hash);
    if (at == policies_.end()) return std::nullopt;
    return rules_with(*at->second);
}

Rules RuleBook::rules_with(const Policy& policy) const {
    return {policy, *current_.directory, *current_.roster, *current_.calendar, current_.zone};
}

}  // namespace alert
