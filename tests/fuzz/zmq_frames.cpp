// Each line of the input is a frame of one message to a real door: every frame gets one answer, in its
// place, and the message behind it is answered after it.
#include "fuzz/demand.hpp"

#include "alert/codec/event_json.hpp"
#include "support/loop.hpp"
#include "zmq_door.hpp"

#include <zmq.hpp>

#include <unistd.h>

#include <algorithm>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace {

using fuzz::demand;

constexpr std::size_t frames_max = 8;  // few, so that the limit is met
const std::string last_words = "the next message";

std::string answer_to(std::string_view bytes) {
    const auto decoded = alert::decode_event(bytes);
    alert::Answer answer;
    answer.status = alert::Answer::Status::rejected;
    answer.id = decoded.id;
    answer.source = decoded.source;
    if (!decoded.event) answer.error = decoded.event.error();
    return std::string(bytes.substr(0, 40)) + alert::encode_answer(answer, alert::Zone::utc());
}

/// A door whose events are decided in the reverse of their order.
struct Scene {
    Scene() {
        yuqing::ZmqDoor::Options options;
        options.binds = {"ipc://@yuqing-fuzz-" + std::to_string(::getpid())};
        options.batch_frames_max = frames_max;
        door = std::make_unique<yuqing::ZmqDoor>(
            io, options, [this](std::string bytes, const std::string&, yuqing::ZmqDoor::Done done) {
                asked.emplace_back(std::move(bytes), std::move(done));
            });
        client.set(zmq::sockopt::linger, 0);
        client.connect(options.binds.front());
    }

    void send(const std::vector<std::string>& frames) {
        for (std::size_t i = 0; i < frames.size(); ++i)
            client.send(zmq::buffer(frames[i]),
                        i + 1 < frames.size() ? zmq::send_flags::sndmore : zmq::send_flags::none);
    }

    std::vector<std::string> receive() {
        std::vector<std::string> frames;
        zmq::message_t part;
        const auto end = std::chrono::steady_clock::now() + yuqing::test::patience;
        while (!yuqing::receive_waiting(client, part)) {
            demand(std::chrono::steady_clock::now() < end, "a message is not answered");
            io.poll();
            decide();
            std::this_thread::yield();
        }
        frames.push_back(part.to_string());
        while (part.more()) {
            demand(yuqing::receive_waiting(client, part), "an answer is torn");
            frames.push_back(part.to_string());
        }
        return frames;
    }

    void decide() {
        auto waiting = std::exchange(asked, {});
        std::reverse(waiting.begin(), waiting.end());
        for (auto& [bytes, done] : waiting) done(answer_to(bytes));
    }

    boost::asio::io_context io;
    zmq::context_t context{1};
    zmq::socket_t client{context, zmq::socket_type::dealer};
    std::vector<std::pair<std::string, yuqing::ZmqDoor::Done>> asked;
    std::unique_ptr<yuqing::ZmqDoor> door;
};

void check_answers(std::vector<std::string> frames, const std::vector<std::string>& answers) {
    demand(answers.size() == frames.size(), "there are not as many answers as frames");
    const bool delimited = frames.size() > 1 && frames.front().empty();
    if (delimited) demand(answers.front().empty(), "the delimiter is not given back");
    const std::size_t first = delimited ? 1 : 0;
    const bool too_many = frames.size() - first > frames_max;
    for (std::size_t i = first; i < frames.size(); ++i) {
        const bool right =
            too_many ? answers[i].find("too_large") != std::string::npos : answers[i] == answer_to(frames[i]);
        demand(right, "an answer stands in the wrong place");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static Scene scene;
    std::string_view rest = fuzz::text(data, size);
    std::vector<std::string> frames;
    do frames.emplace_back(fuzz::take_until(rest, '\n'));
    while (!rest.empty());
    scene.send(frames);
    scene.send({last_words});
    check_answers(frames, scene.receive());
    demand(scene.receive() == std::vector{answer_to(last_words)}, "the next message is not answered next");
    demand(scene.door->in_flight() == 0, "something is held after all is answered");
    return 0;
}
