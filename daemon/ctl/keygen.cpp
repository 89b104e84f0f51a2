// keygen: a new key as the configuration wants it, printed or in a file.
#include "client.hpp"
#include "commands.hpp"
#include "curve_keys.hpp"
#include "secret_file.hpp"
#include "text.hpp"

#include "alert/codec/base64.hpp"

#include <openssl/rand.h>

#include <iostream>
#include <memory>
#include <stdexcept>

namespace yuqing {

namespace {

constexpr std::size_t key_bytes = 32;

struct KeyKind {
    const char *name, *prefix, *key;
    Said then;
};

const KeyKind kinds[] = {
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

/// Two halves: the secret one stays where it is, the other side gets the public one.
void make_curve(const std::string& file, Language language) {
    const bool zh = language == Language::zh;
    const auto pair = new_curve_pair();
    if (file.empty()) {
        std::cout << "secret " << pair.secret << "\npublic " << pair.own_public << '\n';
    } else {
        const auto other = file + ".pub";
        require_absent(file, language);
        write_secret_file(other, pair.own_public + "\n", Readers::everybody, language);
        write_secret_file(file, pair.secret + "\n", Readers::group_of_folder, language);
        std::cerr << (zh ? "公钥在 " : "its public half is in ") << safe_text(other) << '\n';
    }
    std::cerr
        << (zh ? "守护进程：yuqingd.yaml 的 ingest.curve.secret_key_file，公钥发给各客户端；\n"
                 "客户端：send --key-file，公钥由管理员登记到 clients.yaml 的 clients: 之下：\n"
               : "the daemon's: ingest.curve.secret_key_file of yuqingd.yaml, its public half goes to the "
                 "clients;\na client's: send --key-file, its public half goes under clients: in "
                 "clients.yaml:\n")
        << "  - {name: " << (zh ? "名称" : "NAME") << ", role: monitor, key: \"" << pair.own_public
        << "\"}\n";
}

}  // namespace

void add_keygen(CommandLine& line) {
    auto kind = std::make_shared<std::string>();
    auto file = std::make_shared<std::string>();
    auto language = std::make_shared<Language>(Language::zh);
    auto command = line.command("keygen", "生成密钥 (make a key)");
    command
        .option(
            "KIND", *kind,
            "webhook 签名, link 消息链接, audit 留痕, curve 接入 (what signs webhooks, links, the record; "
            "the two halves of a key for ZeroMQ)")
        .required()
        .check(one_of({"webhook", "link", "audit", "curve"}));
    command.option("--out", *file, "写入新文件，不覆盖；不写则显示 (into a new file; without it is printed)")
        .offer({Offered::Kind::files});
    add_language(command, *language);
    command.run([kind, file, language] {
        if (*kind == "curve") return make_curve(*file, *language);
        make(*kind, *file, *language);
    });
}

}  // namespace yuqing
