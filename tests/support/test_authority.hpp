// A certificate authority of the test's own, in a temporary folder that goes with it.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

namespace yuqing::test {

struct CertificateFiles {
    std::string certificate_file, key_file;
};

class TestAuthority {
public:
    TestAuthority();
    ~TestAuthority();
    TestAuthority(const TestAuthority&) = delete;
    TestAuthority& operator=(const TestAuthority&) = delete;

    [[nodiscard]] std::string ca_file() const { return (folder_ / "ca.pem").string(); }
    /// For `alternative_name`, like "DNS:localhost" or "IP:127.0.0.1"; valid from now for so many days,
    /// negative: already over.
    [[nodiscard]] CertificateFiles issue(const std::string& alternative_name, int days = 1);

private:
    struct Signer;

    std::filesystem::path folder_;
    std::unique_ptr<Signer> signer_;
    long serial_ = 1;
};

}  // namespace yuqing::test
