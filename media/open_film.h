#pragma once
// What an OpenFilm holds. Private to media.

#include <optional>

#include "media/demuxer.h"

namespace media {

class OpenFilm {
public:
    explicit OpenFilm(Demuxer demuxer) : m_demuxer{std::move(demuxer)} {}
    // The film of that path and stream, once; nothing when it is another, or taken.
    [[nodiscard]] std::optional<Demuxer> take(const std::filesystem::path& path,
                                              std::optional<int> stream_index) {
        std::error_code error;
        if (!m_demuxer || (stream_index && m_demuxer->stream().index != *stream_index)) return std::nullopt;
        if (!std::filesystem::equivalent(m_demuxer->path(), path, error)) return std::nullopt;
        return std::exchange(m_demuxer, std::nullopt);
    }

private:
    std::optional<Demuxer> m_demuxer;
};

}  // namespace media
