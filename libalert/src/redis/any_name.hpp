// A name that nobody else has.
#pragma once

#include <random>
#include <string>

namespace alert::redis {

inline std::string any_name() {
    std::random_device chance;
    std::string name;
    for (int i = 0; i < 4; ++i) name += std::to_string(chance()) + ".";
    return name;
}

}  // namespace alert::redis
