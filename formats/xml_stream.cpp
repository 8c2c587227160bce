#include "formats/xml_stream.h"

#include "formats/byte_reader.h"

namespace formats {

namespace {

enum class Tag { open, empty, close, other };  // other: comment, CDATA, declaration

bool ends_name(int c) { return c <= ' ' || c == '>' || c == '/'; }

class Scanner {
public:
    Scanner(const std::filesystem::path& file, const XmlScan& scan)
        : m_file{file}, m_scan{scan}, m_reader{scan.progress} {}

    base::Result<void> run() {
        if (auto ok = m_reader.open(m_file); !ok) return ok;
        if (auto ok = find_root(); !ok || m_root_is_empty) return ok;
        for (;;) {
            m_reader.begin_piece(false);
            if (auto ok = skip_text(); !ok) return ok;
            m_reader.begin_piece(true);
            const std::int64_t line = m_reader.line();
            const base::Result<Tag> tag = read_tag();
            if (!tag) return std::unexpected(tag.error());
            if (*tag == Tag::close) break;
            if (*tag == Tag::other) continue;
            if (auto ok = finish_child(*tag, line); !ok) return ok;
        }
        if (m_name != m_scan.root) return broken("its root is not closed");
        m_reader.begin_piece(false);
        m_reader.skip_space();
        return m_reader.peek() == ByteReader::k_end ? base::Result<void>{} : trailing();
    }

private:
    std::unexpected<base::Error> broken(std::string_view what) const {
        return base::fail(base::ErrorKind::malformed,
                          "This is not sound XML: {} (line {}); export it again: {}", what, m_reader.line(),
                          m_file.string());
    }

    base::Result<void> find_root() {
        for (;;) {
            m_reader.skip_space();
            if (m_reader.peek() != '<') return broken("it does not start with a tag");
            const base::Result<Tag> tag = read_tag();
            if (!tag) return std::unexpected(tag.error());
            if (*tag == Tag::other) continue;
            if (m_name != m_scan.root)
                return base::fail(base::ErrorKind::malformed,
                                  "This XML has no <{}>, so it is not what was asked for: {}", m_scan.root,
                                  m_file.string());
            m_root_is_empty = *tag == Tag::empty;
            return {};
        }
    }

    // Comments may follow the root.
    base::Result<void> trailing() {
        while (m_reader.peek() == '<') {
            const base::Result<Tag> tag = read_tag();
            if (!tag) return std::unexpected(tag.error());
            if (*tag != Tag::other) return broken("something follows its end");
            m_reader.skip_space();
        }
        return m_reader.peek() == ByteReader::k_end ? base::Result<void>{}
                                                    : broken("something follows its end");
    }

    // The rest of a child whose first tag was read, then its visit.
    base::Result<void> finish_child(Tag first, std::int64_t line) {
        const std::string name = m_name;
        if (m_scan.stop.stop_requested())
            return base::fail(base::ErrorKind::cancelled, "The import was stopped; nothing was changed: {}",
                              m_file.string());
        for (int depth = first == Tag::open ? 1 : 0; depth > 0;) {
            if (auto ok = skip_text(); !ok) return ok;
            const base::Result<Tag> tag = read_tag();
            if (!tag) return std::unexpected(tag.error());
            if (*tag == Tag::open && ++depth > k_max_nesting) return broken("it is nested too deeply");
            if (*tag == Tag::close) --depth;
        }
        if (auto ok = m_scan.visit({name, m_reader.piece(), line}); !ok) return ok;
        return {};
    }

    base::Result<void> skip_text() {
        for (int c = m_reader.peek(); c != '<'; c = m_reader.peek()) {
            if (c == ByteReader::k_end) return broken("the file ends too early");
            if (m_reader.piece_is_too_large()) return broken("one element is larger than 512 MiB");
            m_reader.take();
        }
        return {};
    }

    base::Result<Tag> read_tag() {
        m_reader.take();  // '<'
        const int c = m_reader.peek();
        if (c == '?') return skip_past("?>");
        if (c == '!') return skip_declaration();
        const bool closes = c == '/';
        if (closes) m_reader.take();
        m_name.clear();
        for (int n = m_reader.peek(); !ends_name(n); n = m_reader.peek()) {
            if (m_name.size() > k_max_name) return broken("a name is too long");
            m_name += static_cast<char>(n);
            m_reader.take();
        }
        if (m_name.empty()) return broken("a tag has no name");
        return read_rest_of_tag(closes);
    }

    // To the '>' that is not inside quotes.
    base::Result<Tag> read_rest_of_tag(bool closes) {
        int last = 0, quote = 0;
        for (;;) {
            const int c = m_reader.peek();
            if (c == ByteReader::k_end) return broken("the file ends inside a tag");
            if (m_reader.piece_is_too_large()) return broken("one element is larger than 512 MiB");
            m_reader.take();
            if (quote != 0) {
                if (c == quote) quote = 0;
            } else if (c == '"' || c == '\'') {
                quote = c;
            } else if (c == '>') {
                return closes ? Tag::close : last == '/' ? Tag::empty : Tag::open;
            }
            last = c;
        }
    }

    base::Result<Tag> skip_declaration() {
        m_reader.take();  // '!'
        if (m_reader.peek() == '-') return skip_past("-->");
        if (m_reader.peek() == '[') return skip_past("]]>");
        return skip_past(">");
    }

    base::Result<Tag> skip_past(std::string_view end) {
        std::string tail;
        while (tail != end) {
            const int c = m_reader.peek();
            if (c == ByteReader::k_end) return broken("the file ends inside a comment or declaration");
            if (m_reader.piece_is_too_large()) return broken("one element is larger than 512 MiB");
            m_reader.take();
            tail += static_cast<char>(c);
            if (tail.size() > end.size()) tail.erase(0, 1);
        }
        return Tag::other;
    }

    static constexpr std::size_t k_max_name = 1000;
    const std::filesystem::path& m_file;
    const XmlScan& m_scan;
    ByteReader m_reader;
    std::string m_name;  // of the last tag
    bool m_root_is_empty = false;
};

}  // namespace

base::Result<void> scan_xml(const std::filesystem::path& file, const XmlScan& scan) {
    return Scanner(file, scan).run();
}

}  // namespace formats
