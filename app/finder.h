#pragma once
// Everything a person can find by typing: actions, assets, classes, tracks, recent projects, places in time.

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "app/action.h"
#include "labels/track.h"

namespace app {

struct FoundFrame {
    std::int64_t frame = 0;
};
struct FoundBookmark {
    std::size_t index = 0;  // of the shown asset's
};
using FoundTarget = std::variant<const Action*, labels::AssetId, labels::ClassId, labels::TrackId,
                                 std::filesystem::path, FoundFrame, FoundBookmark>;

struct Found {
    std::string title;
    FoundTarget target;
};

// Keeps its list of candidates until the document or the settings change, and the last answer until the query
// does.
class Finder {
public:
    // The best answers, best first; for an empty query what can be done now. Good until the next call.
    const std::vector<Found>& find(const Workbench& bench, std::string_view query, std::size_t count);

private:
    struct Candidate {
        Found found;
        std::string folded, folded_more;  // more: with its group, fits less well
    };
    void collect(const Workbench& bench);
    void add(std::string title, FoundTarget target, std::string_view more = {});
    void rank(const Workbench& bench, std::string_view query, std::size_t count);

    std::vector<Candidate> m_candidates;
    std::vector<Found> m_found;
    std::string m_query;
    const void* m_document = nullptr;
    std::uint64_t m_revision = 0;
    std::size_t m_recent = 0;
    std::int64_t m_frame = 0, m_frame_count = 0;  // answers name frames
    std::size_t m_bookmarks = 0;
    labels::AssetId m_asset;  // whose bookmarks they are
    bool m_fresh = false;
};

// Does what choosing it means: runs the action, shows the asset, selects the track where it is seen, and so
// on.
void choose(Workbench& bench, const FoundTarget& target);

}  // namespace app
