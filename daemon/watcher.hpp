// What happened in the core, as metrics and log lines.
#pragma once

#include "alert/port/observer.hpp"
#include "metrics.hpp"

#include <functional>
#include <map>
#include <string>

namespace yuqing {

class Watcher : public alert::Observer {
public:
    explicit Watcher(Metrics& metrics) : metrics_(metrics) {}

    void answered(std::string_view type, const alert::Answer& answer, alert::Duration took) override;
    void committed(const alert::Transition& transition) override;
    void attempted(const alert::Notification& notification, std::uint32_t attempt, alert::DeliveryState state,
                   const alert::DeliveryResult& result) override;
    void turned() override;
    void troubled(std::string_view what, const alert::Error& error) override;
    void limit_hit(std::string_view limit) override;
    /// A client whose key did not open the door. Each key is logged once a minute, of so many.
    void refused_client(const std::string& reason, const std::string& key, const std::string& address);

    /// Called at each turn of the timekeeper: feeds the watchdog.
    std::function<void()> on_turn;

private:
    prometheus::Counter& event_counter(std::string_view type, std::string_view status);
    void log_entry(const alert::CaseId& id, const alert::LogEntry& entry);

    Metrics& metrics_;
    std::map<std::string, prometheus::Counter*, std::less<>> event_counters_;  // "type status"
    std::map<std::string, alert::Duration, std::less<>> troubled_at_;          // last logged, by what
    std::map<std::string, alert::Duration> refused_at_;                        // last logged, by key
};

}  // namespace yuqing
