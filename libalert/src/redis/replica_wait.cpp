#include "replica_wait.hpp"

#include <boost/asio/post.hpp>

namespace alert::redis {

Command wait_command(const ReplicaRule& rule) {
    Command wait("WAIT");
    wait.add(static_cast<std::int64_t>(rule.replicas)).add(rule.timeout.count());
    return wait;
}

std::string judge_wait(const ReplicaRule& rule, const Reply& reply) {
    if (reply.is_error()) return reply.text;
    if (reply.integer >= static_cast<std::int64_t>(rule.replicas)) return {};
    return "too few replicas have what was written: " + std::to_string(reply.integer) + "/" +
           std::to_string(rule.replicas) + ", " + std::to_string(rule.timeout.count()) + " ms";
}

/// Asked in the next turn of the loop: what was answered in this one is held together.
void ReplicaWait::hold(Then then) {
    held_.push_back(std::move(then));
    if (std::exchange(asking_, true)) return;
    boost::asio::post(io_, [self = shared_from_this()] { self->ask(); });
}

void ReplicaWait::ask() {
    auto asked = std::exchange(held_, {});
    if (asked.empty()) {
        asking_ = false;
        return;
    }
    link_->send(wait_command(rule_).bytes(),
                [self = shared_from_this(), asked = std::move(asked)](const Reply& reply) {
                    const auto refusal = judge_wait(self->rule_, reply);
                    for (const auto& then : asked) then(reply, refusal);
                    self->ask();
                });
}

}  // namespace alert::redis
