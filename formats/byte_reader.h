#pragma once
// Reads a file byte by byte through one block, and keeps the bytes of the piece it is told to keep. Under
// json_stream.cpp and xml_stream.cpp.

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"

namespace formats {

constexpr std::size_t k_max_piece_bytes = std::size_t{512} << 20;
constexpr int k_max_nesting = 64;

class ByteReader {
public:
    static constexpr int k_end = -1;

    // `progress` 0…1 of the file, once a block; may be null.
    explicit ByteReader(std::function<void(double)> progress)
        : m_progress{std::move(progress)}, m_block(k_block) {}

    base::Result<void> open(const std::filesystem::path& file) {
        std::error_code error;
        if (std::filesystem::is_directory(file, error) || !std::filesystem::exists(file, error))
            return base::fail(base::ErrorKind::missing, "There is no file here; check the name: {}",
                              file.string());
        m_in.open(file, std::ios::binary);
        if (!m_in)
            return base::fail(base::ErrorKind::io, "The file cannot be opened for reading: {}",
                              file.string());
        m_size = std::filesystem::file_size(file, error);
        if (peek() == 0xEF && m_filled >= 3) m_at += 3;  // the byte order mark
        return {};
    }

    [[nodiscard]] int peek() {
        if (m_at == m_filled) refill();
        return m_at == m_filled ? k_end : static_cast<unsigned char>(m_block[m_at]);
    }
    // Goes past the byte peek() showed.
    void take() {
        if (m_keep) m_piece += m_block[m_at];
        m_line += m_block[m_at] == '\n';
        ++m_at;
    }
    void skip_space() {
        for (int c = peek(); c == ' ' || c == '\n' || c == '\r' || c == '\t'; c = peek()) take();
    }

    // From here on bytes are kept (or not), the piece starting empty.
    void begin_piece(bool keep) {
        m_keep = keep;
        m_piece.clear();
    }
    [[nodiscard]] const std::string& piece() const { return m_piece; }
    [[nodiscard]] bool piece_is_too_large() const { return m_piece.size() > k_max_piece_bytes; }
    [[nodiscard]] std::uint64_t offset() const { return m_offset + m_at; }
    [[nodiscard]] std::int64_t line() const { return m_line; }  // from 1

private:
    static constexpr std::size_t k_block = 1u << 20;

    void refill() {
        m_offset += m_filled;
        m_in.read(m_block.data(), static_cast<std::streamsize>(m_block.size()));
        m_filled = static_cast<std::size_t>(m_in.gcount());
        m_at = 0;
        if (m_progress && m_size > 0 && m_filled > 0)
            m_progress(static_cast<double>(m_offset) / static_cast<double>(m_size));
    }

    const std::function<void(double)> m_progress;
    std::ifstream m_in;
    std::vector<char> m_block;
    std::size_t m_at = 0, m_filled = 0;
    std::uint64_t m_offset = 0, m_size = 0;  // of the block in the file; of the file
    std::int64_t m_line = 1;
    std::string m_piece;
    bool m_keep = false;
};

}  // namespace formats
