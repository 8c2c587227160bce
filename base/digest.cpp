#include "base/digest.h"

#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>
#include <vector>

#include <sha256.h>
#include <xxhash.h>

#include "base/file_sequence.h"

namespace base {

Sha256 sha256(std::span<const std::byte> bytes) {
    SHA2_CTX context;
    SHA256Init(&context);
    SHA256Update(&context, reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
    Sha256 digest;
    SHA256Final(digest.data(), &context);
    return digest;
}

std::string to_hex(std::span<const std::uint8_t> bytes) {
    static constexpr char k_digits[] = "0123456789abcdef";
    std::string text;
    text.reserve(bytes.size() * 2);
    for (const std::uint8_t byte : bytes) {
        text += k_digits[byte >> 4];
        text += k_digits[byte & 15];
    }
    return text;
}

std::optional<Sha256> sha256_from_hex(std::string_view text) {
    Sha256 digest{};
    if (text.size() != 2 * digest.size()) return std::nullopt;
    for (std::size_t i = 0; i < digest.size(); ++i) {
        const auto [end, error] = std::from_chars(&text[2 * i], &text[2 * i] + 2, digest[i], 16);
        if (error != std::errc{} || end != &text[2 * i] + 2) return std::nullopt;
    }
    return digest;
}

std::uint64_t hash64(std::span<const std::byte> bytes, std::uint64_t seed) {
    return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
}

// Of the first, the middle and the last file, and of how many there are.
static Result<std::string> fingerprint_of(const FileSequence& sequence) {
    std::string together = std::to_string(sequence.count);
    for (const std::int64_t at : {std::int64_t{0}, sequence.count / 2, sequence.count - 1}) {
        const auto one = fingerprint(sequence.file(sequence.first + at));
        if (!one) return one;
        together += *one;
    }
    XXH128_canonical_t canonical;
    XXH128_canonicalFromHash(&canonical, XXH3_128bits(together.data(), together.size()));
    return to_hex(canonical.digest);
}

Result<std::string> fingerprint(const std::filesystem::path& file) {
    if (const auto sequence = find_sequence(file)) return fingerprint_of(*sequence);
    constexpr std::uint64_t k_block = 64 << 10;
    std::error_code error;
    const std::uint64_t size = std::filesystem::file_size(file, error);
    if (error)
        return fail(ErrorKind::missing, "This file cannot be read ({}): {}", error.message(), file.string());
    std::ifstream in{file, std::ios::binary};
    if (!in)
        return fail(ErrorKind::io, "This file cannot be opened ({}): {}", std::strerror(errno),
                    file.string());

    std::vector<char> bytes(3 * k_block + sizeof size);
    std::memcpy(bytes.data(), &size, sizeof size);
    std::size_t used = sizeof size;
    const std::uint64_t last = size > k_block ? size - k_block : 0;
    for (const std::uint64_t offset : {std::uint64_t{0}, last / 2, last}) {
        in.clear();
        in.seekg(static_cast<std::streamoff>(offset));
        in.read(bytes.data() + used, static_cast<std::streamsize>(std::min(k_block, size - offset)));
        if (in.bad())
            return fail(ErrorKind::io, "This file cannot be read to its end; check the disk: {}",
                        file.string());
        used += static_cast<std::size_t>(in.gcount());
    }
    XXH128_canonical_t canonical;
    XXH128_canonicalFromHash(&canonical, XXH3_128bits(bytes.data(), used));
    return to_hex(canonical.digest);
}

}  // namespace base
