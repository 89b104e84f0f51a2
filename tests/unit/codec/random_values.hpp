// Random snapshots, notifications and log entries: every member there or not, text of any kind.
#pragma once

#include "alert/core/decide.hpp"

#include <random>
#include <string>
#include <vector>

namespace random_values {

class Random {
public:
    explicit Random(unsigned seed) : engine_(seed) {}

    /// 0 to `max`.
    std::uint32_t number(std::uint32_t max);
    bool maybe() { return number(1) == 1; }
    std::string text();
    alert::TimePoint time();
    alert::FactKey key();

    alert::Snapshot snapshot();
    alert::CaseBrief brief();
    alert::ObligationBrief obligation_brief();
    alert::Notification notification();
    alert::LogEntry log_entry();

private:
    template <class T>
    T any(std::initializer_list<T> values) {
        return *(values.begin() + number(static_cast<std::uint32_t>(values.size() - 1)));
    }
    template <class Make>
    auto sometimes(Make make) -> std::optional<decltype(make())> {
        return maybe() ? std::optional(make()) : std::nullopt;
    }
    template <class T, class Make>
    void fill(alert::History<T>& history, Make make) {
        for (auto n = number(maybe() ? 4 : 0); n > 0; --n) history.add(key(), make());
        if (history.empty()) return;
        history.dropped = number(maybe() ? UINT32_MAX : 1);
        if (history.dropped > 0) history.first_dropped = sometimes([&] { return key(); });
    }
    std::vector<std::string> texts();
    std::vector<alert::Target> targets();
    alert::IncidentGrade grade();
    alert::OpinionLevel level();
    alert::ResponseKind kind();
    alert::Assignment assignment() { return {text(), texts()}; }
    alert::Publication publication() {
        return {kind(), sometimes([&] { return time(); })};
    }
    void detections(alert::CaseFacts& facts);
    void histories(alert::CaseFacts& facts);
    void maps(alert::CaseFacts& facts);
    alert::Progress progress();

    std::mt19937 engine_;
    std::vector<alert::FactKey> keys_;  // told before: facts share them
};

}  // namespace random_values
