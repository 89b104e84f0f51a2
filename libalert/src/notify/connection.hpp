// One connection to a receiver, whatever it speaks: connects, then takes one request after the other.
//
// Knows no deadlines: whoever uses it closes it when time is up. Handlers are called from the loop, never
// inside the call, and not after close().
#pragma once

#include "alert/notify/format.hpp"
#include "resolver.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace alert {

/// How much of an answer is waited for.
enum class Until { status, body };

/// How an exchange ended.
struct Exchange {
    Reply answer;        // status 0: none was read
    std::string error;   // when there is no status
    bool silent = true;  // not a byte came back
    bool reusable = false;
};

class Connection {
public:
    virtual ~Connection() = default;

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
