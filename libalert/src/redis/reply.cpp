#include "alert/redis/reply.hpp"

#include <algorithm>
#include <array>

namespace alert::redis {

Reply Reply::failure(std::string_view code, std::string message) {
    Reply reply;
    reply.kind = Kind::error;
    reply.code = code;
    reply.text = std::move(message);
    return reply;
}

std::string_view classify_error(std::string_view line) {
    constexpr std::array<std::string_view, 15> refusals{
        "LOADING",   "READONLY",   "MISCONF",     "OOM",      "BUSY",  "NOREPLICAS", "NOAUTH",   "NOPERM",
        "WRONGPASS", "MASTERDOWN", "CLUSTERDOWN", "TRYAGAIN", "MOVED", "ASK",        "UNBLOCKED"};
    const auto prefix = line.substr(0, line.find(' '));
    if (prefix == "NOSCRIPT") return redis_no_script;
    if (std::find(refusals.begin(), refusals.end(), prefix) != refusals.end()) return redis_refused;
    // A command inside a script; outside of one the prefix is NOPERM.
    if (line.starts_with("ERR The user executing the script can't run this command")) return redis_refused;
    // A connection beyond `maxclients` is told so and closed.
    if (line.starts_with("ERR max number of clients")) return redis_refused;
    return redis_failed;
}

Error unexpected_reply(std::string_view command) {
    return {std::string(redis_failed), "Redis gave " + std::string(command) + " an answer of another shape",
            ""};
}

}  // namespace alert::redis
