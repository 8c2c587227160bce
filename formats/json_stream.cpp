#include "formats/json_stream.h"

#include <string>

#include "formats/byte_reader.h"

namespace formats {

namespace {

class Scanner {
public:
    Scanner(const std::filesystem::path& file, const JsonScan& scan)
        : m_file{file}, m_scan{scan}, m_reader{scan.progress} {}

    base::Result<void> run() {
        if (auto ok = m_reader.open(m_file); !ok) return ok;
        if (auto done = read_object(); !done) return done;
        m_reader.skip_space();
        if (m_reader.peek() != k_end) return broken("something follows the end of the JSON object");
        return {};
    }

private:
    static constexpr int k_end = ByteReader::k_end;

    std::unexpected<base::Error> broken(std::string_view what) const {
        return base::fail(base::ErrorKind::malformed,
                          "This is not sound JSON: {} at byte {}; export it again: {}", what,
                          m_reader.offset(), m_file.string());
    }

    base::Result<void> expect(char wanted, std::string_view what) {
        m_reader.skip_space();
        if (m_reader.peek() != wanted) return broken(what);
        m_reader.take();
        return {};
    }

    base::Result<void> read_object() {
        if (auto ok = expect('{', "there is no object"); !ok) return ok;
        m_reader.skip_space();
        if (m_reader.peek() == '}') return m_reader.take(), base::Result<void>{};
        for (;;) {
            if (auto ok = read_member(); !ok) return ok;
            m_reader.begin_piece(false);
            m_reader.skip_space();
            if (m_reader.peek() == '}') return m_reader.take(), base::Result<void>{};
            if (auto ok = expect(',', "a comma is missing between members"); !ok) return ok;
        }
    }

    base::Result<void> read_member() {
        m_reader.skip_space();
        if (m_reader.peek() != '"') return broken("a member has no name");
        m_reader.begin_piece(true);
        if (auto ok = read_string(); !ok) return ok;
        const std::string member = m_reader.piece().substr(1, m_reader.piece().size() - 2);
        if (auto ok = expect(':', "a member has no value"); !ok) return ok;
        m_reader.skip_space();
        const bool wanted = m_scan.wants(member);
        if (wanted && m_reader.peek() == '[') return read_array(member);
        return read_piece(member, wanted, false);
    }

    base::Result<void> read_array(const std::string& member) {
        m_reader.take();
        m_reader.skip_space();
        if (m_reader.peek() == ']') return m_reader.take(), base::Result<void>{};
        for (;;) {
            m_reader.skip_space();
            if (auto ok = read_piece(member, true, true); !ok) return ok;
            m_reader.begin_piece(false);
            m_reader.skip_space();
            if (m_reader.peek() == ']') return m_reader.take(), base::Result<void>{};
            if (auto ok = expect(',', "a comma is missing in a list"); !ok) return ok;
        }
    }

    base::Result<void> read_piece(const std::string& member, bool wanted, bool is_element) {
        if (m_scan.stop.stop_requested())
            return base::fail(base::ErrorKind::cancelled, "The import was stopped; nothing was changed: {}",
                              m_file.string());
        m_reader.begin_piece(wanted);
        if (auto ok = read_value(); !ok) return ok;
        const std::string& text = m_reader.piece();
        return wanted ? m_scan.visit({member, text, is_element}) : base::Result<void>{};
    }

    base::Result<void> read_value() {
        const int c = m_reader.peek();
        if (c == '"') return read_string();
        if (c == '{' || c == '[') return read_nested();
        if (c == k_end || c == ',' || c == ']' || c == '}' || c == ':') return broken("a value is missing");
        for (int d = c; d != k_end && d != ',' && d != ']' && d != '}' && d > ' '; d = m_reader.peek())
            m_reader.take();
        return {};
    }

    base::Result<void> read_string() {
        m_reader.take();
        for (;;) {
            const int c = m_reader.peek();
            if (c == k_end) return broken("the file ends inside a text");
            if (m_reader.piece_is_too_large()) return broken("one value is larger than 512 MiB");
            m_reader.take();
            if (c == '"') return {};
            if (c == '\\') {
                if (m_reader.peek() == k_end) return broken("the file ends inside a text");
                m_reader.take();
            }
        }
    }

    base::Result<void> read_nested() {
        std::string closers;
        do {
            const int c = m_reader.peek();
            if (c == k_end) return broken("the file ends too early");
            if (m_reader.piece_is_too_large()) return broken("one value is larger than 512 MiB");
            if (c == '"') {
                if (auto ok = read_string(); !ok) return ok;
                continue;
            }
            if (c == '{' || c == '[') {
                closers += c == '{' ? '}' : ']';
                if (closers.size() > k_max_nesting) return broken("it is nested too deeply");
            } else if (c == '}' || c == ']') {
                if (closers.back() != c) return broken("brackets do not match");
                closers.pop_back();
            }
            m_reader.take();
        } while (!closers.empty());
        return {};
    }

    const std::filesystem::path& m_file;
    const JsonScan& m_scan;
    ByteReader m_reader;
};

}  // namespace

base::Result<void> scan_json(const std::filesystem::path& file, const JsonScan& scan) {
    return Scanner(file, scan).run();
}

}  // namespace formats
