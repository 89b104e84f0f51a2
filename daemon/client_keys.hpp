// The clients that come in over CURVE, by their public keys (clients.yaml).
#pragma once

#include "alert/config/config.hpp"

#include <string>
#include <unordered_map>
#include <vector>

namespace yuqing {

class ClientKeys {
public:
    explicit ClientKeys(const std::vector<alert::CurveClient>& clients);

    /// As whom the owner of this key comes. Errors: `unknown_key`, `expired_key`.
    [[nodiscard]] alert::Result<alert::Via> find(const std::string& key, alert::TimePoint now) const;

private:
    std::unordered_map<std::string, alert::CurveClient> clients_;  // by key
};

}  // namespace yuqing
