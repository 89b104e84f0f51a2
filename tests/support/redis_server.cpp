#include "support/redis_server.hpp"

#include <hiredis/hiredis.h>

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <thread>

namespace yuqing::test {
namespace {

constexpr std::chrono::seconds start_bound{20};
constexpr timeval command_bound{5, 0};

using Context = std::unique_ptr<redisContext, decltype(&redisFree)>;
using Answer = std::unique_ptr<redisReply, decltype(&freeReplyObject)>;

Context connect(const std::string& path) {
    Context context(redisConnectUnixWithTimeout(path.c_str(), command_bound), &redisFree);
    if (context && context->err == 0) redisSetTimeout(context.get(), command_bound);
    return context;
}

std::string text_of(const redisReply& reply) {
    switch (reply.type) {
        case REDIS_REPLY_INTEGER: return std::to_string(reply.integer);
        case REDIS_REPLY_NIL: return "(nil)";
        case REDIS_REPLY_ARRAY: {
            std::string lines;
            for (std::size_t i = 0; i < reply.elements; ++i)
                lines += (i == 0 ? "" : "\n") + text_of(*reply.element[i]);
            return lines;
        }
        default: return std::string(reply.str, reply.len);
    }
}

/// `--user`, and the words of the line in deploy/redis.conf.
std::vector<std::string> daemon_user_as_shipped() {
    std::ifstream file(YUQING_SOURCE_DIR "/deploy/redis.conf");
    const std::string begin = std::string("user ") + RedisServer::daemon_user + " ";
    for (std::string line; std::getline(file, line);) {
        if (!line.starts_with(begin)) continue;
        std::istringstream words("--" + line);
        return {std::istream_iterator<std::string>(words), {}};
    }
    throw std::runtime_error("deploy/redis.conf has no user " + std::string(RedisServer::daemon_user));
}

}  // namespace

RedisServer::RedisServer(RedisServerOptions options) : options_(std::move(options)) {
    std::string pattern = (std::filesystem::temp_directory_path() / "yuqing-redis-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder for redis-server");
    folder_ = pattern;
    start();
}

RedisServer::~RedisServer() {
    end(SIGKILL);
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
}

std::vector<std::string> RedisServer::arguments() const {
    std::vector<std::string> words{"redis-server"};
    const auto add = [&words](std::initializer_list<std::string> more) {
        words.insert(words.end(), more.begin(), more.end());
    };
    if (!options_.sentinel.empty()) {
        const auto file = folder_ / "sentinel.conf";
        if (!std::filesystem::exists(file)) std::ofstream(file) << options_.sentinel;
        add({file.string(), "--sentinel"});
    }
    add({"--port", "0", "--unixsocket", socket_path(), "--dir", folder_.string(), "--logfile",
         (folder_ / "redis.log").string()});
    if (options_.sentinel.empty())
        add({"--appendonly", options_.appendonly, "--appendfsync", options_.appendfsync, "--save", "",
             "--hash-max-listpack-value", "8192"});
    const auto user = daemon_user_as_shipped();
    if (options_.sentinel.empty()) words.insert(words.end(), user.begin(), user.end());
    words.insert(words.end(), options_.more.begin(), options_.more.end());
    return words;
}

void RedisServer::start() {
    auto words = arguments();
    std::vector<char*> arguments;
    for (auto& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    std::error_code ignored;
    std::filesystem::remove(socket_path(), ignored);  // left behind by a kill

    pid_ = fork();
    if (pid_ < 0) throw std::runtime_error("no process for redis-server");
    if (pid_ == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);  // a test that crashes leaves no server behind
        execvp(arguments[0], arguments.data());
        _exit(127);
    }
    const auto until = std::chrono::steady_clock::now() + start_bound;
    while (!answers()) {
        if (waitpid(pid_, nullptr, WNOHANG) == pid_ || std::chrono::steady_clock::now() > until) {
            end(SIGKILL);
            throw std::runtime_error("redis-server did not start, see " + (folder_ / "redis.log").string());
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
}

bool RedisServer::answers() const {
    const Context context = connect(socket_path());
    if (!context || context->err != 0) return false;
    const Answer reply(static_cast<redisReply*>(redisCommand(context.get(), "PING")), &freeReplyObject);
    // With a password it answers NOAUTH, which is an answer too.
    return reply && std::string_view(reply->str, reply->len).substr(0, 7) != "LOADING";
}

void RedisServer::stop() { end(SIGTERM); }
void RedisServer::kill() { end(SIGKILL); }

void RedisServer::end(int signal) {
    if (pid_ <= 0) return;
    ::kill(pid_, signal);
    ::kill(pid_, SIGCONT);  // a frozen one would not hear SIGTERM
    waitpid(pid_, nullptr, 0);
    pid_ = 0;
}

void RedisServer::freeze() { ::kill(pid_, SIGSTOP); }
void RedisServer::thaw() { ::kill(pid_, SIGCONT); }

std::string RedisServer::command(const std::vector<std::string>& words) const {
    const Context context = connect(socket_path());
    if (!context || context->err != 0) throw std::runtime_error("redis-server cannot be reached");
    std::vector<const char*> texts;
    std::vector<std::size_t> sizes;
    for (const auto& word : words) {
        texts.push_back(word.data());
        sizes.push_back(word.size());
    }
    const Answer reply(static_cast<redisReply*>(redisCommandArgv(
                           context.get(), static_cast<int>(words.size()), texts.data(), sizes.data())),
                       &freeReplyObject);
    if (!reply) throw std::runtime_error("redis-server does not answer");
    return text_of(*reply);
}

void RedisServer::run(const std::vector<std::string>& words) const { static_cast<void>(command(words)); }

}  // namespace yuqing::test
