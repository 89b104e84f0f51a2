#include "alert/redis/daemon_roll.hpp"

#include "number.hpp"
#include "stored_case.hpp"

#include <algorithm>

namespace alert {

using redis::Command;
using redis::Reply;

namespace {

constexpr std::size_t word_bytes_max = 64;  // what is longer was written by nobody of ours
constexpr std::size_t settings_max = 32;

/// What goes into texts for people: names of machines, of settings, and hashes.
bool is_word(std::string_view text) {
    constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_";
    return !text.empty() && text.size() <= word_bytes_max &&
           text.find_first_not_of(letters) == std::string_view::npos;
}

/// `seen started pid host name=hash …`
std::string encode(const RunningDaemon& daemon) {
    std::string text = std::to_string(redis::millis(daemon.seen)) + " " +
                       std::to_string(redis::millis(daemon.started)) + " " + std::to_string(daemon.pid) +
                       " " + (is_word(daemon.host) ? daemon.host : "-");
    for (const auto& [name, hash] : daemon.settings) text.append(" ").append(name).append("=").append(hash);
    return text;
}

std::string_view take_word(std::string_view& rest) {
    const auto word = rest.substr(0, rest.find(' '));
    rest.remove_prefix(std::min(word.size() + 1, rest.size()));
    return word;
}

std::optional<std::int64_t> number_in(std::string_view word) {
    std::int64_t number = 0;
    return redis::read_number(word, number) && number >= 0 ? std::optional(number) : std::nullopt;
}

std::optional<RunningDaemon> decode(std::string id, std::string_view text) {
    const auto seen = number_in(take_word(text)), started = number_in(take_word(text)),
               pid = number_in(take_word(text));
    const auto host = take_word(text);
    if (!is_word(id) || !seen || !started || !pid || !is_word(host)) return std::nullopt;
    RunningDaemon daemon{std::move(id),
                         std::string(host),
                         *pid,
                         TimePoint(Duration(*started)),
                         TimePoint(Duration(*seen)),
                         {}};
    while (!text.empty() && daemon.settings.size() < settings_max) {
        const auto word = take_word(text);
        const auto name = word.substr(0, word.find('='));
        const auto hash = word.substr(std::min(name.size() + 1, word.size()));
        if (!is_word(name) || !is_word(hash)) return std::nullopt;
        daemon.settings.emplace(name, hash);
    }
    return daemon;
}

}  // namespace

void RedisDaemonRoll::enter(const RunningDaemon& self, Callback<std::vector<RunningDaemon>> done) {
    Command entry("HSET");
    entry.add(keys_.daemons()).add(self.id).add(encode(self));
    connection_.send(std::move(entry), [](const Reply&) {});  // what fails here fails the question too
    Command question("HGETALL");
    question.add(keys_.daemons());
    connection_.send(std::move(question),
                     [this, now = self.seen, done = std::move(done)](const Reply& reply) {
                         if (reply.is_error()) return done(reply.error());
                         std::vector<RunningDaemon> roll;
                         for (std::size_t i = 0; i + 1 < reply.items.size(); i += 2) {
                             auto daemon = decode(reply.items[i].text, reply.items[i + 1].text);
                             if (!daemon) continue;
                             if (now - daemon->seen > daemon_known_for)
                                 leave(daemon->id);
                             else
                                 roll.push_back(std::move(*daemon));
                         }
                         done(std::move(roll));
                     });
}

void RedisDaemonRoll::leave(const std::string& id) {
    Command command("HDEL");
    command.add(keys_.daemons()).add(id);
    connection_.send(std::move(command), [](const Reply&) {});
}

}  // namespace alert
