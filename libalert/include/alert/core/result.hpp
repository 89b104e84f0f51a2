// Result<T>: a value, or an Error that says what, where and what would be right.
//
// Expected failures (bad input, a server away) travel as Result; exceptions are for start-up alone.
#pragma once

#include <boost/system/result.hpp>
#include <boost/throw_exception.hpp>

#include <stdexcept>
#include <string>

namespace alert {

/// `code` is a stable identifier (`malformed`, `invalid`, ...), `message` is for people, `path` names
/// the member, byte offset or file:line:column the finding is about; it may be empty.
struct Error {
    std::string code;
    std::string message;
    std::string path;

    friend bool operator==(const Error&, const Error&) = default;
};

template <class T>
using Result = boost::system::result<T, Error>;

/// Found by boost::system::result::value() when a caller takes a value that is not there.
[[noreturn]] inline void throw_exception_from_error(const Error& error, const boost::source_location&) {
    const auto where = error.path.empty() ? "" : " (" + error.path + ")";
    boost::throw_exception(std::runtime_error(error.code + ": " + error.message + where));
}

}  // namespace alert
