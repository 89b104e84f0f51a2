#include "metrics.hpp"

#include <prometheus/text_serializer.h>

#include <sstream>

namespace yuqing {

namespace {

using prometheus::BuildCounter;
using prometheus::BuildGauge;
using prometheus::BuildHistogram;
using Buckets = prometheus::Histogram::BucketBoundaries;

const Buckets fast{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5};
const Buckets lateness{0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 600};

// Each limit that can be hit: a counter that appears with its first hit shows no increase.
constexpr const char* limits[] = {"anchor_rounds",
                                  "archive_line",
                                  "archive_rate",
                                  "archive_torn",
                                  "case_history",
                                  "channel_waiting",
                                  "connected_cases",
                                  "delivery_attempts",
                                  "desk_conflicts",
                                  "event_bytes",
                                  "event_text",
                                  "explained_entries",
                                  "http_accept",
                                  "http_body",
                                  "http_connections",
                                  "http_header",
                                  "http_time",
                                  "ingest_batch_frames",
                                  "ingest_client_rate",
                                  "ingest_connections",
                                  "ingest_handshake_time",
                                  "ingest_handshakes",
                                  "ingest_held_answers",
                                  "ingest_in_flight",
                                  "journal_backlog",
                                  "journal_bytes",
                                  "journal_damaged",
                                  "journal_full",
                                  "journal_missing",
                                  "journal_torn",
                                  "link_valid",
                                  "log_lines",
                                  "message_parcel",
                                  "message_text",
                                  "mirror_cases",
                                  "names",
                                  "redis_in_flight",
                                  "redis_replica_timeout",
                                  "reject_bytes",
                                  "rejecting_sources",
                                  "rejects_kept",
                                  "policy_lost",
                                  "replay_unfinished",
                                  "report_connected",
                                  "report_record",
                                  "report_rows",
                                  "report_time",
                                  "report_unread",
                                  "reports",
                                  "stream_backlog",
                                  "stream_changes",
                                  "stream_listeners",
                                  "urgent_patience",
                                  "url",
                                  "url_rate"};

auto& counters(prometheus::Registry& registry, const char* name, const char* help) {
    return BuildCounter().Name(name).Help(help).Register(registry);
}
auto& gauges(prometheus::Registry& registry, const char* name, const char* help) {
    return BuildGauge().Name(name).Help(help).Register(registry);
}
auto& histograms(prometheus::Registry& registry, const char* name, const char* help) {
    return BuildHistogram().Name(name).Help(help).Register(registry);
}

}  // namespace

Metrics::Metrics(const std::string& version)
    : events(counters(registry_, "yuqing_events_total", "Events answered, by type and status")),
      ingest_seconds(
          histograms(registry_, "yuqing_ingest_seconds", "From the frame to the answer").Add({}, fast)),
      cases_open(gauges(registry_, "yuqing_cases_open", "Open cases of the jurisdiction")),
      obligations(gauges(registry_, "yuqing_obligations", "Obligations of the jurisdiction by status")),
      fulfilled(counters(registry_, "yuqing_obligations_fulfilled_total",
                         "Obligations fulfilled, on time or late")),
      due_timestamp(gauges(registry_, "yuqing_obligation_due_timestamp_seconds",
                           "Due times of the most urgent open obligations")),
      next_due_timestamp(
          gauges(registry_, "yuqing_next_due_timestamp_seconds", "The earliest due time of all; 0 when none")
              .Add({})),
      response_seconds(histograms(registry_, "yuqing_response_seconds",
                                  "From the start of an obligation to its fulfilment")),
      step_lateness(
          histograms(registry_, "yuqing_step_lateness_seconds", "How late a step fired").Add({}, lateness)),
      notifications(counters(registry_, "yuqing_notifications_total", "Attempts to deliver, by outcome")),
      delivery_seconds(histograms(registry_, "yuqing_delivery_seconds", "One attempt to deliver")),
      outbox_size(gauges(registry_, "yuqing_outbox_size", "Messages that wait")),
      outbox_oldest(
          gauges(registry_, "yuqing_outbox_oldest_seconds", "Age of the oldest message that waits")),
      dead_letters(gauges(registry_, "yuqing_dead_letters", "Messages that were given up and need a person")),
      redis_up(
          gauges(registry_, "yuqing_redis_up", "1 while Redis takes writes and is durable enough").Add({})),
      redis_seconds(histograms(registry_, "yuqing_redis_seconds", "One command of Redis, its way included")
                        .Add({}, fast)),
      clock_steps(
          counters(registry_, "yuqing_clock_step_total", "Jumps of Redis's clock against the boot-time clock")
              .Add({})),
      roster_gap_seconds(
          gauges(registry_, "yuqing_roster_gap_seconds",
                 "The longest that a role of the roster is filled by nobody, of the week to come")
              .Add({})),
      calendar_days_left(
          gauges(registry_, "yuqing_calendar_days_left", "Days the calendar still speaks for").Add({})),
      config_warnings(
          gauges(registry_, "yuqing_config_warnings", "Warnings of the configuration in force").Add({})),
      config_reload_successful(gauges(registry_, "yuqing_config_last_reload_successful",
                                      "1 when the last load of the files succeeded")
                                   .Add({})),
      heartbeats(
          counters(registry_, "yuqing_heartbeats_total", "Signs of life to the service outside, by outcome")),
      archive_cases(counters(registry_, "yuqing_archive_cases_total",
                             "Cases that left Redis for the archive or came back, and runs that failed")),
      journal_entries(counters(registry_, "yuqing_journal_entries_total",
                               "Entries of the local journal, by what came of them")),
      journal_sync_seconds(histograms(registry_, "yuqing_journal_sync_seconds",
                                      "Writing and syncing what waited for the journal")
                               .Add({}, fast)),
      journal_bytes(gauges(registry_, "yuqing_journal_bytes", "Size of the local journal").Add({})),
      journal_untold(gauges(registry_, "yuqing_journal_untold_bytes",
                            "Of it the files with something that Redis was not told yet")
                         .Add({})),
      journal_max(gauges(registry_, "yuqing_journal_max_bytes",
                         "What it may hold, journal.total_mib; 0 without a journal")
                      .Add({})),
      journal_behind(gauges(registry_, "yuqing_journal_behind",
                            "1 while Redis does not have everything that is in the local journal")
                         .Add({})),
      mirror_standing_in(gauges(registry_, "yuqing_mirror_standing_in",
                                "1 while Redis is away and what falls due is told from copies in memory")
                             .Add({})),
      limit_hits(counters(registry_, "yuqing_limit_hits_total", "Times a limit was reached")),
      clients_refused(counters(registry_, "yuqing_clients_refused_total",
                               "Clients that no key of clients.yaml let in over CURVE")),
      channel_held(gauges(registry_, "yuqing_channel_held",
                          "1 while nothing goes to the channel's URL, as its platform asked for a pause")),
      ingest_connections(
          gauges(registry_, "yuqing_ingest_connections", "Connections of the ZeroMQ doors").Add({})),
      daemons(gauges(registry_, "yuqing_daemons", "Daemons on this Redis that were seen within a minute")
                  .Add({})),
      self_troubles(
          gauges(registry_, "yuqing_self_troubles", "What is wrong with the daemon itself and needs a person")
              .Add({})),
      self_untold(counters(registry_, "yuqing_self_untold_total",
                           "Self notices for which no channel was left that works")
                      .Add({})),
      timekeeper_idle(
          gauges(registry_, "yuqing_timekeeper_idle_seconds", "Since the timekeeper turned last").Add({})),
      process(registry_) {
    gauges(registry_, "yuqing_build_info", "Always 1").Add({{"version", version}}).Set(1);
    for (const auto* outcome : {"sent", "failed", "withheld"}) heartbeats.Add({{"outcome", outcome}});
    for (const auto* outcome : {"archived", "restored", "failed"}) archive_cases.Add({{"outcome", outcome}});
    for (const auto* reason : {"unknown_key", "expired_key"}) clients_refused.Add({{"reason", reason}});
    for (const auto* outcome : {"written", "failed", "told", "missing", "refused"})
        journal_entries.Add({{"outcome", outcome}});
    for (const auto* limit : limits) limit_hits.Add({{"limit", limit}});
}

std::string Metrics::text() const {
    std::ostringstream out;
    prometheus::TextSerializer{}.Serialize(out, registry_.Collect());
    return out.str();
}

Buckets Metrics::delivery_buckets() { return fast; }

Buckets Metrics::response_buckets() {
    return {300,       900,       1800,      3600,      2 * 3600,  3 * 3600,  5 * 3600,
            12 * 3600, 24 * 3600, 36 * 3600, 48 * 3600, 72 * 3600, 168 * 3600};
}

}  // namespace yuqing
