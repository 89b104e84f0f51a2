// load_config(): yuqingd.yaml first, then the files it names; then what leads from one to another.
#include "alert/config/config.hpp"

#include "alert/core/hash.hpp"
#include "calendar_file.hpp"
#include "daemon_file.hpp"
#include "directory_file.hpp"
#include "policy_file.hpp"
#include "references.hpp"
#include "roster_file.hpp"
#include "text_file.hpp"

namespace alert {

namespace config {

namespace {

/// One of the files that yuqingd.yaml names, with the place its problems are reported at.
struct Part {
    std::string text;
    FileFindings findings;
};

class Loader {
public:
    Loader(const std::filesystem::path& file, TimePoint now, Secrets secrets, const FileSet* kept)
        : file_(file), now_(now), around_{file.parent_path(), secrets}, kept_(kept) {}

    LoadedConfig load() {
        auto config = std::make_shared<Config>();
        read_daemon_file(*config);
        LoadedConfig loaded{.config = nullptr,
                            .errors = all_.errors(),
                            .warnings = all_.warnings(),
                            .files = std::move(files_),
                            .place = std::move(place_)};
        if (!all_.has_errors()) loaded.config = std::move(config);
        return loaded;
    }

private:
    void read_daemon_file(Config& config) {
        const FileFindings findings(all_, file_.string());
        const auto text = read(file_);
        if (!text) return findings.error({}, text.error().code, text.error().message);
        const Yaml::Ptr tree = parse_yaml(*text, findings);
        if (!tree) return;
        const Section root(*tree, "",
                           {"jurisdiction", "timezone", "policy", "directory", "roster", "calendar", "redis",
                            "ingest", "http", "channels", "heartbeat", "schedule", "self", "assessment",
                            "audit", "journal", "archive"},
                           findings);
        const auto errors_before = all_.error_count();
        read_place(root, config);
        config.redis = read_redis(root, around_);
        if (all_.error_count() == errors_before) place_ = RedisPlace{config.jurisdiction, config.redis};
        config.ingest = read_ingest(root, around_, [&](const Section& curve) -> std::vector<CurveClient> {
            const auto clients = part(curve, "clients");
            if (!clients) return {};
            return read_clients(clients->text, config.zone, now_, clients->findings);
        });
        config.http = read_http(root, around_, [&](const Section& http) -> AccessTokens {
            const auto tokens = part(http, "tokens");
            if (!tokens) return std::nullopt;
            return read_tokens(tokens->text, config.zone, now_, tokens->findings);
        });
        config.audit = read_audit(root, around_);
        config.journal = read_journal(root, around_);
        config.archive = read_archive(root, around_);
        config.schedule = read_schedule(root);
        config.self = read_self(root);
        config.score = read_assessment(root);
        config.channels = read_channels(root, around_);
        config.heartbeat = read_heartbeat(root, around_);
        warn_of_links(root, config);
        read_parts(root, config);
    }

    /// Where people read messages they want to act from them.
    void warn_of_links(const Section& root, const Config& config) const {
        const bool read_by_people = std::any_of(
            config.channels.begin(), config.channels.end(),
            [](const auto& channel) { return channel.second.format != ChannelFormat::cloudevents; });
        if (around_.secrets == Secrets::unread || !read_by_people || !config.http.link_key.bytes.empty())
            return;
        root.findings().warn(
            root.place("http"), "unsigned_links",
            "without http.link_key_file nobody can acknowledge from a message; `yuqingctl keygen link` makes "
            "one");
    }

    static void read_place(const Section& root, Config& config) {
        config.jurisdiction = root.required_text("jurisdiction");
        constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz0123456789-";
        if (config.jurisdiction.size() > 32 ||
            config.jurisdiction.find_first_not_of(letters) != std::string::npos) {
            root.error("jurisdiction", "invalid",
                       in_quotes(config.jurisdiction) + " should be at most 32 of a-z 0-9 -");
        }
        if (root.find("timezone")) config.zone_name = root.text("timezone");
        if (config.zone_name.empty()) return;
        if (const auto zone = Zone::find(config.zone_name)) {
            config.zone = *zone;
        } else {
            root.error("timezone", "invalid", zone.error().message);
        }
    }

    Result<std::string> read(const std::filesystem::path& path) {
        if (kept_) {
            const auto at = kept_->texts.find(path.string());
            if (at != kept_->texts.end()) return {boost::system::in_place_value, at->second};
        }
        auto text = read_file(path, file_bytes_max);
        if (text) files_.texts[path.string()] = *text;
        return text;
    }

    std::optional<Part> part(const Section& root, std::string_view key) {
        const auto path = read_path(root, key, around_);
        if (!path) return std::nullopt;
        auto text = read(*path);
        if (text) return Part{std::move(*text), FileFindings(all_, path->string())};
        root.error(key, text.error().code, text.error().message);
        return std::nullopt;
    }

    void read_parts(const Section& root, Config& config) {
        root.require("policy");
        root.require("directory");
        const auto policy_part = part(root, "policy"), directory_part = part(root, "directory");
        const auto roster_part = part(root, "roster"), calendar_part = part(root, "calendar");

        PolicyFile policy;
        if (policy_part) policy = read_policy(policy_part->text, policy_part->findings);
        DirectoryFile directory;
        if (directory_part) directory = read_directory(directory_part->text, directory_part->findings);
        Roster roster;
        if (roster_part && directory.readable) {
            roster = read_roster(roster_part->text, directory.directory, config.zone, roster_part->findings);
        }
        CalendarFile calendar;
        if (calendar_part) calendar = read_calendar(calendar_part->text, calendar_part->findings);

        if (policy_part && directory.readable) {
            check_policy_references(policy, directory.directory, policy_part->findings);
        }
        if (directory.readable) {
            check_channel_references(directory, config.channels, directory_part->findings);
            warn_of_roster(directory, roster, config.zone, now_, directory_part->findings);
        }
        if (policy_part) {
            warn_of_policy(policy, policy_part->findings);
            warn_of_bounds(policy, policy_part->findings);
        }
        if (calendar_part) warn_of_calendar(calendar, config.zone, now_, calendar_part->findings);
        const auto share = [&config](std::string name, const std::optional<Part>& part) {
            config.shared.emplace(std::move(name), hash_of(part ? part->text : ""));
        };
        share("policy", policy_part), share("directory", directory_part);
        share("roster", roster_part), share("calendar", calendar_part);
        share_settings(config);

        config.policy = std::make_shared<const Policy>(std::move(policy.policy));
        config.directory = std::make_shared<const Directory>(std::move(directory.directory));
        config.roster = std::make_shared<const Roster>(std::move(roster));
        config.calendar = std::make_shared<const Calendar>(std::move(calendar.calendar));
    }

    static std::string hash_of(std::string_view text) { return hash_hex({"shared", text}, 16); }

    /// Of yuqingd.yaml what does not belong to the one machine. A channel that only some know is gone to the
    /// others.
    static void share_settings(Config& config) {
        std::string channels;
        for (const auto& [id, channel] : config.channels) channels += id.value + "\n";
        config.shared["channels"] = hash_of(channels);
        config.shared["timezone"] = hash_of(config.zone_name);
        config.shared["audit.key_file"] = hash_of(config.audit.key.bytes());
        config.shared["http.link_key_file"] = hash_of(config.http.link_key.bytes);
    }

    std::filesystem::path file_;
    TimePoint now_;
    Surroundings around_;
    const FileSet* kept_;
    FileSet files_;
    std::optional<RedisPlace> place_;
    Findings all_;
};

}  // namespace

}  // namespace config

Rules Config::rules() const { return {*policy, *directory, *roster, *calendar, zone}; }

LoadedConfig load_config(const std::filesystem::path& file, TimePoint now, Secrets secrets,
                         const FileSet* kept) {
    return config::Loader(file, now, secrets, kept).load();
}

Fallbacks fallbacks_of(const Config& config) {
    Fallbacks fallbacks;
    for (const auto& [id, channel] : config.channels) fallbacks.emplace(id, channel.fallback);
    return fallbacks;
}

Result<Policy> parse_policy(const std::string& text, const std::string& file_name) {
    config::Findings all;
    const config::FileFindings findings(all, file_name);
    if (text.size() > policy_bytes_max) return Error{"too_large", "the policy is too large", file_name};
    auto file = config::read_policy(text, findings);
    if (!all.has_errors()) return std::move(file.policy);
    const auto errors = all.errors();
    Error joined = errors.front();
    for (std::size_t i = 1; i < errors.size(); ++i) {
        joined.message += "\n" + errors[i].path + ": " + errors[i].message;
    }
    return joined;
}

}  // namespace alert
