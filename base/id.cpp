#include "base/id.h"

#include <chrono>
#include <mutex>
#include <random>

namespace base {

// Layout (RFC 9562, 5.7): 48 bits Unix ms | 4 bits version | 12 bits rand_a | 2 bits variant | 62 bits
// rand_b. rand_a counts within a millisecond (method 1), so that ids of one process sort by creation.
Uuid new_uuid() {
    static std::mutex mutex;  // leaf; guards the three statics below
    static std::mt19937_64 random{[] {
        std::random_device device;
        std::seed_seq seed{device(), device(), device(), device()};
        return std::mt19937_64{seed};
    }()};
    static std::uint64_t last_ms = 0;
    static std::uint32_t counter = 0;

    using namespace std::chrono;
    const auto now = duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
    const std::scoped_lock lock{mutex};
    const auto now_ms = static_cast<std::uint64_t>(now);
    if (now_ms > last_ms) {
        last_ms = now_ms;
        counter = 0;
    } else if (++counter > 0xFFF) {  // more than 4096 in a millisecond: borrow from the next one
        ++last_ms;
        counter = 0;
    }
    const std::uint64_t low = random();
    Uuid uuid;
    for (std::size_t i = 0; i < 6; ++i) uuid.bytes[i] = static_cast<std::uint8_t>(last_ms >> (40 - 8 * i));
    uuid.bytes[6] = static_cast<std::uint8_t>(0x70 | (counter >> 8));
    uuid.bytes[7] = static_cast<std::uint8_t>(counter);
    for (std::size_t i = 0; i < 8; ++i) uuid.bytes[8 + i] = static_cast<std::uint8_t>(low >> (56 - 8 * i));
    uuid.bytes[8] = static_cast<std::uint8_t>((uuid.bytes[8] & 0x3F) | 0x80);
    return uuid;
}

std::string to_string(const Uuid& uuid) {
    static constexpr char k_digits[] = "0123456789abcdef";
    std::string text;
    text.reserve(36);
    for (std::size_t i = 0; i < uuid.bytes.size(); ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
        text += k_digits[uuid.bytes[i] >> 4];
        text += k_digits[uuid.bytes[i] & 15];
    }
    return text;
}

static int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

std::optional<Uuid> parse_uuid(std::string_view text) {
    if (text.size() != 36) return std::nullopt;
    Uuid uuid;
    std::size_t digit = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash != (text[i] == '-')) return std::nullopt;
        if (dash) continue;
        const int value = hex_value(text[i]);
        if (value < 0) return std::nullopt;
        auto& byte = uuid.bytes[digit / 2];
        byte = static_cast<std::uint8_t>(byte << 4 | value);
        ++digit;
    }
    return uuid;
}

}  // namespace base
