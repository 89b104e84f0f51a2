// keygen: a new key as the configuration wants it. In a file only its owner and the group of the folder can
// read it; a file that is there already stays, for a key that is lost cannot be made again.
#include "client.hpp"
#include "commands.hpp"
#include "text.hpp"

#include "alert/codec/base64.hpp"

#include <openssl/rand.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <iostream>
#include <memory>
#include <system_error>

namespace yuqing {

namespace {

constexpr std::size_t key_bytes = 32;

struct Kind {
    const char *name, *prefix, *key;
    Said then;
};

const Kind kinds[] = {
    {"webhook",
     "whsec_",
     "channels.*.secret_file",
     {"同一内容配到接收方；更换时新的写在旧的上一行",
      "give the same to the receiver's side; to change it "
      "write the new one above the old one"}},
    {"link",
     "",
     "http.link_key_file",
     {"更换后此前发出的链接全部失效", "changing it ends every link sent before"}},
    {"audit",
     "",
     "audit.key_file",
     {"请在别处另存一份；更换后此前的记录将显示为被改动",
      "keep a copy elsewhere; under another key what was "
      "recorded before is shown as changed"}},
};

std::string new_key() {
    std::string bytes(key_bytes, '\0');
    if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(bytes.size())) != 1)
        throw std::runtime_error("the machine gives no random numbers");
    return alert::base64_of(bytes);
}

[[noreturn]] void refuse(const std::string& file, const std::string& why) {
    std::cerr << "yuqingctl: " << safe_text(file) << ": " << why << '\n';
    finish(Exit::refused);
}

/// The group of the folder may read it: in /etc/yuqingd/secrets that is the daemon's.
void write_new(const std::string& file, const std::string& text, Language language) {
    const int out = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (out < 0 && errno == EEXIST)
        refuse(file, language == Language::zh
                         ? "已存在，未改动；要更换请先移走旧的"
                         : "it is there already and stays; move it away to make another");
    if (out < 0) refuse(file, std::generic_category().message(errno));
    auto folder = std::filesystem::path(file).parent_path();
    if (folder.empty()) folder = ".";
    struct stat status {};
    const bool grouped = ::stat(folder.c_str(), &status) == 0 &&
                         ::fchown(out, static_cast<uid_t>(-1), status.st_gid) == 0 &&
                         ::fchmod(out, 0640) == 0;
    const auto written = ::write(out, text.data(), text.size());
    const bool whole = written == static_cast<ssize_t>(text.size()) && ::fsync(out) == 0;
    ::close(out);
    if (!whole) {
        ::unlink(file.c_str());
        refuse(file, language == Language::zh ? "写不进去" : "cannot be written");
    }
    if (!grouped)
        std::cerr << "yuqingctl: " << safe_text(file)
                  << (language == Language::zh ? "：只有属主可读\n" : ": its owner alone can read it\n");
}

void make(const std::string& name, const std::string& file, Language language) {
    for (const auto& kind : kinds) {
        if (kind.name != name) continue;
        const auto text = kind.prefix + new_key() + "\n";
        if (file.empty()) {
            std::cout << text;
        } else {
            write_new(file, text, language);
        }
        const bool zh = language == Language::zh;
        std::cerr << (zh ? "用于 yuqingd.yaml 的 " : "for yuqingd.yaml: ") << kind.key << (zh ? "；" : "; ")
                  << kind.then.in(language) << '\n';
    }
}

}  // namespace

void add_keygen(CommandLine& line) {
    auto kind = std::make_shared<std::string>();
    auto file = std::make_shared<std::string>();
    auto language = std::make_shared<Language>(Language::zh);
    auto command = line.command("keygen", "生成密钥 (make a key)");
    command
        .option("KIND", *kind,
                "webhook 签名, link 消息链接, audit 留痕 (what signs webhooks, links, the record)")
        .required()
        .check(one_of({"webhook", "link", "audit"}));
    command.option("--out", *file, "写入新文件，不覆盖；不写则显示 (into a new file; without it is printed)")
        .offer({Offered::Kind::files});
    add_language(command, *language);
    command.run([kind, file, language] { make(*kind, *file, *language); });
}

}  // namespace yuqing
