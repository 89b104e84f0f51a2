#include "scripted_relay.hpp"

#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>

namespace yuqing::test {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

struct ScriptedRelay::Guest {
    explicit Guest(tcp::socket accepted) : socket(std::move(accepted)) {}
    tcp::socket socket;
    std::string input, output;
    std::size_t next = 0;  // of the lines
};

ScriptedRelay::ScriptedRelay(std::vector<std::string> lines, AtLast at_last)
    : lines_(std::move(lines)),
      at_last_(at_last),
      acceptor_(io_, tcp::endpoint(asio::ip::address_v4::loopback(), 0)) {
    accept();
    thread_ = std::thread([this] { io_.run(); });
}

ScriptedRelay::~ScriptedRelay() {
    io_.stop();
    thread_.join();
}

std::string ScriptedRelay::url(const std::string& host) const {
    return "smtp://" + host + ":" + std::to_string(port());
}

std::vector<std::string> ScriptedRelay::told() const {
    const std::lock_guard lock(mutex_);
    return told_;
}

bool ScriptedRelay::wait_for(std::size_t count) const {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(20), [&] { return told_.size() >= count; });
}

void ScriptedRelay::accept() {
    acceptor_.async_accept([this](error_code error, tcp::socket socket) {
        if (error) return;
        serve(std::make_shared<Guest>(std::move(socket)));
        accept();
    });
}

void ScriptedRelay::serve(const std::shared_ptr<Guest>& guest) {
    if (guest->next == lines_.size()) {
        if (at_last_ == AtLast::hang) listen(guest, "never said");  // holds the connection until it is ended
        return;
    }
    guest->output = lines_[guest->next++] + "\r\n";
    asio::async_write(guest->socket, asio::buffer(guest->output),
                      [this, guest](error_code error, std::size_t) {
                          if (!error) listen(guest, guest->output.starts_with("354") ? "\r\n.\r\n" : "\r\n");
                      });
}

void ScriptedRelay::listen(const std::shared_ptr<Guest>& guest, const char* end) {
    asio::async_read_until(guest->socket, asio::dynamic_buffer(guest->input), end,
                           [this, guest](error_code error, std::size_t count) {
                               if (error) return;
                               {
                                   const std::lock_guard lock(mutex_);
                                   told_.push_back(guest->input.substr(0, count));
                               }
                               changed_.notify_all();
                               guest->input.erase(0, count);
                               serve(guest);
                           });
}

}  // namespace yuqing::test
