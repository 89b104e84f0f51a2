// yuqingd.yaml: the daemon's own settings and its channels. The files it names are read by load.cpp.
#pragma once

#include "section.hpp"

#include "alert/config/config.hpp"

#include <functional>

namespace alert::config {

/// How names in the file become files on the disk.
struct Surroundings {
    std::filesystem::path base;  // relative paths start here
    Secrets secrets = Secrets::needed;
};

/// The path the key names; nothing when it is absent, or cannot be expanded (reported).
std::optional<std::filesystem::path> read_path(const Section& section, std::string_view key,
                                               const Surroundings& around);
/// The text of the file the key names, line ends at its end cut off. Nothing when it is absent or
/// cannot be read (reported), or when secrets are not to be read.
std::optional<std::string> read_secret_file(const Section& section, std::string_view key,
                                            const Surroundings& around);

/// An address that is a path behind its scheme: expanded, absolute, and short enough for a socket.
std::string socket_address(const Section& section, std::string_view key, Place place, std::string_view scheme,
                           std::string_view text, const Surroundings& around);

/// `18/1m`: a whole number in a natural duration of at least a second.
std::optional<RateLimit> parse_rate(std::string_view text);
/// Nothing when the key is absent or reads otherwise (reported).
std::optional<RateLimit> read_rate_limit(const Section& section, std::string_view key);

/// The instant at which the day behind `expires` begins; nothing when the key is absent or no date.
std::optional<TimePoint> read_expiry(const Section& section, const Zone& zone);
/// `role`, required; `otherwise` when it cannot be read.
ClientRole read_role(const Section& section, ClientRole otherwise);
/// `name`, required, at most 64 bytes.
std::string read_client_name(const Section& section);

RedisConfig read_redis(const Section& root, const Surroundings& around);
/// `clients` reads the file that the section's key of this name leads to.
using CurveClients = std::function<std::vector<CurveClient>(const Section& curve)>;
IngestConfig read_ingest(const Section& root, const Surroundings& around, const CurveClients& clients);
CurveConfig read_curve(const Yaml& node, const Section& ingest, const Surroundings& around,
                       const CurveClients& clients);
/// clients.yaml. `zone` is the office's: a key expires with a day there.
std::vector<CurveClient> read_clients(const std::string& text, const Zone& zone, TimePoint now,
                                      const FileFindings& findings);
using AccessTokens = std::optional<std::vector<AccessToken>>;
/// `tokens` reads the file that the section's key of this name leads to.
HttpConfig read_http(const Section& root, const Surroundings& around,
                     const std::function<AccessTokens(const Section& http)>& tokens);
/// tokens.yaml. `zone` is the office's: a token expires with a day there.
std::vector<AccessToken> read_tokens(const std::string& text, const Zone& zone, TimePoint now,
                                     const FileFindings& findings);
AuditConfig read_audit(const Section& root, const Surroundings& around);
std::optional<JournalConfig> read_journal(const Section& root, const Surroundings& around);
std::optional<ArchiveConfig> read_archive(const Section& root, const Surroundings& around);
Schedule read_schedule(const Section& root);
std::optional<HeartbeatConfig> read_heartbeat(const Section& root, const Surroundings& around);
SelfLimits read_self(const Section& root);
ScoreRules read_assessment(const Section& root);
std::map<ChannelId, ChannelConfig> read_channels(const Section& root, const Surroundings& around);

}  // namespace alert::config
