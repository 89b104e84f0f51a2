// What of a channel is secret, and errors without it: a receiver that repeats its key, or a gateway that
// says which one was wrong, must not put it into logs, dead letters and notices. Pure.
//
// Secret is what was declared so, a proxy's password, whatever of the URL could be a token (paths of robots
// are their passwords), and in a template's own text what looks like one. Also where the end was cut off.
#pragma once

#include "alert/notify/http_sender.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace alert {

class Redaction {
public:
    /// Shorter ones would be found in any text.
    static constexpr std::size_t secret_bytes_min = 4, token_bytes_min = 8;

    explicit Redaction(const HttpChannel& channel);
    [[nodiscard]] std::string redacted(std::string text) const;

private:
    void add(std::string_view secret, std::size_t bytes_min);
    void add_url(const std::string& url);
    void add_proxy(const std::string& url);
    void add_tokens(std::string_view text, bool words_too);

    std::vector<std::string> secrets_;  // the longest first
};

/// What a receiver said, for people: its words without secrets, readable and cut. Secrets go twice: before
/// invisible characters, and when these are gone, for one in the midst of a secret would hide it; numbers are
/// masked after that, for a mask would tear a secret and nobody would know the rest. Null: nothing is secret.
std::string said_text(const Redaction* redaction, std::string_view said, std::size_t bytes_max);

}  // namespace alert
