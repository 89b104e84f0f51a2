// The bytes of one connection as requests, within bounds, or the refusal of what is none. Pure; Beast
// parses and is included in the source alone.
//
// One request at a time: next_request(), then room(), took() and read() until one is whole or refused.
// What was pipelined behind it stays for the next one.
#pragma once

#include "http_message.hpp"

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

namespace yuqing {

class HttpRequestReader {
public:
    enum class Progress { header, body, whole, refused };
    struct Refusal {
        HttpResponse response;
        std::string_view limit = {};  // that was hit: http_header, http_body; empty: none
    };

    HttpRequestReader(std::size_t header_bytes_max, std::size_t body_bytes_max);
    ~HttpRequestReader();
    HttpRequestReader(const HttpRequestReader&) = delete;
    HttpRequestReader& operator=(const HttpRequestReader&) = delete;

    void next_request();
    /// Where the next bytes go, never empty unless read() says `refused`.
    std::span<char> room();
    void took(std::size_t bytes);
    /// Drops what was read and not yet understood.
    void forget();
    [[nodiscard]] bool has_input() const;

    /// How far the request has come with the bytes so far.
    Progress read();
    /// The client waits for a word before it sends the body.
    [[nodiscard]] bool awaits_go_on() const;

    // Once it is whole:
    [[nodiscard]] bool keep_alive() const;
    /// With empty `peer`.
    HttpRequest request();
    // Once it is refused:
    Refusal refusal();

private:
    class Impl;
    const std::unique_ptr<Impl> impl_;
};

}  // namespace yuqing
