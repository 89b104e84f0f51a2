// From a case's facts to its obligations: which rules it has, when each starts, is due, ends and how.
// A header of its own because the rules of contract section 4 live here.
#pragma once

#include "alert/core/derive.hpp"

#include <map>
#include <string>
#include <vector>

namespace alert {

/// What the case was, from one deciding fact to the next.
struct Era {
    FactKey since;
    Attributes attributes;
    const CaseClass* of = nullptr;  // null: no class matches
};

/// Who leads from when on; of the first, from the beginning.
struct Lead {
    FactKey since;
    std::string unit;  // id, or as told
};

/// Everything obligations depend on besides the rules.
struct CaseCourse {
    std::vector<Era> eras;          // in the order of facts; the first since the detection
    std::optional<FactKey> closed;  // the closing in force
    std::vector<FactKey> returns;   // those that count: by the unit that led, or by nobody named
    std::vector<Lead> leads;        // at least one
    bool void_all = false;          // dismissed, merged, or nothing left that was detected
    TimePoint detected_at;
};

/// derive(), and the course it walks: for whoever asks for more of a case than its view tells.
CaseView derive(const Rules& rules, const Snapshot& snapshot, TimePoint now, CaseCourse& course);

/// Whoever leads at the time of a fact.
const std::string& lead_at(const CaseCourse& course, const FactKey& key);

/// Another lead unit, or a return, whichever came last: an acknowledgement before it counts no more.
std::optional<FactKey> last_break(const CaseCourse& course);

std::vector<Obligation> derive_obligations(const Rules& rules, const CaseFacts& facts,
                                           const CaseCourse& course, TimePoint now);

/// A lead unit known from the detection is the first assignment, unless the case was assigned before it.
bool led_from_detection(const CaseFacts& facts, const CaseCourse& course);

/// Since when the case's class asks for the rule; null: it never did.
const FactKey* asked_since(const ObligationRule& rule, const CaseCourse& course);
inline bool asks_for(const ObligationRule& rule, const CaseCourse& course) {
    return asked_since(rule, course) != nullptr;
}

/// Whether a publication of this kind counts where publications fulfil a rule; no kinds named: any does.
bool counts_kind(const Fulfilment& fulfilment, ResponseKind kind);

/// Publications that qualify for a rule, acknowledgements, approvals, ... in the order of facts.
std::vector<FactKey> qualifying_facts(const CaseFacts& facts, const Fulfilment& fulfilment);

/// Stable name of the fact that began an occurrence: 12 hex digits.
std::string begun_by(const FactKey& key);

}  // namespace alert
