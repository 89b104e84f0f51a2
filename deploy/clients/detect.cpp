// 舆情上报，C++ / Reports a matter. Debian: g++ libboost-json1.81-dev cppzmq-dev.
//   g++ -std=c++20 detect.cpp -lzmq -lboost_json -o detect && ./detect 标题 编号 [发现时间 / detected at]
// 重新运行时给同样的时间，编号和内容都不变 / run again, give the same time: neither id nor content may change.
#include <boost/json.hpp>
#include <zmq.hpp>

#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iostream>
#include <thread>

std::string key_in(const char* variable) {
    std::string key;
    if (const char* file = std::getenv(variable)) std::ifstream(file) >> key;
    return key;
}

int main(int argc, char** argv) {
    if (argc < 3) return 2;
    const char* named = std::getenv("YUQING_ENDPOINT");
    char now[32];
    const auto seconds = ::time(nullptr);
    std::strftime(now, sizeof now, "%FT%TZ", std::gmtime(&seconds));
    const char* found = argc > 3 ? argv[3] : now;
    const boost::json::value event{{"specversion", "1.0"}, {"source", "monitor/cpp"},
                                   {"id", argv[2]},        {"type", "opinion.detected"},
                                   {"time", found},        {"data", {{"title", argv[1]}}}};
    // 从别的机器 / from another machine: CURVE
    const auto secret = key_in("YUQING_KEY_FILE"), server = key_in("YUQING_SERVER_KEY_FILE");
    char own[41] = "";
    if (!secret.empty()) zmq_curve_public(own, secret.c_str());
    zmq::context_t context;
    for (;;) {  // 没有答复就重发，编号不变 / no answer: the same again, it stays one matter
        zmq::socket_t socket(context, ZMQ_REQ);
        socket.set(zmq::sockopt::linger, 0);
        socket.set(zmq::sockopt::rcvtimeo, 5000);
        if (!secret.empty()) {
            socket.set(zmq::sockopt::curve_publickey, own);
            socket.set(zmq::sockopt::curve_secretkey, secret);
            socket.set(zmq::sockopt::curve_serverkey, server);
        }
        socket.connect(named ? named : "tcp://127.0.0.1:5570");
        socket.send(zmq::buffer(boost::json::serialize(event)), zmq::send_flags::none);
        zmq::message_t answer;
        if (!socket.recv(answer)) continue;
        std::cout << answer.to_string_view() << '\n';
        const auto status = boost::json::parse(answer.to_string_view()).at("status");
        if (status != "retry") return status == "rejected" ? 1 : 0;
        std::this_thread::sleep_for(std::chrono::seconds(1));
    }
}
