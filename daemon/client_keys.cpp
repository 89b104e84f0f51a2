#include "client_keys.hpp"

namespace yuqing {

ClientKeys::ClientKeys(const std::vector<alert::CurveClient>& clients) {
    for (const auto& client : clients) clients_.emplace(client.key, client);
}

alert::Result<alert::Via> ClientKeys::find(const std::string& key, alert::TimePoint now) const {
    const auto at = clients_.find(key);
    if (at == clients_.end())
        return alert::Error{
            "unknown_key", "this client's key is not known; the administrator puts it into clients.yaml", ""};
    const auto& client = at->second;
    if (client.expires && *client.expires <= now)
        return alert::Error{
            "expired_key", "this client's key has expired; the administrator moves `expires` in clients.yaml",
            ""};
    return alert::Via{.door = "zmq", .client = client.name, .role = client.role};
}

}  // namespace yuqing
