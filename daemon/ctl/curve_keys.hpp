// The keys by which `send` shows who it is, and knows the daemon: CURVE, each a file with 40 characters
// of Z85.
#pragma once

#include <string>

namespace yuqing {

struct CurveKeys {
    std::string secret, own_public;  // this program's
    std::string server_public;       // the daemon's
};

/// Two new halves of one key, in Z85.
struct CurvePair {
    std::string secret, own_public;
};
CurvePair new_curve_pair();

/// Reads both files. Throws UsageError naming what is wrong.
CurveKeys read_curve_keys(const std::string& key_file, const std::string& server_key_file);

}  // namespace yuqing
