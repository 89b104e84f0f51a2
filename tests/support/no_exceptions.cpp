// What Boost calls where exceptions are switched off: in the core as `tests/run --long coverage` builds it.
#include <boost/assert/source_location.hpp>

#include <exception>

namespace boost {

[[noreturn]] void throw_exception(const std::exception&, const source_location&);
void throw_exception(const std::exception&, const source_location&) { std::terminate(); }

}  // namespace boost
