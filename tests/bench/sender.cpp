// bench_sender: openings of new cases over one DEALER, so many in flight; prints one line of JSON.
//
// With --due-at every case has its one deadline: all at that instant, or spread evenly behind it. With
// --matter all are detections of that one case; the result tells what the first and the last hundred took.
// The time of an answer is counted from the first sending of its event, so a `retry` costs what it costs.
#include "summary.hpp"

#include "alert/core/time.hpp"

#include <CLI/CLI.hpp>
#include <zmq.hpp>

#include <chrono>
#include <deque>
#include <iostream>

namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

constexpr std::chrono::seconds silence_max{60};

struct Options {
    std::string endpoint, prefix = "bench", due_at, matter;
    std::size_t count = 100'000, window = 1024;
    std::int64_t due_spread_ms = 0;
};

struct UnderWay {
    std::size_t number = 0;
    SteadyTime since;
};

struct Result {
    std::size_t accepted = 0, duplicate = 0, rejected = 0, retried = 0;
    std::vector<double> took_ms;
    double seconds = 0;
    std::string first_reject;
};

/// The events of a run; the same number gives the same event.
class Events {
public:
    explicit Events(const Options& options)
        : options_(options),
          zone_(alert::Zone::utc()),
          time_(alert::format_rfc3339(
              std::chrono::time_point_cast<alert::Duration>(std::chrono::system_clock::now()), zone_)) {
        if (options.due_at.empty()) return;
        const auto at = alert::parse_rfc3339(options.due_at);
        if (!at) throw std::runtime_error("--due-at: " + at.error().message);
        due_ = *at;
    }

    [[nodiscard]] std::string make(std::size_t number) const {
        const auto name = options_.prefix + "-" + std::to_string(number);
        std::string event =
            R"({"specversion":"1.0","id":")" + name + R"(","source":"bench","type":"opinion.detected",)" +
            R"("time":")" + time_ + R"(",)" + belongs_to(name) +
            R"(,"data":{"title":"网民反映夜间施工扰民","platform":"抖音","lead_unit":"unit",)" +
            R"("url":"https://example.invalid/p/)" + name + R"(","heat":{"views":8600,"likes":510})";
        if (due_) event += R"(,"due":")" + alert::format_rfc3339(due_of(number), zone_) + '"';
        return event + "}}";
    }

private:
    [[nodiscard]] std::string belongs_to(const std::string& name) const {
        return R"("subject":")" + (options_.matter.empty() ? name : options_.matter) + '"';
    }

    [[nodiscard]] alert::TimePoint due_of(std::size_t number) const {
        const auto part = static_cast<std::int64_t>(number) * options_.due_spread_ms;
        return *due_ + alert::Duration(part / static_cast<std::int64_t>(options_.count));
    }

    const Options& options_;
    alert::Zone zone_;
    std::string time_;
    std::optional<alert::TimePoint> due_;
};

void wait_readable(zmq::socket_t& socket) {
    zmq::pollitem_t item{socket.handle(), 0, ZMQ_POLLIN, 0};
    if (zmq::poll(&item, 1, silence_max) == 0) throw std::runtime_error("no answer within a minute");
}

double ms_since(SteadyTime since) {
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - since).count();
}

Result run(const Options& options) {
    zmq::context_t context;
    zmq::socket_t socket(context, zmq::socket_type::dealer);
    socket.set(zmq::sockopt::linger, 0);
    socket.set(zmq::sockopt::sndhwm, 0);
    socket.set(zmq::sockopt::rcvhwm, 0);
    socket.connect(options.endpoint);

    const Events events(options);
    Result result;
    result.took_ms.reserve(options.count);
    std::deque<UnderWay> under_way;
    std::size_t next = 0;
    const auto send = [&](UnderWay event) {
        socket.send(zmq::buffer(events.make(event.number)), zmq::send_flags::none);
        under_way.push_back(event);
    };
    const auto begin = std::chrono::steady_clock::now();
    while (next < options.count || !under_way.empty()) {
        while (next < options.count && under_way.size() < options.window) {
            send({next++, std::chrono::steady_clock::now()});
        }
        wait_readable(socket);
        zmq::message_t frame;
        while (socket.recv(frame, zmq::recv_flags::dontwait)) {
            const auto answer = frame.to_string_view();
            const auto event = under_way.front();
            under_way.pop_front();
            const auto is = [&](std::string_view status) {
                return answer.find(status) != std::string_view::npos;
            };
            if (is(R"("status":"retry")")) {
                ++result.retried;
                send(event);
                continue;
            }
            result.took_ms.push_back(ms_since(event.since));
            if (is(R"("status":"accepted")")) ++result.accepted;
            if (is(R"("status":"duplicate")")) ++result.duplicate;
            if (is(R"("status":"rejected")") && result.rejected++ == 0) result.first_reject = answer;
        }
    }
    result.seconds = ms_since(begin) / 1000;
    return result;
}

/// The hundred around `at`: the first with 0, the last with the size.
std::vector<double> part(const std::vector<double>& values, std::size_t at) {
    const auto size = std::min<std::size_t>(values.size(), 100);
    const auto begin = values.begin() + static_cast<std::ptrdiff_t>(std::min(at, values.size() - size));
    return {begin, begin + static_cast<std::ptrdiff_t>(size)};
}

}  // namespace

int main(int argc, char** argv) {
    Options options;
    CLI::App app{"bench_sender"};
    app.add_option("--endpoint", options.endpoint)->required();
    app.add_option("--prefix", options.prefix, "of the case ids: another one for every run");
    app.add_option("--count", options.count)->check(CLI::PositiveNumber);
    app.add_option("--window", options.window, "in flight")->check(CLI::PositiveNumber);
    app.add_option("--matter", options.matter, "the one case of all");
    app.add_option("--due-at", options.due_at, "RFC 3339");
    app.add_option("--due-spread-ms", options.due_spread_ms)->check(CLI::NonNegativeNumber);
    CLI11_PARSE(app, argc, argv);
    try {
        const auto result = run(options);
        std::cout << R"({"accepted":)" << result.accepted << R"(,"duplicate":)" << result.duplicate
                  << R"(,"rejected":)" << result.rejected << R"(,"retried":)" << result.retried
                  << R"(,"seconds":)" << result.seconds << R"(,"per_second":)"
                  << static_cast<double>(result.accepted) / result.seconds << R"(,"ms":{)"
                  << yuqing::bench::quantiles(result.took_ms) << R"(},"first_hundred_ms":{)"
                  << yuqing::bench::quantiles(part(result.took_ms, 0)) << R"(},"last_hundred_ms":{)"
                  << yuqing::bench::quantiles(part(result.took_ms, result.took_ms.size())) << "}}\n";
        if (!result.first_reject.empty()) std::cerr << "rejected: " << result.first_reject << '\n';
        return result.accepted == options.count ? 0 : 1;
    } catch (const std::exception& error) {
        std::cerr << "bench_sender: " << error.what() << '\n';
        return 1;
    }
}
