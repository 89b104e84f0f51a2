// A small county office for tests: a policy like the contract's example, a directory, a roster, facts in
// one line each, and a case that is told them.
//
// Times are given as distances from `t0`, 2026-06-01 08:00 in Asia/Shanghai, the first detection's time.
#pragma once

#include "alert/core/decide.hpp"

#include <map>
#include <string>
#include <vector>

namespace yuqing::test {

using namespace std::chrono_literals;

extern const alert::TimePoint t0;

struct Office {
    alert::Policy policy;
    alert::Directory directory;
    alert::Roster roster;
    alert::Calendar calendar;
    alert::Zone zone = alert::Zone::utc();

    [[nodiscard]] alert::Rules rules() const { return {policy, directory, roster, calendar, zone}; }
    alert::ObligationRule& rule(const std::string& id) { return policy.obligations.at(id); }
    std::vector<alert::Step>& ladder(const std::string& id) { return policy.ladders.at(id).steps; }
};

/// Classes emergency (extreme, major) and general; ladders, units and roles: see office.cpp.
Office an_office();

/// `step("due-1h", {"duty_officer"})`; the rest is set by the test.
alert::Step step(const std::string& at, std::vector<std::string> notify);

/// A fact that happened `after` t0, told by source "office" and recorded at once. Equal arguments give an
/// equal fact: its id comes from type, time and `name`.
alert::Fact fact(alert::EventData data, alert::Duration after, const std::string& name = "");
/// A detection by source "douyin"; titled if it has no title.
alert::Fact detected(alert::Duration after = 0ms, alert::Detected data = {}, const std::string& name = "");
alert::Fact published(alert::Duration after, alert::ResponseKind kind = alert::ResponseKind::online_reply,
                      const std::string& name = "");
alert::Fact acknowledged(alert::Duration after);
alert::Fact assigned(alert::Duration after, const std::string& lead_unit);
alert::Fact assessed(alert::Duration after, alert::IncidentGrade grade, const std::string& reason = "");
alert::Fact waived(alert::Duration after, const std::string& obligation);
alert::Fact closed(alert::Duration after);
alert::Fact withdrawn(alert::Duration after, const alert::Fact& what);

/// A case being told things: keeps what a store would keep, and everything that was decided.
class OneCase {
public:
    explicit OneCase(Office office = an_office(), std::string id = "QS-1");

    /// Decides these facts at `t0 + now`, or when the last of them happened if that is later.
    const alert::Transition& tell(std::vector<alert::Fact> facts, alert::Duration now = 0ms);
    const alert::Transition& tell(alert::Fact fact, alert::Duration now = 0ms) {
        return tell(std::vector{std::move(fact)}, now);
    }
    /// Decides at `t0 + now` without new facts.
    const alert::Transition& look(alert::Duration now);
    /// Moves the case, and the office, to another policy at `t0 + now`.
    const alert::Transition& rebase(alert::Policy to, alert::Duration now);
    /// Decides at every wake up to and including `t0 + until`, each at its instant.
    void run_until(alert::Duration until);

    [[nodiscard]] alert::CaseView view(alert::Duration now) const;
    [[nodiscard]] alert::CaseView view() const { return view(now_ - t0); }
    /// Fails the test when the case has no such obligation.
    [[nodiscard]] alert::Obligation obligation(const std::string& id) const;
    /// "response pending, acknowledge.1 void": every obligation in order of id.
    [[nodiscard]] std::string statuses() const;

    /// Steps that fired since the last call, "response due@48h" in the order of firing; superseded and
    /// skipped ones are in `passed()`.
    std::vector<std::string> fired();
    std::vector<std::string> passed();
    /// Notices since the last call: "attention:unassigned".
    std::vector<std::string> notices();

    Office office;
    alert::Snapshot snapshot;
    std::uint64_t version = 0;
    std::vector<alert::Fact> log;
    std::vector<alert::LogEntry> record;
    std::optional<alert::TimePoint> wake;
    std::map<std::string, std::int64_t> stats;
    std::vector<alert::Transition> transitions;

private:
    const alert::Transition& decide_at(std::vector<alert::Fact> facts, alert::TimePoint now);
    const alert::Transition& commit(alert::Transition transition, alert::TimePoint now);
    std::vector<std::string> since(std::size_t& from, bool (*wanted)(const alert::LogEntry&),
                                   std::string (*text)(const alert::LogEntry&)) const;

    alert::TimePoint now_ = t0;
    std::size_t fired_from_ = 0, passed_from_ = 0, notices_from_ = 0;
};

}  // namespace yuqing::test
