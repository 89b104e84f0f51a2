#include "redis_node.hpp"

#include <hiredis/hiredis.h>

#include <sstream>

namespace yuqing {

namespace {

constexpr timeval usual_patience{3, 0};  // for a connection, and for each answer

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
        return alert::Error{"unreachable", context ? context->errstr : "no memory", place.text()};
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
    if (!reply) return alert::Error{"unreachable", context_->errstr, place_.text()};
    auto answer = answer_of(*reply);
    if (reply->type == REDIS_REPLY_ERROR) return alert::Error{"refused", answer.text, place_.text()};
    return answer;
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
