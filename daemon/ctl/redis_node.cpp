#include "redis_node.hpp"

#include "alert/codec/utf8.hpp"

#include <hiredis/hiredis.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <sstream>

namespace yuqing {

namespace {

constexpr timeval usual_patience{3, 0};  // for a connection, and for each answer
constexpr std::size_t refusal_chars_max = 300;

/// hiredis tells the system's word for it.
std::string why_of(const redisContext& context) {
    const bool late = context.err == REDIS_ERR_IO && (errno == EAGAIN || errno == ETIMEDOUT);
    return late ? std::string(RedisNode::silent) : context.errstr;
}

using Reply = std::unique_ptr<redisReply, decltype(&freeReplyObject)>;

RedisNode::Answer answer_of(const redisReply& reply) {
    RedisNode::Answer answer{.integer = reply.integer};
    if (reply.str != nullptr) answer.text.assign(reply.str, reply.len);
    for (std::size_t i = 0; i < reply.elements; ++i) answer.items.push_back(answer_of(*reply.element[i]));
    return answer;
}

}  // namespace

void RedisNode::Free::operator()(redisContext* context) const { redisFree(context); }

alert::Result<RedisNode> RedisNode::connect(const Place& place, const Account& account) {
    Context context(redisConnectWithTimeout(place.host.c_str(), place.port, usual_patience));
    if (!context || context->err != 0)
        return alert::Error{"unreachable", context ? why_of(*context) : "no memory", place.text()};
    redisSetTimeout(context.get(), usual_patience);
    RedisNode node(place, std::move(context));
    if (account.password.empty() && (account.user.empty() || account.user == "default")) return node;
    std::vector<std::string> login{"AUTH"};
    if (!account.user.empty()) login.push_back(account.user);
    login.push_back(account.password);
    if (auto let_in = node.ask(login); !let_in) return let_in.error();
    return node;
}

alert::Result<RedisNode::Answer> RedisNode::ask(const std::vector<std::string>& words) {
    std::vector<const char*> texts;
    std::vector<std::size_t> sizes;
    for (const auto& word : words) {
        texts.push_back(word.data());
        sizes.push_back(word.size());
    }
    const Reply reply(static_cast<redisReply*>(redisCommandArgv(
                          context_.get(), static_cast<int>(words.size()), texts.data(), sizes.data())),
                      &freeReplyObject);
    if (!reply) return alert::Error{"unreachable", why_of(*context_), place_.text()};
    auto answer = answer_of(*reply);
    if (reply->type == REDIS_REPLY_ERROR) return refusal(words, answer.text);
    return answer;
}

alert::Error RedisNode::refusal(const std::vector<std::string>& words, const std::string& said) const {
    const auto why = alert::clean_text(said, refusal_chars_max).text;
    if (why.starts_with("NOAUTH") || why.starts_with("WRONGPASS") || words.front() == "AUTH")
        return {"login", why, place_.text()};
    if (why.starts_with("NOPERM")) return {"right", command_name(words), place_.text()};
    return {"refused", why, place_.text()};
}

std::string RedisNode::command_name(const std::vector<std::string>& words) {
    const bool of_group = words.front() == "CLIENT" || words.front() == "ACL" || words.front() == "SENTINEL";
    std::string name = words.front() + (of_group ? "|" + words.at(1) : "");
    std::transform(name.begin(), name.end(), name.begin(),
                   [](char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); });
    return name;
}

void RedisNode::set_patience(alert::Duration patience) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(patience);
    redisSetTimeout(context_.get(), {seconds.count(), (patience - seconds).count() * 1000});
}

alert::Result<RedisNode::Fields> RedisNode::info(const std::string& section) {
    const auto answer = ask({"INFO", section});
    if (!answer) return answer.error();
    Fields fields;
    std::istringstream lines(answer->text);
    for (std::string line; std::getline(lines, line);) {
        if (line.ends_with('\r')) line.pop_back();
        const auto colon = line.find(':');
        if (colon != line.npos) fields[line.substr(0, colon)] = line.substr(colon + 1);
    }
    return fields;
}

RedisNode::Fields RedisNode::fields_of(const Answer& answer) {
    Fields fields;
    for (std::size_t i = 0; i + 1 < answer.items.size(); i += 2)
        fields[answer.items[i].text] = answer.items[i + 1].text;
    return fields;
}

}  // namespace yuqing
