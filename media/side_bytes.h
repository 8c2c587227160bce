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
    void reserve(std::size_t bytes) { m_bytes.reserve(bytes); }
    template <class T>
        requires std::is_arithmetic_v<T>
    void put(T value) {
        char bytes[sizeof value];
        std::memcpy(bytes, &value, sizeof value);
        m_bytes.append(bytes, sizeof value);
    }
    void put_bytes(std::string_view bytes) { m_bytes += bytes; }
    // All of it, and its XXH3-64: it tells damage, not forgery.
    [[nodiscard]] std::string sealed() && {
        put(base::hash64(std::as_bytes(std::span{m_bytes})));
        return std::move(m_bytes);
    }

private:
    std::string m_bytes;
};

class SideReader {
public:
    // Nothing when the digest does not fit: cut short, or changed.
    [[nodiscard]] static std::optional<SideReader> open(std::string_view sealed) {
        std::uint64_t digest = 0;
        if (sealed.size() < sizeof digest) return std::nullopt;
        const std::string_view bytes = sealed.substr(0, sealed.size() - sizeof digest);
        std::memcpy(&digest, sealed.data() + bytes.size(), sizeof digest);
        if (digest != base::hash64(std::as_bytes(std::span{bytes}))) return std::nullopt;
        return SideReader{bytes};
    }
    template <class T>
        requires std::is_arithmetic_v<T>
    [[nodiscard]] std::optional<T> take() {
        const auto bytes = take_bytes(sizeof(T));
        if (!bytes) return std::nullopt;
        T value{};
        std::memcpy(&value, bytes->data(), sizeof value);
        return value;
    }
    // As take(), for fields in a row: 0 beyond the end, which read_whole() then tells.
    template <class T>
    void take(T& value) {
        value = take<T>().value_or(T{});
    }
    [[nodiscard]] std::optional<std::string_view> take_bytes(std::size_t count) {
        if (m_rest.size() < count) {
            m_short = true;
            return std::nullopt;
        }
        const std::string_view bytes = m_rest.substr(0, count);
        m_rest.remove_prefix(count);
        return bytes;
    }
    [[nodiscard]] std::size_t left() const { return m_rest.size(); }
    // Nothing is left, and nothing was missing.
    [[nodiscard]] bool read_whole() const { return m_rest.empty() && !m_short; }

private:
    explicit SideReader(std::string_view bytes) : m_rest{bytes} {}
    std::string_view m_rest;
    bool m_short = false;
};

}  // namespace media
