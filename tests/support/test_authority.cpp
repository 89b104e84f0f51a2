#include "test_authority.hpp"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <cstdlib>
#include <random>
#include <stdexcept>

namespace yuqing::test {

namespace {

template <class T, void (*release)(T*)>
struct Release {
    void operator()(T* held) const { release(held); }
};
using Key = std::unique_ptr<EVP_PKEY, Release<EVP_PKEY, EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Release<X509, X509_free>>;

constexpr long day_seconds = 24 * 60 * 60;

void must(bool worked) {
    if (!worked) throw std::runtime_error("a test certificate cannot be made");
}

void add_extension(X509* certificate, X509* issuer, int kind, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
    must(extension != nullptr && X509_add_ext(certificate, extension, -1) == 1);
    X509_EXTENSION_free(extension);
}

Certificate blank(EVP_PKEY* key, const std::string& name, long serial, int days) {
    Certificate certificate(X509_new());
    must(certificate && X509_set_version(certificate.get(), X509_VERSION_3) == 1);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), serial);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), days < 0 ? 2 * days * day_seconds : -60);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), days * day_seconds);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
    must(X509_set_pubkey(certificate.get(), key) == 1);
    return certificate;
}

void write_certificate(const std::filesystem::path& file, X509* certificate) {
    std::FILE* out = std::fopen(file.c_str(), "w");
    must(out != nullptr && PEM_write_X509(out, certificate) == 1);
    std::fclose(out);
}

void write_key(const std::filesystem::path& file, EVP_PKEY* key) {
    std::FILE* out = std::fopen(file.c_str(), "w");
    must(out != nullptr && PEM_write_PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr) == 1);
    std::fclose(out);
}

}  // namespace

struct TestAuthority::Signer {
    Key key{EVP_EC_gen("P-256")};
    Certificate certificate =
        blank(key.get(), "test authority " + std::to_string(std::random_device{}()), 1, 1);

    void sign(X509* other) const {
        must(X509_set_issuer_name(other, X509_get_subject_name(certificate.get())) == 1 &&
             X509_sign(other, key.get(), EVP_sha256()) != 0);
    }
};

TestAuthority::TestAuthority() : signer_(std::make_unique<Signer>()) {
    std::string pattern = (std::filesystem::temp_directory_path() / "yuqing-ca-XXXXXX").string();
    must(::mkdtemp(pattern.data()) != nullptr);
    folder_ = pattern;
    X509* own = signer_->certificate.get();
    add_extension(own, own, NID_basic_constraints, "critical,CA:TRUE");
    add_extension(own, own, NID_key_usage, "critical,keyCertSign");
    signer_->sign(own);
    write_certificate(ca_file(), own);
}

TestAuthority::~TestAuthority() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
}

CertificateFiles TestAuthority::issue(const std::string& alternative_name, int days) {
    const Key key(EVP_EC_gen("P-256"));
    const auto number = std::to_string(++serial_);
    const auto certificate = blank(key.get(), "test receiver " + number, serial_, days);
    add_extension(certificate.get(), signer_->certificate.get(), NID_subject_alt_name, alternative_name);
    signer_->sign(certificate.get());
    const CertificateFiles files{(folder_ / (number + ".pem")).string(),
                                 (folder_ / (number + ".key")).string()};
    write_certificate(files.certificate_file, certificate.get());
    write_key(files.key_file, key.get());
    return files;
}

}  // namespace yuqing::test
