// The members of a stored snapshot, in one table. Names are short because every event carries the
// snapshot to Redis and back; whatever is empty is left out; instants are milliseconds since 1970.
//
//   key = index into `k`: members share their facts, the first detection is in a dozen places.
//
//   v   schema number                      p   policy hash
//   k   [[time, source, id], ...]; without source: that of the entry before
//
//   of detections
//   d   detected: key                      r   first_recorded_at
//   ld  last_detected: key                 n   detections
//   ti pl pf u fi so mk   title place platform url field source matter_key: [key, text]
//   du  detected_unit: [key, lead, [assist]]
//   ma  matter: [key, word]                o   occurred_at
//   dg  due_given                          he  heat: [key, views, reposts, comments, likes]
//   gr lv  grades levels: {word: key}      da  detected_assist: [key, [assist]]
//
//   lists of facts; before them the number and the first (or null) of those dropped, if any
//   as  assessments: [key, grade or null, level or null, field, reasoned, may_lower]
//   an  assignments: [key, lead, [assist]]
//   re  returns: [key, unit]               mu  mutes: [key, until]
//   ac  acknowledgements: [key, value]     ap  approvals: [key, value]
//   st  status: [key, letter, into]; closed, o: reopened, dismissed, merged
//   pu  publications: [key, kind] or [key, kind, approved_at]
//   ps  publication_summary: {kind: [earliest as in pu, dropped] or [.., .., last_dropped key]}
//   wa  waivers: [key, obligation, by, reason]
//   co  commitments: {name: [key, id, text, due]}
//   ck  commitments_kept: {name: key}      cd  commitments_dropped
//   ur  unreadable: [key, member]          tr  truncated
//   wd  withdrawn: [[source, id], ...]
//   rm  refused_merges: as wd              ab  absorbed: [case id, ...]
//
//   progress
//   cl  climbs: {climb_key: [told_late, rungs, last_fired]}, the last two as flat lists of pairs
//   to  told                               rt  renewed_told_at
//   wk  workday_dues: {climb_key: instant}
//   cn  counted: {obligation: letter}      cc  counted_class
#pragma once

#include "alert/core/case.hpp"

#include <string_view>
#include <utility>

namespace alert {

/// Text members of detections, with the names above.
inline constexpr std::pair<std::string_view, std::optional<Told<std::string>> CaseFacts::*> told_texts[] = {
    {"ti", &CaseFacts::title},     {"pl", &CaseFacts::place}, {"pf", &CaseFacts::platform},
    {"u", &CaseFacts::url},        {"fi", &CaseFacts::field}, {"so", &CaseFacts::source},
    {"mk", &CaseFacts::matter_key}};

inline constexpr std::string_view status_letters = "codm";  // in the order of StatusChange

}  // namespace alert
