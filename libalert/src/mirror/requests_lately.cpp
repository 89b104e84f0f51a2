#include "alert/mirror/requests_lately.hpp"

#include <algorithm>
#include <random>
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

/// The latest first, so that of any time until now it is the same part.
std::vector<RequestsLately::Request> every_nth(const UrlLimit& url, const UrlUse& use, std::size_t n) {
    std::vector<RequestsLately::Request> latest_first;
    for (const auto& [name, at] : use.requests) latest_first.push_back({url, {name}, at});
    std::sort(latest_first.begin(), latest_first.end(),
              [](const auto& one, const auto& other) { return one.at > other.at; });
    std::vector<RequestsLately::Request> taken;
    for (std::size_t i = 0; i < latest_first.size(); i += n) taken.push_back(std::move(latest_first[i]));
    return taken;
}

}  // namespace

RequestsLately::RequestsLately() : away_name_("away-") {
    std::random_device chance;
    for (int i = 0; i < 2; ++i) away_name_ += std::to_string(chance()) + "-";
}

void RequestsLately::add(UrlLimit url, UrlAnswer answer, TimePoint at) {
    while (!requests_.empty() && (requests_.size() >= requests_max || !still_counts(requests_.front(), at)))
        requests_.pop_front();
    requests_.push_back({std::move(url), std::move(answer), at});
}

void RequestsLately::known(const UrlLimit& url, UrlUse use) {
    known_.insert_or_assign(url.url_hash, Known{url, std::move(use)});
}

std::vector<RequestsLately::Request> RequestsLately::since(TimePoint earliest, TimePoint now) const {
    std::vector<Request> found;
    for (const auto& request : requests_)
        if (request.at >= earliest && still_counts(request, now)) found.push_back(request);
    return found;
}

std::vector<RequestsLately::Request> RequestsLately::of_share(std::size_t daemons, TimePoint now) const {
    std::vector<Request> found;
    for (const auto& [hash, known] : known_) {
        for (auto& request : every_nth(known.url, known.use, daemons))
            if (still_counts(request, now)) found.push_back(std::move(request));
        if (known.use.held_until && *known.use.held_until > now)
            found.push_back({known.url, {"", 0, *known.use.held_until - now}, now});
    }
    for (auto& request : since(TimePoint::min(), now)) {
        const auto at = known_.find(request.url.url_hash);
        const bool is_known = at != known_.end() && at->second.use.requests.contains(request.answer.request);
        if (!is_known) found.push_back(std::move(request));
    }
    return found;
}

UrlLimit share_of(UrlLimit url, std::size_t daemons) {
    const auto parts = static_cast<std::uint32_t>(std::max<std::size_t>(daemons, 1));
    for (auto& window : url.windows) window.requests = std::max(window.requests / parts, 1U);
    return url;
}

}  // namespace alert
