#include "alert/mirror/sent_meanwhile.hpp"

#include <algorithm>
#include <utility>

namespace alert {

namespace {

/// However long a window is: far more than any URL takes in it.
constexpr std::size_t requests_max = 10'000;

bool still_counts(const RequestsLately::Request& request, TimePoint now) {
    if (request.at + request.answer.hold > now) return true;
    return std::any_of(request.url.windows.begin(), request.url.windows.end(),
                       [&](const auto& window) { return request.at + window.length > now; });
}

}  // namespace

void SentMeanwhile::begin(const std::vector<Notification>& messages) {
    for (const auto& message : messages) under_way_.insert(message.id);
}

void SentMeanwhile::end(const std::vector<Notification>& messages, const DeliveryResult& result) {
    for (std::size_t i = 0; i < messages.size(); ++i) {
        const auto& id = messages[i].id;
        if (const auto at = under_way_.find(id); at != under_way_.end()) under_way_.erase(at);
        if (result.kind != DeliveryResult::Kind::delivered || i >= result.included) continue;
        if (!delivered_.insert(id).second) continue;
        order_.push_back(id);
        if (order_.size() <= messages_max_) continue;
        delivered_.erase(order_.front());
        order_.pop_front();
    }
}

SentElsewhere SentMeanwhile::find(const NotificationId& id) const {
    if (delivered_.contains(id)) return SentElsewhere::delivered;
    return under_way_.contains(id) ? SentElsewhere::under_way : SentElsewhere::no;
}

void RequestsLately::add(UrlLimit url, UrlAnswer answer, TimePoint at) {
    while (!requests_.empty() && (requests_.size() >= requests_max || !still_counts(requests_.front(), at)))
        requests_.pop_front();
    requests_.push_back({std::move(url), std::move(answer), at});
}

std::vector<RequestsLately::Request> RequestsLately::since(TimePoint earliest, TimePoint now) const {
    std::vector<Request> found;
    for (const auto& request : requests_)
        if (request.at >= earliest && still_counts(request, now)) found.push_back(request);
    return found;
}

}  // namespace alert
