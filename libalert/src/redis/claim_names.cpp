#include "alert/redis/claim_names.hpp"

#include "any_name.hpp"

namespace alert::redis {

ClaimNames::ClaimNames() : daemon_(any_name()) {}

std::string ClaimNames::next(const std::string& queue) {
    if (const auto lost = lost_.extract(queue)) return lost.mapped();
    return daemon_ + std::to_string(++claims_);
}

}  // namespace alert::redis
