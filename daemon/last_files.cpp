#include "last_files.hpp"

#include "alert/core/hash.hpp"
#include "alert/redis/keys.hpp"
#include "log.hpp"
#include "redis_options.hpp"
#include "system_clock.hpp"

#include <spdlog/spdlog.h>
#include <unistd.h>
#include <boost/asio/steady_timer.hpp>
#include <boost/json.hpp>

#include <array>

namespace yuqing {

namespace json = boost::json;

namespace {

constexpr std::chrono::seconds asked_for{5};

std::string machine() {
    std::array<char, 256> name{};
    return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

std::string id_of(const std::filesystem::path& file) {
    const auto path = std::filesystem::absolute(file).string();
    return alert::hash_hex({machine(), path}, 16);
}

std::string key_of(const std::string& jurisdiction, const std::filesystem::path& file) {
    return alert::redis::Keys(jurisdiction).files(id_of(file));
}

std::optional<alert::FileSet> read_files(const std::string& text) {
    boost::system::error_code error;
    const auto value = json::parse(text, error);
    if (error || !value.is_object()) return std::nullopt;
    alert::FileSet files;
    for (const auto& [path, content] : value.get_object())
        if (content.is_string()) files.texts[path] = std::string(content.get_string());
    return files;
}

/// Keeps a loop busy with one question until it is answered.
class Question {
public:
    Question(const alert::RedisPlace& place, std::string key)
        : connection_(io_, redis_options(place, make_master_watch(io_, place.redis))), key_(std::move(key)) {
        connection_.on_state([this](bool up, const std::string& reason) {
            if (up) return ask();
            spdlog::warn("files=waiting reason={}", log_value(reason));
        });
    }

    std::optional<alert::FileSet> answer() {
        timer_.expires_after(asked_for);
        timer_.async_wait([this](boost::system::error_code error) {
            if (!error) connection_.stop();
        });
        connection_.start();
        io_.run();
        return std::move(found_);
    }

private:
    void ask() {
        connection_.command({"GET", key_}, [this](const alert::redis::Reply& reply) {
            if (reply.is_error()) return;  // perhaps it comes up again in time
            found_ = read_files(reply.text);
            connection_.stop();
            timer_.cancel();
        });
    }

    boost::asio::io_context io_{1};
    boost::asio::steady_timer timer_{io_};
    alert::redis::Connection connection_;
    std::string key_;
    std::optional<alert::FileSet> found_;
};

}  // namespace

std::vector<std::string> keeping_command(const std::string& jurisdiction, const std::filesystem::path& file,
                                         const alert::FileSet& files) {
    json::object texts;
    for (const auto& [path, text] : files.texts) texts[path] = text;
    return {"SET", key_of(jurisdiction, file), json::serialize(texts)};
}

alert::RunningDaemon this_daemon(const std::filesystem::path& file) {
    return {id_of(file), machine(), ::getpid(), {}, {}, {}};
}

std::vector<alert::Error> fall_back(const std::filesystem::path& file, alert::LoadedConfig& loaded) {
    if (loaded.config || !loaded.place) return {};
    const auto kept = Question(*loaded.place, key_of(loaded.place->jurisdiction, file)).answer();
    if (!kept) return {};
    auto last = alert::load_config(file, wall_time(), alert::Secrets::needed, &*kept);
    if (!last.config) return {};
    spdlog::error("files=refused message=\"running with the files that loaded last; mend these and reload\"");
    std::swap(loaded, last);
    return std::move(last.errors);
}

}  // namespace yuqing
