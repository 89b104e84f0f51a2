#include "zmq_stream.hpp"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace yuqing {

namespace {

constexpr const char* user_id = "User-Id";     // what the ZapHandler said the client is called
constexpr const char* zap_domain = "yuqingd";  // any: without one libzmq asks nobody
// ZMQ_ZAP_ENFORCE_DOMAIN, which the header calls a draft: nobody comes in when nobody answers for them.
constexpr int zap_enforce_domain = 93;
constexpr std::int64_t curve_bytes_more = 33;  // the name, nonce, code and flags of a CurveZMQ MESSAGE
constexpr int backlog = 128;                   // what the kernel holds before libzmq takes it
constexpr mode_t ipc_umask = 0117;             // ipc sockets are rw-rw----

[[noreturn]] void refuse(const std::string& endpoint, const std::string& why) {
    throw std::runtime_error("ingest.bind: cannot bind " + endpoint + ": " + why);
}

/// Whose key a frame came under. Of a frame that came from the wire: the routing id, which libzmq puts in
/// front, says so only when nobody had asked for ZMQ_EVENTS before.
std::string key_of(zmq::message_t& frame) {
    const char* key = zmq_msg_gets(frame.handle(), user_id);
    return key == nullptr ? "" : key;
}

/// libzmq itself would remove whatever lies at the path, the socket of a running daemon too.
void remove_stale_socket(const std::string& endpoint, const std::string& path) {
    struct stat status {};
    if (::lstat(path.c_str(), &status) != 0) return;
    if (!S_ISSOCK(status.st_mode)) refuse(endpoint, "the path exists and is not a socket");

    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) refuse(endpoint, "the path is too long");
    std::memcpy(address.sun_path, path.data(), path.size());
    const int probe = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (probe < 0) refuse(endpoint, std::strerror(errno));
    const bool answered =
        ::connect(probe, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 || errno == EAGAIN;
    ::close(probe);
    if (answered) refuse(endpoint, "another process listens there");
    if (::unlink(path.c_str()) != 0) refuse(endpoint, std::strerror(errno));
}

class Umask {
public:
    explicit Umask(mode_t mask) : before_(::umask(mask)) {}
    ~Umask() { ::umask(before_); }
    Umask(const Umask&) = delete;
    Umask& operator=(const Umask&) = delete;

private:
    mode_t before_;
};

}  // namespace

ZmqStream::ZmqStream(boost::asio::io_context& context, zmq::context_t& zmq, const RouterOptions& options,
                     std::function<void()> turn)
    : socket_(context, zmq, zmq::socket_type::router, std::move(turn)) {
    const bool keyed = !options.curve_secret_key.empty();
    socket_->set(zmq::sockopt::maxmsgsize, options.frame_bytes_max + (keyed ? curve_bytes_more : 0));
    socket_->set(zmq::sockopt::rcvhwm, options.receive_messages_max);
    socket_->set(zmq::sockopt::sndhwm, options.send_messages_max);
    socket_->set(zmq::sockopt::router_mandatory, true);  // else a slow client's answers vanish
    socket_->set(zmq::sockopt::router_handover, true);   // else a quick reconnect is ignored
    socket_->set(zmq::sockopt::tcp_keepalive, 1);
    if (keyed) demand_keys(options.curve_secret_key);
    if (options.connections) limit_connections(context, zmq, options);
    for (const auto& endpoint : options.binds) bind(endpoint);
    socket_.start();
}

ZmqStream::~ZmqStream() { close(std::chrono::milliseconds(0)); }

/// Before anything is bound: the gate hears of every listener.
void ZmqStream::limit_connections(boost::asio::io_context& context, zmq::context_t& zmq,
                                  const RouterOptions& options) {
    const auto millis = [](std::chrono::milliseconds duration) { return static_cast<int>(duration.count()); };
    socket_->set(zmq::sockopt::handshake_ivl, millis(options.connections->handshake_within));
    socket_->set(zmq::sockopt::backlog, backlog);
    if (options.heartbeat.count() > 0) {
        socket_->set(zmq::sockopt::heartbeat_ivl, millis(options.heartbeat));
        socket_->set(zmq::sockopt::heartbeat_timeout, millis(options.heartbeat * 2));
        socket_->set(zmq::sockopt::heartbeat_ttl, millis(options.heartbeat * 3));
    }
    gate_.emplace(context, zmq, *socket_, *options.connections, options.told);
}

void ZmqStream::demand_keys(const std::string& secret_key) {
    socket_->set(zmq::sockopt::curve_server, true);
    socket_->set(zmq::sockopt::curve_secretkey, secret_key);
    socket_->set(zmq::sockopt::zap_domain, std::string(zap_domain));
    const int enforce = 1;
    if (zmq_setsockopt(socket_->handle(), zap_enforce_domain, &enforce, sizeof enforce) != 0)
        throw std::runtime_error("ingest.curve: this libzmq would let unknown keys in");
}

void ZmqStream::bind(const std::string& endpoint) {
    constexpr std::string_view ipc = "ipc://";
    const bool has_path = endpoint.starts_with(ipc) && !endpoint.starts_with("ipc://@");
    if (has_path) remove_stale_socket(endpoint, endpoint.substr(ipc.size()));
    socket_->set(zmq::sockopt::ipv6, endpoint.find('[') != std::string::npos);
    try {
        const Umask umask(ipc_umask);
        socket_->bind(endpoint);
    } catch (const zmq::error_t& error) {
        refuse(endpoint, error.what());
    }
    endpoints_.push_back(socket_->get(zmq::sockopt::last_endpoint));
    if (has_path) ipc_paths_.push_back(endpoint.substr(ipc.size()));
}

std::size_t ZmqStream::receive(ZmqSender& sender, std::vector<zmq::message_t>& frames,
                               std::size_t frames_max) {
    frames.clear();
    zmq::message_t part;
    const auto take = [&] { return receive_waiting(*socket_, part); };
    if (!take()) return 0;
    sender.routing_id.assign(static_cast<const char*>(part.data()), part.size());
    sender.key.clear();
    std::size_t count = 0;
    bool more = part.more();
    while (more && take()) {
        more = part.more();  // asked before the move, which forgets it
        if (++count == 1) sender.key = key_of(part);
        if (count <= frames_max) frames.push_back(std::move(part));
    }
    return count;
}

ZmqStream::Sent ZmqStream::begin(std::string_view routing_id) {
    const int rc = uninterrupted([&] {
        return zmq_send(socket_->handle(), routing_id.data(), routing_id.size(), ZMQ_DONTWAIT | ZMQ_SNDMORE);
    });
    if (rc >= 0) return Sent::yes;
    return zmq_errno() == EAGAIN ? Sent::full : Sent::gone;
}

// libzmq checks for room at the routing id only. Should the client go in the middle of a message, the
// rest is swallowed by the socket; the answer is lost, which is harmless.
void ZmqStream::frame(std::string_view bytes, bool last) {
    const int how = ZMQ_DONTWAIT | (last ? 0 : ZMQ_SNDMORE);
    uninterrupted([&] { return zmq_send(socket_->handle(), bytes.data(), bytes.size(), how); });
}

void ZmqStream::constant_frame(std::string_view bytes, bool last) {
    const int how = ZMQ_DONTWAIT | (last ? 0 : ZMQ_SNDMORE);
    uninterrupted([&] { return zmq_send_const(socket_->handle(), bytes.data(), bytes.size(), how); });
}

void ZmqStream::close(std::chrono::milliseconds linger) {
    if (!socket_.open()) return;
    gate_.reset();
    // Nobody else can have bound there while this socket listened.
    for (const auto& path : ipc_paths_) ::unlink(path.c_str());
    socket_.close(linger);
}

}  // namespace yuqing
