#include "alert/core/chain.hpp"

#include "alert/core/hash.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace alert {

namespace {

constexpr std::size_t hash_bytes = 18;  // 144 bits: no padding in base64
constexpr std::size_t hash_chars = 24;
constexpr std::string_view seal_opens = R"(,"h":")";
constexpr std::string_view seal_closes = R"("})";
constexpr std::size_t number_digits_max = 18;

std::string base64url(const unsigned char* bytes) {
    std::array<unsigned char, hash_chars + 1> text{};  // and the zero that OpenSSL writes
    EVP_EncodeBlock(text.data(), bytes, hash_bytes);
    std::string out(reinterpret_cast<const char*>(text.data()), hash_chars);
    std::replace(out.begin(), out.end(), '+', '-');
    std::replace(out.begin(), out.end(), '/', '_');
    return out;
}

bool is_hash(std::string_view text) {
    return text.size() == hash_chars && std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                      c == '-' || c == '_';
           });
}

}  // namespace

std::uint64_t seal_number(std::string_view seal) {
    const auto dot = seal.find('.');
    if (dot == 0 || dot == std::string_view::npos || dot > number_digits_max || seal[0] == '0') return 0;
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(seal.data(), seal.data() + dot, number);
    return error == std::errc{} && end == seal.data() + dot && is_hash(seal.substr(dot + 1)) ? number : 0;
}

/// Neither an id of a case nor a seal holds a line break: the three parts cannot run into one another.
std::string next_seal(const ChainKey& key, std::string_view chain, std::string_view before,
                      std::string_view entry) {
    std::string text;
    text.reserve(chain.size() + before.size() + entry.size() + 2);
    text.append(chain).append(1, '\n').append(before).append(1, '\n').append(entry);
    const Mac digest = key.keyed() ? hmac_sha256(key.bytes(), text) : sha256(text);
    return std::to_string(seal_number(before) + 1) + "." + base64url(digest.data());
}

std::string with_seal(std::string object, std::string_view seal) {
    object.pop_back();  // the closing brace
    return object.append(seal_opens).append(seal).append(seal_closes);
}

std::optional<Sealed> open_sealed(std::string_view text) {
    const auto opens = text.rfind(seal_opens);
    if (opens == std::string_view::npos || !text.ends_with(seal_closes)) return std::nullopt;
    const auto from = opens + seal_opens.size();
    if (text.size() < from + seal_closes.size()) return std::nullopt;
    const auto seal = text.substr(from, text.size() - seal_closes.size() - from);
    const auto number = seal_number(seal);
    if (number == 0) return std::nullopt;
    return Sealed{std::string(text.substr(0, opens)) + "}", std::string(seal), number};
}

std::string_view to_string(ChainFinding::Kind kind) {
    switch (kind) {
        case ChainFinding::Kind::changed: return "changed";
        case ChainFinding::Kind::removed: return "removed";
        case ChainFinding::Kind::reordered: return "reordered";
        case ChainFinding::Kind::truncated: return "truncated";
        case ChainFinding::Kind::forged: return "forged";
        case ChainFinding::Kind::missing: break;
    }
    return "missing";
}

ChainWalk::ChainWalk(ChainKey key, std::string chain, std::optional<std::string> anchor)
    : key_(std::move(key)), chain_(std::move(chain)), anchor_(std::move(anchor)) {}

void ChainWalk::find(ChainFinding::Kind kind, std::uint64_t entry) {
    if (findings_.size() < findings_max) findings_.push_back({kind, entry});
}

/// The number tells a removed entry from a changed one; that it is the true number the hash shows.
void ChainWalk::take(std::string_view text) {
    const std::uint64_t expected = seal_number(last_) + 1;
    ++taken_;
    const auto sealed = open_sealed(text);
    if (!sealed) {
        find(ChainFinding::Kind::changed, expected);
        // The entry behind it is judged by its own number; what it was linked to is lost.
        last_ = std::to_string(expected) + "." + std::string(hash_chars, 'A');
        return;
    }
    if (anchor_ && *anchor_ == sealed->seal) anchor_met_ = true;
    if (sealed->number < expected) return find(ChainFinding::Kind::reordered, sealed->number);
    if (sealed->number != expected)
        find(ChainFinding::Kind::removed, sealed->number);
    else if (next_seal(key_, chain_, last_, sealed->entry) != sealed->seal)
        find(ChainFinding::Kind::changed, sealed->number);
    last_ = sealed->seal;
}

void ChainWalk::finish(std::optional<std::string> head) {
    const auto at_end = seal_number(last_);
    if (!head)
        find(ChainFinding::Kind::missing, 0);
    else if (seal_number(*head) > at_end)
        find(ChainFinding::Kind::truncated, at_end + 1);
    else if (*head != last_)
        find(ChainFinding::Kind::forged, at_end);
    if (!anchor_ || anchor_met_) return;
    const auto anchored = seal_number(*anchor_);
    find(anchored > at_end ? ChainFinding::Kind::truncated : ChainFinding::Kind::forged, anchored);
}

}  // namespace alert
