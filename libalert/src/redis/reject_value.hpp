// How a rejected event lies in Redis: a line of JSON about it, and the bytes as they came. They need not be
// UTF-8, so they are no part of the JSON.
#pragma once

#include "alert/port/case_store.hpp"

namespace alert::redis {

inline constexpr std::size_t reject_bytes_max = 4 * 1024;
inline constexpr std::size_t rejects_max = 1000;
inline constexpr Duration rejects_retention = std::chrono::days(30);

std::string encode_reject(const Reject& reject);
Result<Reject> decode_reject(std::string_view text);

}  // namespace alert::redis
