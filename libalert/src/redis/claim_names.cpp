#include "alert/redis/claim_names.hpp"

#include <random>

namespace alert::redis {

ClaimNames::ClaimNames() {
    std::random_device chance;
    for (int i = 0; i < 4; ++i) daemon_ += std::to_string(chance()) + ".";
}

std::string ClaimNames::next(const std::string& queue) {
    if (const auto lost = lost_.extract(queue)) return lost.mapped();
    return daemon_ + std::to_string(++claims_);
}

}  // namespace alert::redis
