#pragma once
// UUIDv7 (RFC 9562) identities and the strong id types made of them.

#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace base {

struct Uuid {
    std::array<std::uint8_t, 16> bytes{};
    auto operator<=>(const Uuid&) const = default;
    [[nodiscard]] bool is_nil() const { return *this == Uuid{}; }
};

// A new UUIDv7: 48 bits of Unix milliseconds, then a counter and random bits; ids made by one process sort in
// the order they were made. Thread-safe.
[[nodiscard]] Uuid new_uuid();
[[nodiscard]] std::string to_string(const Uuid& uuid);  // 8-4-4-4-12, lower case
[[nodiscard]] std::optional<Uuid> parse_uuid(std::string_view text);

// Id<struct TrackTag> and Id<struct AssetTag> do not mix.
template <class Tag>
struct Id {
    Uuid uuid;
    auto operator<=>(const Id&) const = default;
    [[nodiscard]] bool is_nil() const { return uuid.is_nil(); }
    [[nodiscard]] static Id make() { return Id{new_uuid()}; }
};

}  // namespace base

template <>
struct std::hash<base::Uuid> {
    std::size_t operator()(const base::Uuid& uuid) const noexcept {
        std::uint64_t low = 0;  // the random half of a UUIDv7
        std::memcpy(&low, uuid.bytes.data() + 8, sizeof low);
        return static_cast<std::size_t>(low * 0x9E3779B97F4A7C15ull);
    }
};

template <class Tag>
struct std::hash<base::Id<Tag>> {
    std::size_t operator()(const base::Id<Tag>& id) const noexcept {
        return std::hash<base::Uuid>{}(id.uuid);
    }
};
