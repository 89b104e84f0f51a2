// keygen: a new key as the configuration wants it, printed or in a file.
#include "client.hpp"
#include "commands.hpp"
#include "secret_file.hpp"

#include "alert/codec/base64.hpp"

#include <openssl/rand.h>

#include <iostream>
#include <memory>
#include <stdexcept>

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

void make(const std::string& name, const std::string& file, Language language) {
    for (const auto& kind : kinds) {
        if (kind.name != name) continue;
        const auto text = kind.prefix + new_key() + "\n";
        if (file.empty()) {
            std::cout << text;
        } else {
            write_secret_file(file, text, Readers::group_of_folder, language);
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
