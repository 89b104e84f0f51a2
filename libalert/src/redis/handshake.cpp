#include "handshake.hpp"

#include "alert/codec/utf8.hpp"
#include "number.hpp"
#include "permissions.hpp"

#include <map>

namespace alert::redis {
namespace {

constexpr std::string_view probe_lifetime_ms = "60000";
constexpr std::size_t setting_chars_max = 60;  // the values we know are shorter, and people read the others

std::string_view to_string(Durability durability) {
    switch (durability) {
        case Durability::always: return "always";
        case Durability::everysec: return "everysec";
        case Durability::none: break;
    }
    return "none";
}

std::map<std::string, std::string> read_settings(const Reply& reply) {
    std::map<std::string, std::string> settings;
    for (std::size_t i = 0; i + 1 < reply.items.size(); i += 2)
        settings[reply.items[i].text] = clean_text(reply.items[i + 1].text, setting_chars_max).text;
    return settings;
}

Durability offered(std::map<std::string, std::string>& settings) {
    if (settings["appendonly"] != "yes" || settings["no-appendfsync-on-rewrite"] != "no")
        return Durability::none;
    if (settings["appendfsync"] == "always") return Durability::always;
    return settings["appendfsync"] == "everysec" ? Durability::everysec : Durability::none;
}

std::string judge_durability(Durability required, std::map<std::string, std::string> settings) {
    if (settings["maxmemory"] != "0" && settings["maxmemory-policy"].starts_with("allkeys"))
        return "Redis evicts keys when its memory is full (maxmemory-policy " + settings["maxmemory-policy"] +
               "); it must be noeviction";
    if (offered(settings) >= required) return {};
    return "Redis is less durable than `durability: " + std::string(to_string(required)) +
           "` requires: appendonly " + settings["appendonly"] + ", appendfsync " + settings["appendfsync"] +
           ", no-appendfsync-on-rewrite " + settings["no-appendfsync-on-rewrite"];
}

bool has_line(std::string_view info, std::string_view line) {
    const auto at = info.find(line);
    if (at == std::string_view::npos) return false;
    const auto end = at + line.size();
    return (at == 0 || info[at - 1] == '\n') && (end == info.size() || info[end] == '\r');
}

/// A name that the process gave itself when it started.
std::string run_id_of(std::string_view info) {
    constexpr std::string_view field = "run_id:";
    const auto at = info.find(field);
    if (at == std::string_view::npos) return {};
    const auto rest = info.substr(at + field.size());
    return std::string(rest.substr(0, rest.find_first_of("\r\n")));
}

std::string judge_info(const Reply& info) {
    if (has_line(info.text, "loading:1")) return "Redis is still loading its data";
    if (!has_line(info.text, "role:master")) return "this Redis is a replica, a master is needed";
    return {};
}

/// What the administrator can do about a login that Redis refuses, as it does after an update of one of the
/// two files alone.
std::string_view way_in(std::string_view refusal) {
    const bool of_login = refusal.starts_with("WRONGPASS") || refusal.starts_with("NOAUTH");
    return of_login
               ? "; mend redis.user and redis.password_file, or give this Redis the line 'user yuqingd' of "
                 "the shipped redis.conf and restart it"
               : "";
}

/// The commands of a handshake, their answers, and what each answer has to say.
class Handshake : public std::enable_shared_from_this<Handshake> {
public:
    using Judge = std::function<std::string(const Reply&)>;  // a refusal, or nothing

    Handshake(const ConnectionOptions& options, std::function<void(HandshakeOutcome)> done)
        : options_(options), done_(std::move(done)) {}

    // Everything is sent at once: a reconnect costs one round trip.
    void begin(Link& link) {
        log_in(link);
        ask_permissions(link);
        say(link, {"INFO"}, [self = shared_from_this()](const Reply& info) {
            self->outcome_.server = run_id_of(info.text);
            return judge_info(info);
        });
        ask_durability(link);
        for (std::size_t i = 0; i < script_count; ++i) load_script(link, static_cast<Script>(i));
        if (!options_.probe_key.empty())
            say(link, {"SET", options_.probe_key, "1", "PX", probe_lifetime_ms}, {});
        ask_replicas(link);
        say(link, {"TIME"}, [self = shared_from_this()](const Reply& reply) -> std::string {
            const auto now = read_time(reply);
            if (!now) return now.error().message;
            self->outcome_.now = *now;
            return {};
        });
    }

    void check(Link& link) {
        say(link, {"INFO"}, judge_info);
        ask_durability(link);
        ask_replicas(link);
    }

private:
    void ask_durability(Link& link) {
        say(link, {"CONFIG", "GET", "maxmemory*"}, collect());
        say(link, {"CONFIG", "GET", "appendonly"}, collect());
        say(link, {"CONFIG", "GET", "*appendfsync*"},
            [collect = collect(), self = shared_from_this()](const Reply& reply) {
                collect(reply);
                return judge_durability(self->options_.durability, self->settings_);
            });
    }

    /// What was written before, by this connection or an earlier one, has reached them when the probe has.
    void ask_replicas(Link& link) {
        if (options_.replicas == 0) return;
        auto wait = wait_command(replica_rule(options_));
        ask(link, wait,
            [rule = replica_rule(options_)](const Reply& reply) { return judge_wait(rule, reply); });
    }

    void log_in(Link& link) {
        const Address& address = options_.address;
        if (!address.user.empty())
            say(link, {"AUTH", address.user, address.password}, {});
        else if (!address.password.empty())
            say(link, {"AUTH", address.password}, {});
        if (address.database != 0) say(link, {"SELECT", std::to_string(address.database)}, {});
    }

    void ask_permissions(Link& link) {
        if (options_.probe_key.empty()) return;
        const auto& user = options_.address.user;
        for (auto& question :
             permission_questions(user.empty() ? "default" : user, options_.probe_key, options_.replicas > 0))
            ask(link, question, judge_permission);
    }

    void load_script(Link& link, Script script) {
        say(link, {"SCRIPT", "LOAD", script_texts()[static_cast<std::size_t>(script)].text},
            [script](const Reply& reply) -> std::string {
                if (reply.text == script_sha(script)) return {};
                return "Redis knows a script by another name than expected";
            });
    }

    Judge collect() {
        return [self = shared_from_this()](const Reply& reply) -> std::string {
            self->settings_.merge(read_settings(reply));
            return {};
        };
    }

    void say(Link& link, std::initializer_list<std::string_view> words, Judge judge) {
        auto word = words.begin();
        Command command(*word);
        const std::string_view name = *word;
        while (++word != words.end()) command.add(*word);
        ask(link, command, [name = std::string(name), judge = std::move(judge)](const Reply& reply) {
            if (reply.is_error()) return (name + ": " + reply.text).append(way_in(reply.text));
            return judge ? judge(reply) : std::string();
        });
    }

    void ask(Link& link, Command& command, Judge judge) {
        ++waiting_;
        link.send(command.bytes(), [self = shared_from_this(), judge = std::move(judge)](const Reply& reply) {
            if (reply.code == redis_lost || reply.code == redis_down)
                return;  // the end of the link is told by itself
            if (reply.is_error() && !self->outcome_.owner) self->outcome_.owner = read_redirect(reply.text);
            self->hear(judge(reply));
        });
    }

    void hear(std::string refusal) {
        if (outcome_.refusal.empty()) outcome_.refusal = std::move(refusal);
        if (--waiting_ == 0) done_(std::move(outcome_));
    }

    const ConnectionOptions options_;
    const std::function<void(HandshakeOutcome)> done_;
    HandshakeOutcome outcome_;
    std::map<std::string, std::string> settings_;
    int waiting_ = 0;
};

}  // namespace

void shake_hands(const std::shared_ptr<Link>& link, const ConnectionOptions& options,
                 std::function<void(HandshakeOutcome)> done) {
    std::make_shared<Handshake>(options, std::move(done))->begin(*link);
}

void check_fitness(const std::shared_ptr<Link>& link, const ConnectionOptions& options,
                   std::function<void(HandshakeOutcome)> done) {
    std::make_shared<Handshake>(options, std::move(done))->check(*link);
}

std::optional<Address> read_redirect(std::string_view text) {
    constexpr std::string_view moved = "MOVED ";
    const auto slot_end = text.find(' ', moved.size());
    const auto colon = text.rfind(':');
    if (!text.starts_with(moved) || slot_end == text.npos || colon == text.npos || colon < slot_end)
        return std::nullopt;
    Address owner;
    owner.host = text.substr(slot_end + 1, colon - slot_end - 1);
    if (!read_number(text.substr(colon + 1), owner.port) || owner.port == 0 || owner.host == "?")
        return std::nullopt;
    return owner;
}

Result<TimePoint> read_time(const Reply& reply) {
    std::int64_t seconds = 0, micros = 0;
    if (reply.items.size() != 2 || !read_number(reply.items[0].text, seconds) ||
        !read_number(reply.items[1].text, micros))
        return unexpected_reply("TIME");
    return TimePoint(std::chrono::seconds(seconds) + Duration(micros / 1000));
}

Result<TimePoint> read_millis(std::string_view text) {
    std::int64_t value = 0;
    if (!read_number(text, value)) return unexpected_reply("a script");
    return TimePoint(Duration(value));
}

}  // namespace alert::redis
