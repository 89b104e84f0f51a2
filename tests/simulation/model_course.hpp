// The part of the oracle between facts and obligations: how a case stood from one fact to the next.
#pragma once

#include "simulation/model.hpp"

namespace yuqing::simulation {

struct ModelEra {
    Place since;
    alert::Attributes attributes;
    const alert::CaseClass* of = nullptr;
};

/// The time during which one assignment is in force.
struct Tenure {
    Place from;
    std::string begun;  // empty: known from the detection
    std::optional<Place> until;
};

struct ModelCourse {
    std::vector<const alert::Fact*> facts;  // effective, in the order of facts
    std::vector<ModelEra> eras;
    std::vector<Tenure> tenures;
    std::optional<Place> closed;  // the closing in force
    bool void_all = false;
    bool any_detected = false;
    alert::TimePoint detected_at, recorded_at;
    std::optional<alert::TimePoint> occurred_at, due_given;
};

/// Walks the facts once; sets everything of the case but obligations and what depends on them.
ModelCourse walk(const InventedOffice& office, const alert::Policy& policy,
                 std::vector<const alert::Fact*> facts, bool merged, ModelCase& out);

/// The facts that fulfil a rule, wherever they stand.
std::vector<const alert::Fact*> fulfilling(const ModelCourse& course, const alert::Fulfilment& by);

/// Whether a condition of the policy holds.
bool holds(const alert::Condition& condition, const alert::Attributes& attributes);

std::vector<ModelObligation> obligations_of(const InventedOffice& office, const alert::Policy& policy,
                                            const ModelCourse& course, alert::TimePoint now);

template <class T>
const T* as(const alert::Fact& fact) {
    return std::get_if<T>(&fact.event.data);
}

}  // namespace yuqing::simulation
