// The metrics of contract section 8, and a counter of limits that were hit. Every series that can be known
// beforehand exists from the start with 0. Threads: any.
#pragma once

#include "process_metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <string>

namespace yuqing {

class Metrics {
public:
    explicit Metrics(const std::string& version);

    /// Prometheus text format 0.0.4.
    [[nodiscard]] std::string text() const;

private:
    prometheus::Registry registry_;

public:
    prometheus::Family<prometheus::Counter>& events;  // type, status
    prometheus::Histogram& ingest_seconds;
    prometheus::Family<prometheus::Gauge>& cases_open;     // class
    prometheus::Family<prometheus::Gauge>& obligations;    // obligation, status
    prometheus::Family<prometheus::Counter>& fulfilled;    // obligation, on_time
    prometheus::Family<prometheus::Gauge>& due_timestamp;  // case, obligation, unit
    prometheus::Gauge& next_due_timestamp;
    prometheus::Family<prometheus::Histogram>& response_seconds;  // obligation
    prometheus::Histogram& step_lateness;
    prometheus::Family<prometheus::Counter>& notifications;       // channel, reason, outcome
    prometheus::Family<prometheus::Histogram>& delivery_seconds;  // channel
    prometheus::Family<prometheus::Gauge>& outbox_size;           // channel
    prometheus::Family<prometheus::Gauge>& outbox_oldest;         // channel
    prometheus::Family<prometheus::Gauge>& dead_letters;          // channel
    prometheus::Gauge& redis_up;
    prometheus::Histogram& redis_seconds;
    prometheus::Counter& clock_steps;
    prometheus::Gauge& roster_gap_seconds;
    prometheus::Gauge& calendar_days_left;
    prometheus::Gauge& config_warnings;
    prometheus::Gauge& config_reload_successful;
    prometheus::Family<prometheus::Counter>& heartbeats;       // outcome
    prometheus::Family<prometheus::Counter>& archive_cases;    // outcome
    prometheus::Family<prometheus::Counter>& journal_entries;  // outcome
    prometheus::Histogram& journal_sync_seconds;
    prometheus::Gauge& journal_bytes;
    prometheus::Gauge& journal_untold;
    prometheus::Gauge& journal_max;
    prometheus::Gauge& journal_behind;
    prometheus::Gauge& mirror_standing_in;
    prometheus::Family<prometheus::Counter>& limit_hits;       // limit
    prometheus::Family<prometheus::Counter>& clients_refused;  // reason
    prometheus::Family<prometheus::Gauge>& channel_held;       // channel
    prometheus::Gauge& ingest_connections;
    prometheus::Gauge& daemons;
    prometheus::Gauge& self_troubles;
    prometheus::Counter& self_untold;
    prometheus::Gauge& timekeeper_idle;
    ProcessMetrics process;

    static prometheus::Histogram::BucketBoundaries delivery_buckets();
    static prometheus::Histogram::BucketBoundaries response_buckets();
};

}  // namespace yuqing
