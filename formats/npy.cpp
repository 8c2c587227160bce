#include "formats/npy.h"

#include <algorithm>
#include <utility>

#include <cpl_conv.h>
#include <cpl_string.h>
#include <cpl_vsi.h>

#include "formats/gdal_dataset.h"
#include "formats/text.h"
#include "geo/gdal.h"

namespace formats {

namespace {

using base::ErrorKind;

constexpr std::string_view k_magic = "\x93NUMPY";

// The value after 'key': in the dictionary, up to the next comma that is not in brackets.
std::string_view value_of(std::string_view dictionary, std::string_view key) {
    const auto at = dictionary.find(fmt::format("'{}'", key));
    if (at == std::string_view::npos) return {};
    std::string_view rest = dictionary.substr(at + key.size() + 2);
    const auto colon = rest.find(':');
    if (colon == std::string_view::npos) return {};
    rest = rest.substr(colon + 1);
    int depth = 0;
    std::size_t end = 0;
    for (; end < rest.size(); ++end) {
        const char c = rest[end];
        if (c == '(') ++depth;
        if (c == ')') --depth;
        if (depth == 0 && (c == ',' || c == '}')) break;
    }
    return trim(rest.substr(0, end));
}

bool take_descr(std::string_view descr, NpyHeader& header) {
    if (descr.size() < 5 || (descr.front() != '\'' && descr.front() != '"')) return false;
    descr = descr.substr(1, descr.size() - 2);
    const char order = descr[0];
    header.kind = descr[1];
    const auto bytes = parse_int(descr.substr(2));
    if (!bytes || *bytes < 1 || std::string_view("<>|=").find(order) == std::string_view::npos) return false;
    header.big_endian = order == '>';
    header.item_bytes = static_cast<int>(std::min<std::int64_t>(*bytes, 1 << 30));
    const bool number = *bytes == 1 || *bytes == 2 || *bytes == 4 || *bytes == 8;
    return header.kind == 'S' ||
           (number && std::string_view("uibf").find(header.kind) != std::string_view::npos);
}

bool take_shape(std::string_view shape, NpyHeader& header) {
    if (shape.size() < 2 || shape.front() != '(' || shape.back() != ')') return false;
    shape = shape.substr(1, shape.size() - 2);
    while (!trim(shape).empty()) {
        const auto comma = std::min(shape.find(','), shape.size());
        const auto side = parse_int(shape.substr(0, comma));
        if (!side || *side < 0 || header.shape.size() == 8) return false;
        header.shape.push_back(*side);
        shape.remove_prefix(std::min(comma + 1, shape.size()));
    }
    return true;
}

std::string path_in_zip(const std::filesystem::path& file, const std::string& name) {
    return name.empty() ? file.string() : "/vsizip/{" + file.string() + "}/" + name;
}

}  // namespace

std::optional<std::int64_t> NpyHeader::items() const {
    std::int64_t count = 1;
    for (const std::int64_t side : shape) {
        if (side != 0 && count > (std::int64_t{1} << 46) / side) return std::nullopt;
        count *= side;
    }
    return count;
}

std::string npy_header(std::string_view descr, std::span<const std::int64_t> shape) {
    std::string sides;
    for (const std::int64_t side : shape) sides += fmt::format("{}, ", side);
    if (shape.size() > 1) sides.resize(sides.size() - 2);
    if (shape.size() == 1) sides.resize(sides.size() - 1);
    std::string text =
        fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}), }}", descr, sides);
    constexpr std::size_t k_before = 10, k_align = 64;
    text.append(k_align - (k_before + text.size() + 1) % k_align, ' ');
    text += '\n';
    std::string header(k_magic);
    header += {'\1', '\0', static_cast<char>(text.size() & 255), static_cast<char>(text.size() >> 8)};
    return header + text;
}

std::optional<NpyHeader> npy_header_of(std::string_view bytes) {
    if (!bytes.starts_with(k_magic) || bytes.size() < 12) return std::nullopt;
    const auto byte = [&](std::size_t at) {
        return static_cast<std::size_t>(static_cast<unsigned char>(bytes[at]));
    };
    const std::size_t version = byte(6), begin = version == 1 ? 10 : 12;
    if (version < 1 || version > 3) return std::nullopt;
    std::size_t length = byte(8) | byte(9) << 8;
    if (version > 1) length |= byte(10) << 16 | byte(11) << 24;
    if (length > bytes.size() - begin) return std::nullopt;
    const std::string_view dictionary = bytes.substr(begin, length);
    NpyHeader header;
    const std::string_view order = value_of(dictionary, "fortran_order");
    if (order != "True" && order != "False") return std::nullopt;
    header.columns_first = order == "True";
    header.data_at = begin + length;
    if (!take_descr(value_of(dictionary, "descr"), header) ||
        !take_shape(value_of(dictionary, "shape"), header))
        return std::nullopt;
    return header;
}

struct NpyFile::Handle {
    VSILFILE* file = nullptr;
    ~Handle() {
        if (file != nullptr) VSIFCloseL(file);
    }
};

NpyFile::NpyFile(NpyFile&&) noexcept = default;
NpyFile::~NpyFile() = default;

base::Result<NpyFile> NpyFile::open(const std::filesystem::path& file, const std::string& in_zip) {
    geo::set_up_gdal();
    const geo::GdalMessages messages;
    NpyFile made;
    made.m_handle = std::make_unique<Handle>();
    made.m_handle->file = VSIFOpenL(path_in_zip(file, in_zip).c_str(), "rb");
    const auto malformed = [&](std::string_view why) {
        return base::fail(ErrorKind::malformed, "The array {}{} cannot be read ({}): {}", in_zip,
                          in_zip.empty() ? "of the file" : "", why, file.string());
    };
    if (made.m_handle->file == nullptr) return malformed(messages.reason("it is not there"));
    std::string bytes(k_npy_header, '\0');
    bytes.resize(VSIFReadL(bytes.data(), 1, bytes.size(), made.m_handle->file));
    const auto header = npy_header_of(bytes);
    if (!header) return malformed("its header is not that of numbers or texts in numpy's format");
    made.m_header = *header;
    return made;
}

bool NpyFile::read_at(std::int64_t offset_in_data, std::span<std::byte> into) {
    const geo::GdalMessages messages;
    const auto at = static_cast<vsi_l_offset>(offset_in_data) + m_header.data_at;
    return VSIFSeekL(m_handle->file, at, SEEK_SET) == 0 &&
           VSIFReadL(into.data(), 1, into.size(), m_handle->file) == into.size();
}

std::vector<std::string> arrays_in_zip(const std::filesystem::path& file) {
    geo::set_up_gdal();
    const geo::GdalMessages messages;
    std::vector<std::string> names;
    char** all = VSIReadDir(path_in_zip(file, "").insert(0, "/vsizip/{").append("}").c_str());
    for (char** each = all; each != nullptr && *each != nullptr; ++each)
        if (std::string_view(*each).ends_with(".npy")) names.emplace_back(*each);
    CSLDestroy(all);
    std::ranges::sort(names);
    return names;
}

base::Result<NpzWriter> NpzWriter::create(const std::filesystem::path& file, bool deflate) {
    geo::set_up_gdal();
    const geo::GdalMessages messages;
    void* zip = CPLCreateZip(file.c_str(), nullptr);
    if (zip != nullptr) return NpzWriter{file, zip, deflate};
    return base::fail(ErrorKind::io, "The file cannot be written ({}): {}", messages.reason(), file.string());
}

NpzWriter::NpzWriter(NpzWriter&& other) noexcept
    : m_file{std::move(other.m_file)},
      m_zip{std::exchange(other.m_zip, nullptr)},
      m_deflate{other.m_deflate},
      m_failed{other.m_failed} {}

NpzWriter::~NpzWriter() {
    const geo::GdalMessages messages;
    if (m_zip != nullptr) CPLCloseZip(m_zip);
}

void NpzWriter::begin(const std::string& name, std::string_view descr, std::span<const std::int64_t> shape) {
    const geo::GdalMessages messages;
    GdalOptions options{std::string("COMPRESSED=") + (m_deflate ? "YES" : "NO")};
    m_failed |= CPLCreateFileInZip(m_zip, (name + ".npy").c_str(), options.get()) != CE_None;
    const std::string header = npy_header(descr, shape);
    write(std::as_bytes(std::span(header)));
}

void NpzWriter::write(std::span<const std::byte> bytes) {
    const geo::GdalMessages messages;
    constexpr std::size_t k_most = std::size_t{1} << 30;
    for (; !bytes.empty() && !m_failed; bytes = bytes.subspan(std::min(bytes.size(), k_most)))
        m_failed |= CPLWriteFileInZip(m_zip, bytes.data(),
                                      static_cast<int>(std::min(bytes.size(), k_most))) != CE_None;
}

void NpzWriter::end() {
    const geo::GdalMessages messages;
    m_failed |= CPLCloseFileInZip(m_zip) != CE_None;
}

base::Result<void> NpzWriter::close() {
    const geo::GdalMessages messages;
    m_failed |= CPLCloseZip(std::exchange(m_zip, nullptr)) != CE_None;
    if (!m_failed) return {};
    return base::fail(ErrorKind::io, "The file cannot be written; is the disk full? {}", m_file.string());
}

}  // namespace formats
