#include "curve_keys.hpp"

#include "command_line.hpp"

#include <zmq.h>

#include <array>
#include <fstream>

namespace yuqing {

namespace {

constexpr std::size_t characters = 40;
using Z85 = std::array<char, characters + 1>;

/// The key in a file; the end of its line does not count.
std::string key_in(const std::string& file, const char* option) {
    std::ifstream in(file);
    std::string key;
    if (!std::getline(in, key))
        throw UsageError(
            {std::string(option) + "：" + file + " 读不出来", std::string(option) + ": cannot read " + file});
    while (key.ends_with('\r') || key.ends_with(' ')) key.pop_back();
    std::array<std::uint8_t, 32> bytes{};
    if (key.size() != characters || zmq_z85_decode(bytes.data(), key.c_str()) == nullptr)
        throw UsageError({std::string(option) + "：" + file + " 里不是 yuqingctl keygen curve 生成的密钥",
                          std::string(option) + ": " + file + " holds no key of yuqingctl keygen curve"});
    return key;
}

}  // namespace

CurvePair new_curve_pair() {
    Z85 own_public{}, secret{};
    if (zmq_curve_keypair(own_public.data(), secret.data()) != 0)
        throw std::runtime_error(std::string("CURVE: ") + zmq_strerror(zmq_errno()));
    return {secret.data(), own_public.data()};
}

CurveKeys read_curve_keys(const std::string& key_file, const std::string& server_key_file) {
    CurveKeys keys;
    keys.secret = key_in(key_file, "--key-file");
    keys.server_public = key_in(server_key_file, "--server-key-file");
    Z85 own_public{};
    if (zmq_curve_public(own_public.data(), keys.secret.c_str()) != 0)
        throw std::runtime_error(std::string("CURVE: ") + zmq_strerror(zmq_errno()));
    keys.own_public = own_public.data();
    return keys;
}

}  // namespace yuqing
