// The ports' calls as the contract tests use them: asked, waited for, unpacked.
#pragma once

#include "contract/builders.hpp"
#include "contract/worlds.hpp"

namespace contract {

using Kind = alert::CommitOutcome::Kind;

template <class World>
Kind commit(World& world, alert::Transition transition) {
    const auto shared = std::make_shared<const alert::Transition>(std::move(transition));
    const auto outcome = answer_of<alert::CommitOutcome>(
        world, [&](auto done) { world.store().commit(shared, std::move(done)); });
    REQUIRE(outcome.has_value());
    return outcome->kind;
}

template <class World>
alert::CaseAnswer load(World& world, const std::string& id, std::vector<alert::EventKey> events = {}) {
    const auto answer = answer_of<alert::CaseAnswer>(world, [&](auto done) {
        world.store().load({alert::CaseId(id), std::move(events)}, std::move(done));
    });
    REQUIRE(answer.has_value());
    return *answer;
}

template <class World>
std::optional<alert::CaseId> holder_of(World& world, const std::string& matter_key) {
    const auto held = answer_of<std::optional<alert::CaseId>>(
        world, [&](auto done) { world.store().find_matter(matter_key, std::move(done)); });
    REQUIRE(held.has_value());
    return *held;
}

template <class World>
alert::Claim claim(World& world, alert::TimePoint until, std::size_t limit = 100,
                   alert::Duration held = lease) {
    const auto claimed = answer_of<alert::Claim>(
        world, [&](auto done) { world.store().claim_due(until, limit, held, std::move(done)); });
    REQUIRE(claimed.has_value());
    return *claimed;
}

template <class World>
alert::OutboxClaim claim_messages(World& world, alert::TimePoint until, std::size_t limit = 100,
                                  alert::Duration held = lease, const alert::ChannelId& channel = duty) {
    const auto claimed = answer_of<alert::OutboxClaim>(
        world, [&](auto done) { world.outbox().claim(channel, until, limit, held, std::move(done)); });
    REQUIRE(claimed.has_value());
    return *claimed;
}

template <class World>
alert::OutboxClaim claim_parcel(World& world, const alert::UrlLimit& url, std::size_t limit = 100,
                                const alert::ChannelId& channel = duty) {
    const auto claimed = answer_of<alert::OutboxClaim>(
        world, [&](auto done) { world.outbox().claim_parcel(channel, url, limit, lease, std::move(done)); });
    REQUIRE(claimed.has_value());
    return *claimed;
}

template <class World>
void settle(World& world, alert::Settlement settlement) {
    REQUIRE(answer_of<std::monostate>(world, [&](auto done) {
                world.outbox().settle(std::move(settlement), std::move(done));
            }).has_value());
}

/// The ids of what a claim gave, in its order.
inline std::vector<std::string> ids(const alert::Claim& claim) {
    std::vector<std::string> all;
    for (const auto& stored : claim.cases) all.push_back(stored.snapshot.id.value);
    return all;
}
inline std::vector<std::string> ids(const alert::OutboxClaim& claim) {
    std::vector<std::string> all;
    for (const auto& item : claim.items) all.push_back(item.notification.id.value);
    return all;
}

using Ids = std::vector<std::string>;

/// Claims again and again until something is given, letting time pass in between.
template <class World, class Claiming>
auto claim_in_time(World& world, Claiming claiming) {
    auto claimed = claiming();
    for (int i = 0; i < 2000 && ids(claimed).empty(); ++i) {
        world.pass(5ms);
        claimed = claiming();
    }
    return claimed;
}

}  // namespace contract
