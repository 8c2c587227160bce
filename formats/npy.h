#pragma once
// Arrays of numpy (numpy.lib.format), alone or in a zip.

#include <array>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace formats {

// What the header of an .npy says of whole numbers, truth values and texts in rows.
struct NpyHeader {
    char kind = 'u';  // 'u', 'i', 'b', 'S', 'f'
    int item_bytes = 1;
    bool big_endian = false;
    bool columns_first = false;  // Fortran's order
    std::vector<std::int64_t> shape;
    std::size_t data_at = 0;                                  // from the beginning of the file
    [[nodiscard]] std::optional<std::int64_t> items() const;  // null: too many to count
};
// `descr` as numpy spells it: "|u1", "<u2", "|S17".
[[nodiscard]] std::string npy_header(std::string_view descr, std::span<const std::int64_t> shape);
// From the first bytes of a file (k_npy_header of them are enough); null: it is none, or of another kind.
constexpr std::size_t k_npy_header = 70000;
[[nodiscard]] std::optional<NpyHeader> npy_header_of(std::string_view bytes);

// Reads forwards; going back begins again where the array is packed. One thread.
class NpyFile {
public:
    // A file of its own, or one within a zip. Errors: malformed.
    [[nodiscard]] static base::Result<NpyFile> open(const std::filesystem::path& file,
                                                    const std::string& in_zip = {});
    NpyFile(NpyFile&&) noexcept;
    NpyFile& operator=(NpyFile&&) = delete;
    ~NpyFile();
    [[nodiscard]] const NpyHeader& header() const { return m_header; }
    [[nodiscard]] bool read_at(std::int64_t offset_in_data, std::span<std::byte> into);

private:
    NpyFile() = default;
    struct Handle;
    std::unique_ptr<Handle> m_handle;
    NpyHeader m_header;
};

// The names of the arrays in a zip, with .npy; empty where it cannot be read.
[[nodiscard]] std::vector<std::string> arrays_in_zip(const std::filesystem::path& file);

// A zip that is being written. Destroyed without close() what there is of it stays as it is.
class NpzWriter {
public:
    [[nodiscard]] static base::Result<NpzWriter> create(const std::filesystem::path& file, bool deflate);
    NpzWriter(NpzWriter&& other) noexcept;
    NpzWriter& operator=(NpzWriter&&) = delete;
    ~NpzWriter();
    // Begins an array; its bytes follow by write().
    void begin(const std::string& name, std::string_view descr, std::span<const std::int64_t> shape);
    void write(std::span<const std::byte> bytes);
    void end();
    [[nodiscard]] base::Result<void> close();  // also says what went wrong before

private:
    NpzWriter(std::filesystem::path file, void* zip, bool deflate)
        : m_file{std::move(file)}, m_zip{zip}, m_deflate{deflate} {}
    std::filesystem::path m_file;
    void* m_zip;
    bool m_deflate, m_failed = false;
};

}  // namespace formats
