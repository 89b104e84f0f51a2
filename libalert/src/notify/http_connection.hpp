// A connection that speaks HTTP, plain or TLS, to the receiver or by way of a proxy.
//
// Bounds: 16 KiB of header, 64 KiB of body. The status ends an exchange, and a body is read only to keep the
// connection usable, unless the body is asked for.
#pragma once

#include "alert/core/result.hpp"
#include "connection.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <memory>
#include <string>

namespace alert {

inline constexpr std::size_t answer_header_bytes_max = 16 * 1024;
inline constexpr std::size_t answer_body_bytes_max = 64 * 1024;

/// What a channel trusts; made once, used by all its connections.
class TlsTrust;
/// Verifies the peer, TLS 1.2 at least. `ca_file` empty: the system's authorities.
Result<std::shared_ptr<TlsTrust>> make_tls_trust(const std::string& ca_file);

struct ConnectionTarget {
    std::string host;                 // that the certificate must name
    std::uint16_t port = 0;           // of whoever is connected to
    std::shared_ptr<TlsTrust> trust;  // null: plain
    std::string tunnel_request;       // what a proxy is asked first; empty: there is none
    bool shares_answers = false;      // with a proxy, whose refusals are a failure of the way
};

std::shared_ptr<Connection> make_http_connection(const boost::asio::any_io_executor& executor,
                                                 ConnectionTarget target);

}  // namespace alert
