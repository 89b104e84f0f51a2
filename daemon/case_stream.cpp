// A mark is written after the cases it stands for, in a frame of its own: who was cut off between them comes
// back with the mark before, and looks at everything anew.
#include "case_stream.hpp"

#include "alert/codec/case_json.hpp"
#include "alert/core/messages.hpp"
#include "masked.hpp"

#include <boost/json.hpp>

#include <algorithm>

namespace yuqing {

namespace json = boost::json;
using std::chrono::milliseconds;

namespace {

constexpr milliseconds turn{500};
constexpr int turns_per_sign_of_life = 30;  // 15 s
constexpr const char* sign_of_life = ":\n\n";

std::string frame(std::string_view event, const json::object& data) {
    return "event: " + std::string(event) + "\ndata: " + json::serialize(data) + "\n\n";
}

std::string mark_frame(const std::string& mark) { return "id: " + mark + "\n\n"; }

/// What calls for an alarm: a deadline reached or passed, an emergency; nothing else.
std::string_view alarm_reason(const alert::LogEntry& entry, const alert::CaseView& view) {
    using alert::Reason;
    if (entry.kind != alert::LogKind::fired) return "";
    const auto reason = alert::reason_of_step(entry.step);
    const bool calls =
        reason == Reason::due || reason == Reason::overdue || (reason == Reason::opened && view.emergency());
    return calls ? to_string(reason) : "";
}

json::object told_json(const alert::LogEntry& entry, std::string_view reason, const alert::CaseView& view,
                       const alert::Rules& rules) {
    return {{"case", view.id.value},
            {"title", view.title},
            {"reason", reason},
            {"obligation", entry.obligation},
            {"step", entry.step},
            {"at", alert::format_rfc3339(entry.at, rules.zone)},
            {"targets", alert::targets_json(entry.targets, rules.directory)}};
}

}  // namespace

CaseStream::CaseStream(boost::asio::io_context& io, alert::redis::Connection& connection,
                       alert::redis::Keys keys, Watcher& watcher, Ports ports)
    : watcher_(watcher),
      ports_(std::move(ports)),
      reader_(connection, std::move(keys), watcher),
      timer_(io) {}

HttpResponse CaseStream::join(const HttpRequest& request, std::function<bool()> still_may) {
    forget_the_gone();
    if (listeners_.size() >= listeners_max) {
        watcher_.limit_hit("stream_listeners");
        auto full = http_error(503, "busy", "too many listen to the stream already; try again", request.path);
        full.headers.emplace_back("Retry-After", "30");
        return full;
    }
    HttpResponse response{.content_type = "text/event-stream; charset=utf-8",
                          .headers = {{"X-Accel-Buffering", "no"}}};
    Listener listener{{}, request.header("last-event-id"), prefers_masked(request), std::move(still_may)};
    response.opened = [this, listener](std::weak_ptr<HttpStream> stream) mutable {
        listener.stream = std::move(stream);
        welcome(std::move(listener));
    };
    return response;
}

/// Before the first change is asked for: what the listener reads of the API from now on misses nothing.
void CaseStream::welcome(Listener listener) {
    const auto now = alert::format_rfc3339(ports_.now(), alert::Zone::utc());
    if (!tell(listener.stream, "retry: 2000\n" + frame("hello", {{"now", now}}))) return;
    listeners_.push_back(std::move(listener));
    if (!away_frame_.empty()) return void(tell(listeners_.back().stream, away_frame_));
    if (!mark_.empty()) return begin(mark_);
    if (std::exchange(turning_, true)) return;  // it asks already
    ask();
}

void CaseStream::wait() {
    timer_.expires_after(turn);
    timer_.async_wait([this](boost::system::error_code cancelled) {
        if (cancelled) return;
        if (++turns_ >= turns_per_sign_of_life) give_sign_of_life();
        forget_the_gone();
        if (!listeners_.empty()) return ask();
        turning_ = false;
        mark_.clear();
        away_frame_.clear();
    });
}

void CaseStream::give_sign_of_life() {
    turns_ = 0;
    look_who_may();
    tell_all(sign_of_life);
}

void CaseStream::look_who_may() {
    for (const auto& listener : listeners_) {
        const auto stream = listener.stream.lock();
        if (stream && !listener.still_may()) stream->end();
    }
}

void CaseStream::ask() {
    if (mark_.empty()) {
        return reader_.end([this](alert::Result<std::string> mark) {
            if (!mark) return away(mark.error());
            if (!std::exchange(away_frame_, "").empty()) tell_to_reload();
            begin(std::move(*mark));
            wait();
        });
    }
    reader_.since(mark_, changes_max, [this](alert::Result<alert::Changes> changes) {
        if (!changes) return away(changes.error());
        take(std::move(*changes));
    });
}

/// Tells whoever has not heard it where the stream stands, and whether that is where the listener was.
void CaseStream::begin(std::string mark) {
    mark_ = std::move(mark);
    for (auto& listener : listeners_) {
        const auto last = std::exchange(listener.last_mark, mark_);
        if (last == mark_) continue;
        if (!last.empty()) tell(listener.stream, frame("reload", {}));
        tell(listener.stream, mark_frame(mark_));
    }
}

void CaseStream::away(const alert::Error& error) {
    mark_.clear();
    if (away_frame_.empty()) {
        away_frame_ = frame("away", alert::error_json(error));
        tell_all(away_frame_);
    }
    wait();
}

void CaseStream::tell_to_reload() {
    tell_all(frame("reload", {}));
    for (auto& listener : listeners_) listener.last_mark.clear();
}

void CaseStream::take(alert::Changes changes) {
    if (changes.behind) {
        watcher_.limit_hit("stream_changes");
        mark_.clear();
        tell_to_reload();
        return ask();
    }
    next_mark_ = std::move(changes.mark);
    under_way_ = 1;  // this one, so that the end is not reached before the last is asked for
    for (const auto& changed : changes.cases) {
        ++under_way_;
        reader_.look(changed, [this](alert::Result<std::optional<alert::SeenCase>> found) {
            if (!found) lost_ = found.error();
            if (!found || !*found) return seen_one();
            const auto seen = std::make_shared<const alert::SeenCase>(std::move(**found));
            ports_.with_rules(seen->stored.snapshot.policy, [this, seen](const alert::Rules& rules) {
                show(*seen, rules);
                seen_one();
            });
        });
    }
    seen_one();
}

void CaseStream::show(const alert::SeenCase& seen, const alert::Rules& rules) {
    const auto now = ports_.now();
    const auto view = alert::derive(rules, seen.stored.snapshot, now);
    tell_all("case", alert::case_json(view, rules.directory, now, rules.zone));
    for (const auto& entry : seen.log) {
        const auto reason = alarm_reason(entry, view);
        if (!reason.empty()) tell_all("told", told_json(entry, reason, view, rules));
    }
}

void CaseStream::seen_one() {
    if (--under_way_ > 0) return;
    if (const auto lost = std::exchange(lost_, std::nullopt)) return away(*lost);
    if (next_mark_ != mark_) {
        mark_ = next_mark_;
        tell_all(mark_frame(mark_));
        for (auto& listener : listeners_) listener.last_mark = mark_;
    }
    wait();
}

bool CaseStream::tell(const std::weak_ptr<HttpStream>& stream, std::string frame) {
    const auto there = stream.lock();
    return there && there->send(std::make_shared<const std::string>(std::move(frame)));
}

/// Written out once for all who see it masked, and once for the others.
void CaseStream::tell_all(std::string_view event, const json::object& data) {
    std::shared_ptr<const std::string> plain, masked;
    for (const auto& listener : listeners_) {
        auto& part = listener.masked ? masked : plain;
        if (!part) {
            const auto shown = listener.masked ? masked_texts(data) : data;
            part = std::make_shared<const std::string>(frame(event, shown));
        }
        if (const auto stream = listener.stream.lock()) stream->send(part);
    }
}

void CaseStream::tell_all(std::string frame) {
    const auto part = std::make_shared<const std::string>(std::move(frame));
    for (const auto& listener : listeners_) {
        if (const auto stream = listener.stream.lock()) stream->send(part);
    }
}

void CaseStream::forget_the_gone() {
    std::erase_if(listeners_, [](const Listener& listener) {
        const auto stream = listener.stream.lock();
        return !stream || !stream->open();
    });
}

}  // namespace yuqing
