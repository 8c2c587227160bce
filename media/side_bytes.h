#pragma once
// Bytes of a side file: written plainly with a digest at the end, and read back believing nothing.

#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

#include "base/digest.h"

namespace media {

class SideBytes {
public:
    template <class T>
        requires std::is_arithmetic_v<T>
    void put(T value) {
        char bytes[sizeof value];
        std::memcpy(bytes, &value, sizeof value);
        m_bytes.append(bytes, sizeof value);
    }
    void put_bytes(std::string_view bytes) { m_bytes += bytes; }
    // All of it, and its SHA-256.
    [[nodiscard]] std::string sealed() && {
        const base::Sha256 digest = base::sha256(std::as_bytes(std::span{m_bytes}));
        m_bytes.append(reinterpret_cast<const char*>(digest.data()), digest.size());
        return std::move(m_bytes);
    }

private:
    std::string m_bytes;
};

class SideReader {
public:
    // Nothing when the digest does not fit: cut short, or changed.
    [[nodiscard]] static std::optional<SideReader> open(std::string_view sealed) {
        constexpr std::size_t k_digest = sizeof(base::Sha256);
        if (sealed.size() < k_digest) return std::nullopt;
        const std::string_view bytes = sealed.substr(0, sealed.size() - k_digest);
        const base::Sha256 digest = base::sha256(std::as_bytes(std::span{bytes}));
        if (std::memcmp(digest.data(), sealed.data() + bytes.size(), k_digest) != 0) return std::nullopt;
        return SideReader{bytes};
    }
    template <class T>
        requires std::is_arithmetic_v<T>
    [[nodiscard]] std::optional<T> take() {
        if (m_rest.size() < sizeof(T)) return std::nullopt;
        T value{};
        std::memcpy(&value, m_rest.data(), sizeof value);
        m_rest.remove_prefix(sizeof value);
        return value;
    }
    [[nodiscard]] std::optional<std::string_view> take_bytes(std::size_t count) {
        if (m_rest.size() < count) return std::nullopt;
        const std::string_view bytes = m_rest.substr(0, count);
        m_rest.remove_prefix(count);
        return bytes;
    }
    [[nodiscard]] bool at_end() const { return m_rest.empty(); }

private:
    explicit SideReader(std::string_view bytes) : m_rest{bytes} {}
    std::string_view m_rest;
};

}  // namespace media
