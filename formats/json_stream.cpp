#include "formats/json_stream.h"

#include <fstream>
#include <string>
#include <vector>

namespace formats {

namespace {

constexpr std::size_t k_block = 1u << 20;
constexpr std::size_t k_max_piece = std::size_t{512} << 20;
constexpr int k_max_depth = 64;

class Scanner {
public:
    Scanner(const std::filesystem::path& file, const JsonScan& scan)
        : m_file{file}, m_scan{scan}, m_block(k_block) {}

    base::Result<void> run() {
        std::error_code error;
        if (std::filesystem::is_directory(m_file, error) || !std::filesystem::exists(m_file, error))
            return base::fail(base::ErrorKind::missing, "There is no file here; check the name: {}",
                              m_file.string());
        m_in.open(m_file, std::ios::binary);
        if (!m_in)
            return base::fail(base::ErrorKind::io, "The file cannot be opened for reading: {}",
                              m_file.string());
        m_size = std::filesystem::file_size(m_file, error);
        skip_byte_order_mark();
        if (auto done = read_object(); !done) return done;
        skip_space();
        if (peek() != k_end) return broken("something follows the end of the JSON object");
        return {};
    }

private:
    static constexpr int k_end = -1;

    int peek() {
        if (m_at == m_filled) refill();
        return m_at == m_filled ? k_end : static_cast<unsigned char>(m_block[m_at]);
    }
    void refill() {
        m_offset += m_filled;
        m_in.read(m_block.data(), static_cast<std::streamsize>(m_block.size()));
        m_filled = static_cast<std::size_t>(m_in.gcount());
        m_at = 0;
        if (m_scan.progress && m_size > 0 && m_filled > 0)
            m_scan.progress(static_cast<double>(m_offset) / static_cast<double>(m_size));
    }
    // Takes the character peek() showed; keeps it when a piece is being kept.
    void take() {
        if (m_keep) m_piece += m_block[m_at];
        ++m_at;
    }
    void skip_space() {
        for (int c = peek(); c == ' ' || c == '\n' || c == '\r' || c == '\t'; c = peek()) ++m_at;
    }
    void skip_byte_order_mark() {
        if (peek() == 0xEF && m_filled >= 3) m_at += 3;
    }

    std::unexpected<base::Error> broken(std::string_view what) const {
        return base::fail(base::ErrorKind::malformed,
                          "This is not sound JSON: {} at byte {}; export it again: {}", what, m_offset + m_at,
                          m_file.string());
    }

    base::Result<void> expect(char wanted, std::string_view what) {
        skip_space();
        if (peek() != wanted) return broken(what);
        ++m_at;
        return {};
    }

    base::Result<void> read_object() {
        if (auto ok = expect('{', "there is no object"); !ok) return ok;
        skip_space();
        if (peek() == '}') return ++m_at, base::Result<void>{};
        for (;;) {
            if (auto ok = read_member(); !ok) return ok;
            skip_space();
            if (peek() == '}') return ++m_at, base::Result<void>{};
            if (auto ok = expect(',', "a comma is missing between members"); !ok) return ok;
        }
    }

    base::Result<void> read_member() {
        skip_space();
        if (peek() != '"') return broken("a member has no name");
        begin_piece(true);
        if (auto ok = read_string(); !ok) return ok;
        const std::string member = m_piece.substr(1, m_piece.size() - 2);
        if (auto ok = expect(':', "a member has no value"); !ok) return ok;
        skip_space();
        const bool wanted = m_scan.wants(member);
        if (wanted && peek() == '[') return read_array(member);
        return read_piece(member, wanted, false);
    }

    base::Result<void> read_array(const std::string& member) {
        ++m_at;
        skip_space();
        if (peek() == ']') return ++m_at, base::Result<void>{};
        for (;;) {
            skip_space();
            if (auto ok = read_piece(member, true, true); !ok) return ok;
            skip_space();
            if (peek() == ']') return ++m_at, base::Result<void>{};
            if (auto ok = expect(',', "a comma is missing in a list"); !ok) return ok;
        }
    }

    void begin_piece(bool keep) {
        m_keep = keep;
        m_piece.clear();
    }

    base::Result<void> read_piece(const std::string& member, bool wanted, bool is_element) {
        if (m_scan.stop.stop_requested())
            return base::fail(base::ErrorKind::cancelled, "The import was stopped; nothing was changed: {}",
                              m_file.string());
        begin_piece(wanted);
        if (auto ok = read_value(); !ok) return ok;
        m_keep = false;
        return wanted ? m_scan.visit({member, m_piece, is_element}) : base::Result<void>{};
    }

    base::Result<void> read_value() {
        const int c = peek();
        if (c == '"') return read_string();
        if (c == '{' || c == '[') return read_nested();
        if (c == k_end || c == ',' || c == ']' || c == '}' || c == ':') return broken("a value is missing");
        for (int d = c; d != k_end && d != ',' && d != ']' && d != '}' && d > ' '; d = peek()) take();
        return {};
    }

    base::Result<void> read_string() {
        take();
        for (;;) {
            const int c = peek();
            if (c == k_end) return broken("the file ends inside a text");
            if (m_piece.size() > k_max_piece) return broken("one value is larger than 512 MiB");
            take();
            if (c == '"') return {};
            if (c == '\\') {
                if (peek() == k_end) return broken("the file ends inside a text");
                take();
            }
        }
    }

    base::Result<void> read_nested() {
        std::string closers;
        do {
            const int c = peek();
            if (c == k_end) return broken("the file ends too early");
            if (m_piece.size() > k_max_piece) return broken("one value is larger than 512 MiB");
            if (c == '"') {
                if (auto ok = read_string(); !ok) return ok;
                continue;
            }
            if (c == '{' || c == '[') {
                closers += c == '{' ? '}' : ']';
                if (closers.size() > k_max_depth) return broken("it is nested too deeply");
            } else if (c == '}' || c == ']') {
                if (closers.back() != c) return broken("brackets do not match");
                closers.pop_back();
            }
            take();
        } while (!closers.empty());
        return {};
    }

    const std::filesystem::path& m_file;
    const JsonScan& m_scan;
    std::ifstream m_in;
    std::vector<char> m_block;
    std::size_t m_at = 0, m_filled = 0;
    std::uint64_t m_offset = 0, m_size = 0;  // of the block in the file; of the file
    std::string m_piece;
    bool m_keep = false;
};

}  // namespace

base::Result<void> scan_json(const std::filesystem::path& file, const JsonScan& scan) {
    return Scanner(file, scan).run();
}

}  // namespace formats
