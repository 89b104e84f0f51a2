#include "send_window.hpp"

#include "alert/codec/event_json.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/string.hpp>

#include <algorithm>

namespace yuqing {

namespace json = boost::json;

namespace {

constexpr alert::Duration retry_least = std::chrono::milliseconds(50);
constexpr alert::Duration retry_most = std::chrono::seconds(30);

std::string text_or_empty(const json::object& object, std::string_view name) {
    const auto* value = object.if_contains(name);
    return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

alert::Duration retry_wait(const json::object& answer) {
    const auto* told = answer.if_contains("retry_after_ms");
    const auto ms = told != nullptr && told->is_int64() ? told->get_int64() : 0;
    return std::clamp(alert::Duration(ms), retry_least, retry_most);
}

}  // namespace

void SendWindow::add(SendLine line) {
    auto decoded = alert::decode_event(line.bytes);
    waiting_.push_back({std::move(line), std::move(decoded.source), std::move(decoded.id), {}});
}

std::optional<std::string_view> SendWindow::next_to_send(alert::Duration now) {
    const auto ready = [now](const Line& line) { return line.not_before <= now; };
    const auto next = std::find_if(waiting_.begin(), waiting_.end(), ready);
    if (next == waiting_.end()) return std::nullopt;
    sent_.splice(sent_.end(), waiting_, next);
    return sent_.back().line.bytes;
}

std::optional<alert::Duration> SendWindow::next_retry() const {
    const auto earlier = [](const Line& a, const Line& b) { return a.not_before < b.not_before; };
    const auto next = std::min_element(waiting_.begin(), waiting_.end(), earlier);
    if (next == waiting_.end()) return std::nullopt;
    return next->not_before;
}

/// An answer without a key belongs to the first line without one; the daemon and this program read
/// lines with the same decoder. Should they be of different versions, the first line has it.
SendWindow::Lines::iterator SendWindow::find_sent(const std::string& source, const std::string& id) {
    const auto same = [&](const Line& line) { return line.source == source && line.id == id; };
    const auto found = std::find_if(sent_.begin(), sent_.end(), same);
    if (found == sent_.end() && source.empty() && id.empty()) return sent_.begin();
    return found;
}

std::optional<SendAnswer> SendWindow::answered(std::string_view text, alert::Duration now) {
    heard_ = false;
    json::error_code error;
    auto value = json::parse(text, error);
    if (error || !value.is_object()) return std::nullopt;
    auto& answer = value.get_object();
    const auto found = find_sent(text_or_empty(answer, "source"), text_or_empty(answer, "id"));
    if (found == sent_.end()) return std::nullopt;

    heard_ = true;
    waiting_.splice(waiting_.begin(), sent_, sent_.begin(), found);  // lost on the way
    if (text_or_empty(answer, "status") == "retry") {
        found->not_before = now + retry_wait(answer);
        waiting_.splice(waiting_.end(), sent_, found);
        return std::nullopt;
    }
    SendAnswer ended{std::move(found->line), std::move(answer)};
    sent_.erase(found);
    return ended;
}

void SendWindow::connection_lost() { waiting_.splice(waiting_.begin(), sent_); }

}  // namespace yuqing
