// bench_sink: a webhook receiver that answers at once and measures how late each step's message came.
//
// Prints `port N` when it listens, then, after --expect messages or --patience seconds, one line of JSON:
// how many came, when the first and the last did (ms since the epoch), how late they were against the
// planned instant of their step, and how late the decision alone was (the event's `time`).
#include "http_server.hpp"
#include "summary.hpp"

#include "alert/core/time.hpp"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include <chrono>
#include <iostream>
#include <unordered_set>

namespace {

namespace json = boost::json;
using std::chrono::system_clock;

struct Arrival {
    system_clock::time_point at;
    std::string id, body;
};

double ms(system_clock::duration duration) {
    return std::chrono::duration<double, std::milli>(duration).count();
}

/// The instant that a member tells, nothing when it is not there.
std::optional<alert::TimePoint> instant(const json::value* value) {
    if (value == nullptr || !value->is_string()) return std::nullopt;
    const auto at = alert::parse_rfc3339(value->get_string());
    return at ? std::optional(*at) : std::nullopt;
}

void print(const std::vector<Arrival>& arrivals) {
    std::vector<double> late, decided;
    std::unordered_set<std::string> ids;
    for (const auto& arrival : arrivals) {
        json::error_code error;
        const auto event = json::parse(arrival.body, error);
        if (error || !event.is_object() || !ids.insert(arrival.id).second) continue;
        json::error_code absent;
        const auto planned = instant(event.find_pointer("/data/step/planned", absent));
        const auto time = instant(event.find_pointer("/time", absent));
        if (planned) late.push_back(ms(arrival.at - *planned));
        if (planned && time) decided.push_back(ms(*time - *planned));
    }
    const auto since_epoch = [&](const Arrival& arrival) { return ms(arrival.at.time_since_epoch()); };
    std::cout << std::fixed << R"({"messages":)" << arrivals.size() << R"(,"different":)" << ids.size();
    if (!arrivals.empty()) {
        std::cout << R"(,"first_ms":)" << since_epoch(arrivals.front()) << R"(,"last_ms":)"
                  << since_epoch(arrivals.back());
    }
    std::cout << R"(,"late_ms":{)" << yuqing::bench::quantiles(late) << R"(},"decided_late_ms":{)"
              << yuqing::bench::quantiles(decided) << "}}" << std::endl;
}

}  // namespace

int main(int argc, char** argv) {
    std::size_t expected = 1;
    unsigned patience_seconds = 120;
    std::uint16_t port = 0;
    CLI::App app{"bench_sink"};
    app.add_option("--port", port);
    app.add_option("--expect", expected, "different messages");
    app.add_option("--patience", patience_seconds, "seconds");
    CLI11_PARSE(app, argc, argv);

    boost::asio::io_context io;
    std::vector<Arrival> arrivals;
    std::unordered_set<std::string> ids;
    const auto receive = [&](const yuqing::HttpRequest& request, const yuqing::HttpServer::Reply& reply) {
        arrivals.push_back({system_clock::now(), request.header("webhook-id"), request.body});
        reply({.status = 204, .content_type = {}, .body = {}, .headers = {}});
        ids.insert(arrivals.back().id);
        if (ids.size() >= expected) io.stop();
    };
    try {
        yuqing::HttpServerOptions options;
        options.port = port;
        yuqing::HttpServer server(io, options, receive);
        server.start();
        std::cout << "port " << server.local_port() << std::endl;
        io.run_for(std::chrono::seconds(patience_seconds));
    } catch (const std::exception& error) {
        std::cerr << "bench_sink: " << error.what() << '\n';
        return 1;
    }
    print(arrivals);
    return ids.size() >= expected ? 0 : 1;
}
