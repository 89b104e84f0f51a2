// One connection to a receiver, plain or TLS: connects, then takes one request after the other.
//
// Knows no deadlines: whoever uses it closes it when time is up. Handlers are called from the loop, never
// inside the call, and not after close(). Bounds: 16 KiB of header, 64 KiB of body. The status ends an
// exchange, and a body is read only to keep the connection usable, unless the body is asked for.
#pragma once

#include "alert/core/result.hpp"
#include "alert/notify/format.hpp"
#include "resolver.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <functional>
#include <memory>
#include <string>

namespace alert {

inline constexpr std::size_t answer_header_bytes_max = 16 * 1024;
inline constexpr std::size_t answer_body_bytes_max = 64 * 1024;

/// How much of an answer is waited for.
enum class Until { status, body };

/// How an exchange ended.
struct Exchange {
    Reply answer;        // status 0: none was read
    std::string error;   // when there is no status
    bool silent = true;  // not a byte came back
    bool reusable = false;
};

/// What a channel trusts; made once, used by all its connections.
class TlsTrust;
/// Verifies the peer, TLS 1.2 at least. `ca_file` empty: the system's authorities.
Result<std::shared_ptr<TlsTrust>> make_tls_trust(const std::string& ca_file);

struct ConnectionTarget {
    std::string host;
    std::uint16_t port = 0;
    std::shared_ptr<TlsTrust> trust;  // null: plain
};

class HttpConnection {
public:
    static std::shared_ptr<HttpConnection> make(const boost::asio::any_io_executor& executor,
                                                ConnectionTarget target);
    virtual ~HttpConnection() = default;

    /// Tries the addresses in turn; `done` gets what went wrong, empty when connected.
    virtual void connect(Addresses addresses, std::function<void(std::string error)> done) = 0;
    virtual void exchange(std::string request, Until until, std::function<void(Exchange)> done) = 0;
    virtual void close() = 0;
    /// Whether the idle connection seems to be still there; the peer may have closed it.
    [[nodiscard]] virtual bool usable() = 0;
    /// What has been read of the answer so far, and what is being done, for when time is up.
    [[nodiscard]] virtual const Reply& answer() const = 0;
    [[nodiscard]] virtual std::string_view stage() const = 0;
};

}  // namespace alert
