// A receiver of webhooks for tests: real sockets, a thread for each connection, plain or TLS, and told how to
// behave: well, slowly, wrongly, or not at all. Everything that arrives is kept with its time.
#pragma once

#include "loopback_listener.hpp"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace yuqing::test {

struct SinkRequest {
    std::chrono::system_clock::time_point at;  // when it had arrived whole
    std::size_t connection = 0;                // the how manyth, from 1
    std::string method, target;
    std::map<std::string, std::string> headers;  // names in lower case
    std::string body;
};

struct SinkAnswer {
    enum class Kind {
        answer,
        hang,       // reads and says nothing
        drip_head,  // one byte of the answer at a time, never done
        drip_body,  // the head at once, then the body one byte at a time, never done
        close,      // closes without a word
        endless,    // a body without end
        long_head,  // a header without end
        garbage,    // not HTTP
        interim,    // 102 Processing, then the answer
    };
    Kind kind = Kind::answer;
    int status = 200;
    std::map<std::string, std::string> headers;
    std::string body;
    bool close_after = false;  // without having said so
};

struct SinkOptions {
    std::string certificate_file, key_file;  // both: TLS
    std::uint16_t port = 0;
};

class WebhookSink {
public:
    explicit WebhookSink(SinkOptions options = {});
    ~WebhookSink();
    WebhookSink(const WebhookSink&) = delete;
    WebhookSink& operator=(const WebhookSink&) = delete;

    [[nodiscard]] std::uint16_t port() const { return listener_.port(); }
    /// `host` is what the URL says; the socket is bound to 127.0.0.1.
    [[nodiscard]] std::string url(const std::string& path = "/hook",
                                  const std::string& host = "127.0.0.1") const;

    /// From now on; the first of `answer_next` go before it.
    void answer(SinkAnswer answer);
    void answer_next(SinkAnswer answer);

    [[nodiscard]] std::vector<SinkRequest> requests() const;
    [[nodiscard]] std::size_t count() const;
    /// Connections ever taken.
    [[nodiscard]] std::size_t connections() const;
    /// Waits until so many requests have arrived; whether they have.
    [[nodiscard]] bool wait_for(std::size_t count,
                                std::chrono::milliseconds bound = std::chrono::seconds(20)) const;
    /// Ends the connections there are; new ones are taken.
    void drop_connections();

private:
    struct Stream;

    void take(int fd);
    void serve(const std::shared_ptr<Stream>& stream, std::size_t number);
    bool serve_one(Stream& stream, std::size_t number, std::string& buffer);
    SinkAnswer keep(SinkRequest request);
    bool give(Stream& stream, const SinkAnswer& answer);
    bool drip(Stream& stream, const std::string& text);
    [[nodiscard]] bool wait_until_stopped(std::chrono::milliseconds bound);

    SinkOptions options_;
    std::shared_ptr<void> tls_;

    mutable std::mutex mutex_;
    mutable std::condition_variable changed_;
    std::vector<SinkRequest> requests_;
    SinkAnswer answer_;
    std::deque<SinkAnswer> next_;
    std::vector<std::shared_ptr<Stream>> streams_;
    std::vector<std::thread> threads_;
    std::size_t connections_ = 0;
    bool stopped_ = false;

    LoopbackListener listener_;
};

}  // namespace yuqing::test
