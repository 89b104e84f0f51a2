// A real redis-server of the test's own: unix socket and data in a temporary folder, ended by its pid.
//
// It ends with the test, however the test ends. kill(), stop() and start() keep the data.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

namespace yuqing::test {

struct RedisServerOptions {
    std::string appendonly = "yes";
    std::string appendfsync = "always";
    std::vector<std::string> more;  // further arguments: "--requirepass", "secret"
    std::string sentinel;           // the configuration of a sentinel: it is one, and keeps nothing
};

class RedisServer {
public:
    /// Starts it and waits until it answers.
    explicit RedisServer(RedisServerOptions options = {});
    ~RedisServer();
    RedisServer(const RedisServer&) = delete;
    RedisServer& operator=(const RedisServer&) = delete;

    [[nodiscard]] std::string url() const { return "unix://" + socket_path(); }
    /// Its account for the daemon, with the rights that deploy/redis.conf gives; url() alone may everything.
    static constexpr const char* daemon_user = "yuqingd";
    [[nodiscard]] std::string socket_path() const { return (folder_ / "redis.sock").string(); }

    void start();
    void stop();    // SIGTERM: in good order
    void kill();    // SIGKILL
    void freeze();  // SIGSTOP: connections stay, nothing is answered
    void thaw();

    /// One command over a connection of its own, blocking; the answer as redis-cli would print it, the
    /// parts of an array one a line. Errors too.
    [[nodiscard]] std::string command(const std::vector<std::string>& words) const;
    /// For commands whose answer says nothing.
    void run(const std::vector<std::string>& words) const;

private:
    [[nodiscard]] std::vector<std::string> arguments() const;
    void end(int signal);
    [[nodiscard]] bool answers() const;

    RedisServerOptions options_;
    std::filesystem::path folder_;
    pid_t pid_ = 0;
};

}  // namespace yuqing::test
