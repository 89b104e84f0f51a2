#include "ingest_doors.hpp"

#include "log.hpp"
#include "system_clock.hpp"

#include "alert/codec/event_json.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <numeric>

namespace yuqing {

namespace {

constexpr alert::Duration flood_logged_every = std::chrono::minutes(1);

std::vector<alert::CurveClient> clients_of(const alert::IngestConfig& ingest) {
    return ingest.curve ? ingest.curve->clients : std::vector<alert::CurveClient>{};
}

bool is_tcp(const std::string& bind) { return bind.starts_with("tcp://"); }

std::string public_key_of(const std::string& secret_key) {
    constexpr std::size_t z85_bytes = 41;
    std::string key(z85_bytes, '\0');
    zmq_curve_public(key.data(), secret_key.c_str());
    key.pop_back();
    return key;
}

}  // namespace

IngestDoors::IngestDoors(boost::asio::io_context& core, const alert::Config& config, Parts parts)
    : parts_(parts), zone_(config.zone), keys_({}) {
    take(config);
    const auto& ingest = config.ingest;
    auto binds = ingest.bind;
    if (!ingest.curve) {
        open(core, ingest, std::move(binds), false);
        return;
    }
    const auto others = std::stable_partition(binds.begin(), binds.end(), is_tcp);
    open(core, ingest, {others, binds.end()}, false);
    open(core, ingest, {binds.begin(), others}, true);
    spdlog::info("curve=on clients={} public_key={} message=\"what clients need of this daemon\"",
                 ingest.curve->clients.size(), log_value(public_key_of(ingest.curve->secret_key)));
}

void IngestDoors::open(boost::asio::io_context& core, const alert::IngestConfig& ingest,
                       std::vector<std::string> binds, bool keyed) {
    if (binds.empty()) return;
    ZmqDoor::Options options{
        .binds = std::move(binds),
        .connections = {ingest.connections_max, ingest.handshakes_max, ingest.handshake_within},
        .heartbeat = ingest.heartbeat,
        .batch_frames_max = ingest.batch_frames_max,
        .in_flight_max = ingest.in_flight_max,
        .on_limit = [this](std::string_view limit) { parts_.watcher.limit_hit(limit); },
        .on_flood = [this](const std::string& address) { flooded(address); },
        .on_connections = [this, door = doors_.size()](std::size_t now) { count(door, now); }};
    connections_.push_back(0);
    if (keyed) {
        options.curve_secret_key = ingest.curve->secret_key;
        options.admits = [this](const std::string& key, const std::string& address) {
            return admits(key, address);
        };
    }
    doors_.push_back(
        std::make_unique<ZmqDoor>(core, std::move(options), keyed ? keyed_handler() : local_handler()));
    ++open_;
}

ZmqDoor::Handler IngestDoors::local_handler() {
    return [this](const std::string& bytes, const std::string&, ZmqDoor::Done done) {
        submit(bytes, {.door = "zmq"}, std::move(done));
    };
}

ZmqDoor::Handler IngestDoors::keyed_handler() {
    return [this](const std::string& bytes, const std::string& key, ZmqDoor::Done done) {
        const auto via = keys_.find(key, parts_.clock.now());
        if (!via) return refuse(bytes, via.error(), done);
        const auto wait = rates_.at(key).take(stopwatch());
        if (wait > alert::Duration{0}) return put_off(bytes, wait, done);
        submit(bytes, *via, std::move(done));
    };
}

void IngestDoors::submit(const std::string& bytes, const alert::Via& via, ZmqDoor::Done done) {
    parts_.intake.submit(bytes, via, [this, done = std::move(done)](const alert::Answer& answer) {
        done(alert::encode_answer(answer, zone_));
    });
}

/// Of an event that the intake is not asked about.
void IngestDoors::answer(const std::string& bytes, alert::Answer answer, const ZmqDoor::Done& done) {
    const auto began = parts_.clock.boot_time();
    const auto decoded = alert::decode_event(bytes);
    answer.source = decoded.source;
    answer.id = decoded.id;
    parts_.watcher.answered(decoded.type, answer, parts_.clock.boot_time() - began);
    done(alert::encode_answer(answer, zone_));
}

/// One that tells more than its share: the others' answers do not wait for it.
void IngestDoors::put_off(const std::string& bytes, alert::Duration by, const ZmqDoor::Done& done) {
    parts_.watcher.limit_hit("ingest_client_rate");
    answer(bytes, {.status = alert::Answer::Status::retry, .retry_after = by}, done);
}

void IngestDoors::count(std::size_t door, std::size_t connections) {
    connections_[door] = connections;
    parts_.metrics.ingest_connections.Set(
        static_cast<double>(std::accumulate(connections_.begin(), connections_.end(), std::size_t{0})));
}

/// By far too many for a line of each.
void IngestDoors::flooded(const std::string& address) {
    on_flood(address);
    const auto now = parts_.clock.boot_time();
    if (flood_logged_ && now - *flood_logged_ < flood_logged_every) return;
    flood_logged_ = now;
    spdlog::warn(
        "ingest=flood address={} message=\"too many connections that do not shake hands; the oldest of "
        "who has most of them are ended\"",
        log_value(address));
}

/// Of every client at its handshake; again for each of its events.
bool IngestDoors::admits(const std::string& key, const std::string& address) {
    const auto via = keys_.find(key, parts_.clock.now());
    if (via) {
        spdlog::info("curve=admitted client={} role={} address={}", log_value(via->client),
                     to_string(via->role), log_value(address));
        return true;
    }
    parts_.watcher.refused_client(via.error().code, key, address);
    on_stranger(address);
    return false;
}

/// What somebody sends who lost his right to is kept nowhere.
void IngestDoors::refuse(const std::string& bytes, const alert::Error& why, const ZmqDoor::Done& done) {
    answer(bytes,
           {.status = alert::Answer::Status::rejected, .error = alert::Error{"forbidden", why.message, ""}},
           done);
}

void IngestDoors::take(const alert::Config& config) {
    const auto clients = clients_of(config.ingest);
    keys_ = ClientKeys(clients);
    rates_.clear();
    for (const auto& client : clients)
        rates_.emplace(client.key, EventRate(client.rate.value_or(config.ingest.client_rate)));
}

void IngestDoors::stop() {
    for (auto& door : doors_) door->stop([this] { --open_; });
}

}  // namespace yuqing
