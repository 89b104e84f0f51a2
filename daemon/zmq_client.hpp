// A client of the ZeroMQ door, and the messages of it that are being answered.
#pragma once

#include "zmq_stream.hpp"

#include <boost/container/small_vector.hpp>

#include <deque>
#include <memory>
#include <string>

namespace yuqing {

struct ZmqClient;

/// One message that is being answered.
struct ZmqMessage {
    std::shared_ptr<ZmqClient> client;
    boost::container::small_vector<std::string, 1> answers;  // by frame; empty when too_many
    std::size_t frames = 0;
    std::size_t missing = 0;  // events not yet decided
    bool delimiter = false;   // the client is a REQ
    bool too_many = false;    // every frame gets the same refusal

    [[nodiscard]] std::size_t bytes() const {
        constexpr std::size_t held_overhead_bytes = 128;  // of a message, besides its answers
        std::size_t sum = held_overhead_bytes;
        for (const auto& answer : answers) sum += answer.size();
        return sum;
    }
};

struct ZmqClient {
    ZmqSender who;
    std::deque<std::shared_ptr<ZmqMessage>> order;  // as they were read
    std::deque<std::shared_ptr<ZmqMessage>> held;   // decided, but the client does not read
    std::size_t held_bytes = 0;
    bool ready = false;  // stands in ready_
};

}  // namespace yuqing
