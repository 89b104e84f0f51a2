// One Redis or sentinel, asked one thing after the other over a connection of its own, within bounds: for
// commands that arrange something among several of them. Not for the daemon, which waits for nobody.
#pragma once

#include "alert/core/result.hpp"
#include "alert/core/time.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
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

    /// Error `unreachable`, or `refused` when it does not let this account in.
    static alert::Result<RedisNode> connect(const Place& place, const Account& account);

    /// Error `refused` with Redis's words, or `unreachable`.
    alert::Result<Answer> ask(const std::vector<std::string>& words);
    /// A section of INFO.
    alert::Result<Fields> info(const std::string& section);
    /// How long each answer may take from now on.
    void set_patience(alert::Duration patience);
    [[nodiscard]] const Place& place() const { return place_; }

    /// Name and value by turns, as sentinels tell of a server.
    static Fields fields_of(const Answer& answer);

private:
    struct Free {
        void operator()(redisContext* context) const;
    };
    using Context = std::unique_ptr<redisContext, Free>;

    RedisNode(Place place, Context context) : place_(std::move(place)), context_(std::move(context)) {}

    Place place_;
    Context context_;
};

}  // namespace yuqing
