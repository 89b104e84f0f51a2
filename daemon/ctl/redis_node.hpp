// One Redis or sentinel, asked one thing after the other over a connection of its own, within bounds: for
// commands that arrange something among several of them. Not for the daemon, which waits for nobody.
#pragma once

#include "alert/core/result.hpp"
#include "alert/core/time.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

struct redisContext;

namespace yuqing {

class RedisNode {
public:
    struct Place {
        std::string host;
        int port = 0;

        friend bool operator==(const Place&, const Place&) = default;
        [[nodiscard]] std::string text() const { return host + ":" + std::to_string(port); }
    };
    struct Account {
        std::string user, password;
    };
    struct Answer {
        std::string text;
        std::int64_t integer = 0;
        std::vector<Answer> items;
    };
    using Fields = std::map<std::string, std::string>;

    /// The message of `unreachable` when no answer came in time.
    static constexpr std::string_view silent = "no answer in time";

    /// Errors as of ask().
    static alert::Result<RedisNode> connect(const Place& place, const Account& account);

    /// Errors, their path the place: `unreachable`; `login` when it does not let this account in; `right`
    /// when the account may not run the command, which is the message; `refused` with Redis's words.
    alert::Result<Answer> ask(const std::vector<std::string>& words);
    /// A section of INFO.
    alert::Result<Fields> info(const std::string& section);
    /// How long each answer may take from now on.
    void set_patience(alert::Duration patience);
    [[nodiscard]] const Place& place() const { return place_; }

    /// Name and value by turns, as sentinels tell of a server.
    static Fields fields_of(const Answer& answer);
    /// As Redis's access rules name it: `replicaof`, `client|pause`.
    static std::string command_name(const std::vector<std::string>& words);

private:
    struct Free {
        void operator()(redisContext* context) const;
    };
    using Context = std::unique_ptr<redisContext, Free>;

    [[nodiscard]] alert::Error refusal(const std::vector<std::string>& words, const std::string& said) const;

    RedisNode(Place place, Context context) : place_(std::move(place)), context_(std::move(context)) {}

    Place place_;
    Context context_;
};

}  // namespace yuqing
