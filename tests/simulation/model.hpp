// The oracle: what the contract says of a case, written from its text and from nothing else.
//
// Deliberately naive: keeps every fact that was accepted and works everything out again each time it is
// asked, in as many passes as make it plain. Where the contract is silent a comment tells how it is read.
#pragma once

#include "simulation/invented_office.hpp"

#include "alert/core/derive.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace yuqing::simulation {

/// A fact's place in the order of facts; it lives no longer than the fact.
using Place = std::tuple<alert::TimePoint, std::string_view, std::string_view>;

struct ModelObligation {
    std::string id;                               // with its ordinal
    std::string climb;                            // rule and what began it: stays when ordinals shift
    const alert::ObligationRule* rule = nullptr;  // null: a commitment
    const alert::Ladder* ladder = nullptr;
    alert::TimePoint start, due;
    alert::ObligationStatus status = alert::ObligationStatus::pending;
    std::optional<alert::TimePoint> fulfilled_at;
    std::optional<alert::TimePoint> steps_end;  // no step whose time comes then or later
    bool excused = false;
    alert::Card card = alert::Card::none;

    [[nodiscard]] bool open() const {
        return status == alert::ObligationStatus::pending || status == alert::ObligationStatus::overdue;
    }
    /// Steps may still fire.
    [[nodiscard]] bool climbing() const { return open() && !steps_end && ladder; }
    [[nodiscard]] bool survives_closing() const {
        return !rule || (rule->kind == alert::ObligationKind::statutory && !rule->every);
    }
};

struct ModelCase {
    alert::CaseStatus status = alert::CaseStatus::open;
    std::optional<alert::CaseId> into;
    std::string class_id;
    alert::Attributes attributes;
    std::set<std::string> flags;  // those that follow from facts alone
    std::optional<alert::TimePoint> acknowledged_at, muted_until;
    bool approved = false;
    std::vector<ModelObligation> obligations;
};

/// One occurrence of a rung.
struct ModelStep {
    std::size_t obligation = 0;  // index
    std::uint32_t rung = 0, repeat = 0;
    alert::TimePoint planned;
};

/// How many occurrences of each rung were passed, by climb.
using Passed = std::map<std::string, std::map<std::uint32_t, std::uint32_t>>;

struct Steps {
    std::vector<ModelStep> fired, passed_over;
};

class Model {
public:
    explicit Model(const InventedOffice& office) : office_(office) {}

    void open(const alert::CaseId& id, const alert::PolicyHash& policy) { cases_[id].policy = policy; }
    void accept(const alert::CaseId& id, alert::Fact fact);
    [[nodiscard]] ModelCase at(const alert::CaseId& id, alert::TimePoint now) const;

    /// What must fire and be passed over at `now`; `passed` moves on.
    Steps climb(const alert::CaseId& id, const ModelCase& view, Passed& passed, alert::TimePoint now) const;
    /// The next instant something is to be done about the case.
    [[nodiscard]] std::optional<alert::TimePoint> next(const ModelCase& view, const Passed& passed,
                                                       alert::TimePoint now) const;
    /// The channels a step must reach; more when the roster has a gap.
    struct Reached {
        std::set<std::string> at_least, at_most;
    };
    [[nodiscard]] Reached channels(const ModelCase& view, const ModelObligation& obligation,
                                   std::uint32_t rung, alert::TimePoint now) const;

    struct Kept {
        alert::PolicyHash policy;
        std::vector<alert::Fact> facts;
    };
    [[nodiscard]] const std::map<alert::CaseId, Kept>& cases() const { return cases_; }
    [[nodiscard]] bool merged(const alert::CaseId& id) const { return into_.contains(id); }
    [[nodiscard]] bool connected(const alert::CaseId& id) const;
    [[nodiscard]] bool is_withdrawn(const alert::EventKey& key) const { return withdrawn_.contains(key); }

private:
    void resolve_merges();
    [[nodiscard]] std::vector<const alert::Fact*> effective(const alert::CaseId& id) const;

    const InventedOffice& office_;
    std::map<alert::CaseId, Kept> cases_;
    std::set<alert::EventKey> withdrawn_;
    std::map<alert::CaseId, alert::CaseId> into_;  // merges that hold
    std::set<alert::CaseId> refused_;              // cases with a merge that would lead back
};

[[nodiscard]] Place place_of(const alert::Fact& fact);

/// A period after an instant, by the calendar of the office; its zone is UTC+8 all year.
[[nodiscard]] alert::TimePoint period_after(const InventedOffice& office, alert::TimePoint from,
                                            const alert::Period& period);

/// When a rung's occurrence is planned.
[[nodiscard]] alert::TimePoint planned(const ModelObligation& obligation, const alert::Step& step,
                                       std::uint32_t repeat);

}  // namespace yuqing::simulation
