#pragma once
// A linked pair of shaders, made from the embedded sources.

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <unordered_map>

#include "base/result.h"

namespace render {

struct ProgramDesc {
    std::string name;                            // "video": shaders/video.vert and shaders/video.frag
    std::string vertex_source, fragment_source;  // limn_shaders::video_vert, limn_shaders::video_frag
    std::filesystem::path source_dir;            // for reloading; empty: the source tree this was built from
    std::string defines;                         // "#define LAYOUT 0\n": put after the #version line of both
};

enum class Reload : std::uint8_t { unchanged, reloaded, kept_old };

// Lives and dies on the GL thread. The setters act on this program whether or not it is in use; a name the
// shader does not have (or the compiler dropped) is ignored.
class Program {
public:
    // Errors: malformed, with the compiler's message.
    [[nodiscard]] static base::Result<Program> create(ProgramDesc desc);
    Program(Program&& other) noexcept;
    Program& operator=(Program&& other) noexcept;
    ~Program();

    void use() const;  // glUseProgram; set() needs it
    void set(const char* uniform, int value);
    void set(const char* uniform, float value);
    void set(const char* uniform, std::array<float, 2> value);
    void set(const char* uniform, std::array<float, 3> value);
    void set(const char* uniform, std::array<float, 4> value);
    void set(const char* uniform, std::array<int, 2> value);
    void set_matrix3(const char* uniform, const std::array<float, 9>& row_major);

    // Debug builds: compiles again when a source file is newer than at the last look; a source that does not
    // compile is logged and the old program stays. Release builds: always unchanged.
    Reload reload_if_changed();

    [[nodiscard]] std::uint32_t id() const { return m_id; }

private:
    explicit Program(ProgramDesc desc) : m_desc{std::move(desc)} {}
    [[nodiscard]] int location(const char* uniform);
    [[nodiscard]] std::filesystem::file_time_type newest_source() const;
    std::uint32_t m_id = 0;
    ProgramDesc m_desc;
    std::unordered_map<std::string, int> m_locations;
    std::filesystem::file_time_type m_sources_seen{};
};

}  // namespace render
