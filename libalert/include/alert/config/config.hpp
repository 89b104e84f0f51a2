// yuqingd.yaml and the files it names, read strictly: every problem at once, each with file, line and
// what would be right (contract section 5). Loading asks nothing of the network.
#pragma once

#include "alert/config/file_set.hpp"
#include "alert/core/act_link.hpp"
#include "alert/core/archive.hpp"
#include "alert/core/calendar.hpp"
#include "alert/core/chain.hpp"
#include "alert/core/channel.hpp"
#include "alert/core/daemons.hpp"
#include "alert/core/derive.hpp"
#include "alert/core/directory.hpp"
#include "alert/core/event.hpp"
#include "alert/core/fallbacks.hpp"
#include "alert/core/notification.hpp"
#include "alert/core/policy.hpp"
#include "alert/core/schedule.hpp"
#include "alert/core/score_rules.hpp"
#include "alert/core/self_watch.hpp"

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace alert {

enum class Durability { always, everysec, none };

/// host:port of a sentinel or of a node of a cluster.
struct RedisNode {
    std::string host;
    std::uint16_t port = 0;

    friend bool operator==(const RedisNode&, const RedisNode&) = default;
};

/// Where it is, one of three: `url`, `sentinels` with `service`, or `cluster`.
struct RedisConfig {
    std::string url;  // redis://[user:password@]host:port/db or unix://path
    std::vector<RedisNode> sentinels, cluster;
    std::string service, sentinel_user, sentinel_password;
    std::size_t database = 0;  // of a service
    std::size_t replicas = 0;  // that must have an event before it is answered; with sentinels usually 1
    Duration replica_timeout = std::chrono::milliseconds(400);
    Durability durability = Durability::always;
    std::string password;  // of password_file
    std::optional<std::string> user;
    std::size_t writers = 4;          // connections for commits, so that one fdatasync serves more of them
    std::size_t mirror_cases = 5000;  // copies of those whose next step is near; 0: none
    Duration mirror_after = std::chrono::milliseconds(300);  // without an answer they are decided by

    friend bool operator==(const RedisConfig&, const RedisConfig&) = default;
};

/// Whose data, and in which Redis.
struct RedisPlace {
    std::string jurisdiction;
    RedisConfig redis;
};

/// Frames of one message on the wire (contract section 3); a daemon may be told to take fewer.
inline constexpr std::size_t batch_frames_limit = 512;

/// So many events in so long.
struct RateLimit {
    std::uint32_t events = 0;
    Duration length{};

    friend bool operator==(const RateLimit&, const RateLimit&) = default;
};

/// A client of the ZeroMQ door that the office let in, known by its public key (contract section 3).
struct CurveClient {
    std::string name;
    ClientRole role = ClientRole::monitor;
    std::string key;                   // public, in Z85
    std::optional<TimePoint> expires;  // from then on it opens nothing
    std::optional<RateLimit> rate;     // of its own, instead of ingest.client_rate

    friend bool operator==(const CurveClient&, const CurveClient&) = default;
};
inline constexpr std::size_t curve_clients_max = 1000;

struct CurveConfig {
    std::string secret_key;  // of this daemon, in Z85; empty when secrets are not read
    std::vector<CurveClient> clients;

    friend bool operator==(const CurveConfig&, const CurveConfig&) = default;
};

struct IngestConfig {
    std::vector<std::string> bind;     // tcp://127.0.0.1:5570, ipc://absolute path
    std::optional<CurveConfig> curve;  // then every tcp bind wants a known key
    std::size_t batch_frames_max = batch_frames_limit;
    std::size_t in_flight_max = 8192;  // events being decided; above it the socket is not read
    RateLimit client_rate{1000, std::chrono::seconds(1)};  // of each client with a key; above it: retry
    std::size_t connections_max = 1024;                    // of a door; above it new ones wait
    std::size_t handshakes_max = 64;                       // of a door at once; above it the oldest are ended
    Duration handshake_within = std::chrono::seconds(5);   // a longer one ends the connection
    Duration heartbeat = std::chrono::seconds(30);         // a peer that is silent for three of them has gone

    friend bool operator==(const IngestConfig&, const IngestConfig&) = default;
};

/// A bearer token that the office gave to somebody, and as whom it speaks (contract section 5).
struct AccessToken {
    std::string name;
    ClientRole role = ClientRole::viewer;
    std::string hash;                  // token_hash() of it; the token itself is nowhere
    std::optional<TimePoint> expires;  // from then on it opens nothing

    friend bool operator==(const AccessToken&, const AccessToken&) = default;
};
inline constexpr std::size_t tokens_max = 1000;
/// 64 hex digits. Tokens are 256 bits of chance, so nobody guesses one and a plain hash is enough.
std::string token_hash(std::string_view token);

struct HttpConfig {
    std::string host = "127.0.0.1";
    std::uint16_t port = 9570;
    std::string public_url;  // no trailing slash
    LinkKey link_key;        // for acting from messages
    std::size_t connections_max = 256;
    std::optional<std::vector<AccessToken>> tokens;  // nothing: only this machine itself may ask

    friend bool operator==(const HttpConfig&, const HttpConfig&) = default;
};

struct ChannelConfig {
    ChannelId id;
    ChannelFormat format = ChannelFormat::cloudevents;
    std::string url;  // http or https; of smtp smtp://host[:port]
    std::vector<std::string>
        secrets;  // cloudevents: whsec_…, two while one is being changed; robots, alertmanager: the one
    TemplateRules template_rules;  // of format template
    MailRules mail;                // of format smtp
    ProxyRules proxy;
    std::string keyword;  // of a robot that refuses messages without it
    std::string ca_file;
    Duration timeout = std::chrono::seconds(5);
    std::size_t concurrency = 8;
    std::vector<UrlLimit::Window> rate;  // none: no limit
    std::optional<ChannelId> fallback;
    Duration retry_min = std::chrono::seconds(1), retry_max = std::chrono::minutes(1);
    std::size_t attempts_max = 100;
    std::size_t unknown_attempts_max = 8;                // when nobody knows the answer's code
    Duration urgent_patience = std::chrono::minutes(1);  // then the most urgent goes to the fallback too

    friend bool operator==(const ChannelConfig&, const ChannelConfig&) = default;
};

/// The record: the key of its chain, and the file outside Redis that its heads go to.
struct AuditConfig {
    ChainKey key;         // of key_file; without one the chain is unkeyed
    std::string anchors;  // empty: none are written

    friend bool operator==(const AuditConfig&, const AuditConfig&) = default;
};

/// Where what ended long ago goes; without it everything stays in Redis.
struct ArchiveConfig {
    std::string dir;  // a folder of each jurisdiction's own is made in it
    ArchiveRules rules;

    friend bool operator==(const ArchiveConfig&, const ArchiveConfig&) = default;
};

/// What was answered, on this machine's own disk; without it Redis alone has it.
struct JournalConfig {
    std::string dir;                // a folder of each jurisdiction's own is made in it
    bool accept_while_away = true;  // of redis_away: what comes without Redis is accepted into the journal
    bool answer_unwritten = false;  // of unwritable: what Redis has is answered although the journal fails
    std::size_t file_mib = 64, total_mib = 4096;
    Duration keep = std::chrono::days(400);

    friend bool operator==(const JournalConfig&, const JournalConfig&) = default;
};

/// A sign of life to a service outside, which rings when it stays away.
struct HeartbeatConfig {
    enum class Method { post, get };

    std::string url;
    Duration every = std::chrono::seconds(60);
    Method method = Method::post;
    Duration timeout = std::chrono::seconds(10);
    std::string ca_file;
    ProxyRules proxy;

    friend bool operator==(const HeartbeatConfig&, const HeartbeatConfig&) = default;
};

struct Config {
    std::string jurisdiction;
    std::string zone_name = "Asia/Shanghai";
    Zone zone = Zone::utc();
    std::shared_ptr<const Policy> policy;
    std::shared_ptr<const Directory> directory;
    std::shared_ptr<const Roster> roster;
    std::shared_ptr<const Calendar> calendar;
    RedisConfig redis;
    IngestConfig ingest;
    HttpConfig http;
    AuditConfig audit;
    std::optional<JournalConfig> journal;
    std::optional<ArchiveConfig> archive;
    Schedule schedule;
    SelfLimits self;
    ScoreRules score;
    std::map<ChannelId, ChannelConfig> channels;
    std::optional<HeartbeatConfig> heartbeat;
    SharedSettings shared;  // a hash of each thing that all daemons on one Redis must have alike

    /// The rules with this configuration's own policy.
    [[nodiscard]] Rules rules() const;
};

/// `path` of the error is "file:line:column"; warnings have the same shape.
struct LoadedConfig {
    std::shared_ptr<const Config> config;  // null when there are errors
    std::vector<Error> errors;
    std::vector<Error> warnings;
    FileSet files;  // what was read
    /// Where the daemon's data are, when that much could be read, whatever else is wrong.
    std::optional<RedisPlace> place;
};

/// Whether secret_file, url_file and password_file are opened. A simulation sends nothing and may run
/// where the secrets are not; then `secrets`, `url` and `password` that stand in files stay empty.
enum class Secrets { needed, unread };

/// Reads the daemon's file and all it names. `now` is for warnings about rosters and calendars that
/// end soon. With `kept` texts come from there, as if they stood on the disk; secrets come from the disk.
LoadedConfig load_config(const std::filesystem::path& file, TimePoint now, Secrets secrets = Secrets::needed,
                         const FileSet* kept = nullptr);

/// Every channel and its fallback.
Fallbacks fallbacks_of(const Config& config);

/// The sections in which the two differ and which a running daemon cannot change.
std::vector<std::string> needs_restart(const Config& running, const Config& wanted);

/// A policy as a case froze it. The error is the first one of the file, its message lists the others.
Result<Policy> parse_policy(const std::string& text, const std::string& file_name);
/// The name of a policy that has this text, to the byte.
PolicyHash hash_of_policy(std::string_view text);
/// No file of a policy is larger.
inline constexpr std::size_t policy_bytes_max = 4UL * 1024 * 1024;

}  // namespace alert
