// The events that were sent and wait for their answer: what to send next, what an answer belongs to.
//
// Answers come in the order of the events of one connection. But a connection can be replaced under
// way (the daemon restarted, libzmq connected again) and then what was sent on the old one is never
// answered. So an answer is matched by the event's (source, id); those sent before the match that are
// still unanswered were lost, and go out again. Sending twice is always safe: the daemon knows the event.
// Knows neither sockets nor the clock.
#pragma once

#include "alert/core/time.hpp"

#include <boost/json/object.hpp>

#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <string_view>

namespace yuqing {

struct SendLine {
    std::string file;
    std::uint64_t number = 0;  // from 1
    std::string bytes;
};

/// The answer that ends a line: accepted, duplicate or rejected.
struct SendAnswer {
    SendLine line;
    boost::json::object answer;
};

class SendWindow {
public:
    explicit SendWindow(std::size_t lines_max) : lines_max_(lines_max) {}

    [[nodiscard]] bool has_room() const { return size() < lines_max_; }
    [[nodiscard]] bool empty() const { return size() == 0; }
    [[nodiscard]] std::size_t size() const { return waiting_.size() + sent_.size(); }
    void add(SendLine line);

    /// The bytes to send now, if there are any; they count as sent.
    std::optional<std::string_view> next_to_send(alert::Duration now);
    /// When next_to_send() gives something without anything else happening.
    [[nodiscard]] std::optional<alert::Duration> next_retry() const;

    /// What an answer ends; nothing when it says `retry`, is stale or cannot be read.
    std::optional<SendAnswer> answered(std::string_view json, alert::Duration now);
    /// Whether the last answer belonged to a line at all, `retry` included.
    [[nodiscard]] bool heard() const { return heard_; }

    /// The connection is a new one: everything unanswered goes out again.
    void connection_lost();

private:
    struct Line {
        SendLine line;
        std::string source, id;  // as the daemon reads them; empty: unread
        alert::Duration not_before{};
    };
    using Lines = std::list<Line>;

    Lines::iterator find_sent(const std::string& source, const std::string& id);

    std::size_t lines_max_;
    Lines waiting_;  // to be sent, in order
    Lines sent_;     // in the order of sending
    bool heard_ = false;
};

}  // namespace yuqing
