#include "app/finder.h"

#include <algorithm>

#include "app/fuzzy.h"
#include "app/place.h"
#include "app/workbench.h"
#include "labels/interpolate.h"

namespace app {

namespace {

template <class... Ts>
struct Match : Ts... {
    using Ts::operator()...;
};

bool offered(const Workbench& bench, const FoundTarget& target) {
    const auto* action = std::get_if<const Action*>(&target);
    return !action || !(*action)->enabled || (*action)->enabled(bench);
}

// Where several fit equally well: what is few comes before what is many.
int rank_of(const FoundTarget& target) {
    return std::visit(Match{[](const Action*) { return 8; }, [](labels::AssetId) { return 6; },
                            [](labels::ClassId) { return 7; }, [](labels::TrackId) { return 4; },
                            [](const std::filesystem::path&) { return 2; }, [](FoundFrame) { return 9; },
                            [](FoundBookmark) { return 7; }},
                      target);
}

void show_track(Workbench& bench, labels::TrackId id) {
    const labels::Track* track = bench.document() ? bench.document()->state().find(id) : nullptr;
    if (!track) return;
    const std::int64_t first = track->first_frame();
    bench.show_asset(track->info.asset);
    bench.select(id);
    if (!labels::shape_at(*track, bench.frame())) bench.go_to(first);
}

}  // namespace

void Finder::add(std::string title, FoundTarget target, std::string_view more) {
    Candidate candidate{{std::move(title), std::move(target)}, {}, {}};
    candidate.folded = folded(candidate.found.title);
    if (!more.empty()) candidate.folded_more = candidate.folded + " " + folded(more);
    m_candidates.push_back(std::move(candidate));
}

static const std::vector<Bookmark>& bookmarks_of(const Workbench& bench) {
    static const std::vector<Bookmark> k_none;
    const auto found = bench.view().assets.find(bench.view().asset);
    return found != bench.view().assets.end() ? found->second.bookmarks : k_none;
}

void Finder::collect(const Workbench& bench) {
    m_candidates.clear();
    for (const Action& action : all_actions())
        if (action.id != "palette" && action.id != "edit.cancel")  // it is open; Esc is for leaving it
            add(std::string{action.title}, &action, action.group);
    for (const auto& path : bench.settings().recent)
        add(path.filename().string(), path, "open recent project");
    if (!bench.document()) return;
    const labels::State& state = bench.document()->state();
    for (const labels::Asset& asset : state.assets) add(asset.name, asset.id, "show asset");
    const std::vector<Bookmark>& bookmarks = bookmarks_of(bench);
    for (std::size_t i = 0; i < bookmarks.size(); ++i) add(bookmarks[i].name, FoundBookmark{i}, "bookmark");
    for (const labels::LabelClass& c : state.ontology.classes) add(c.name, c.id, "class");
    for (const labels::Asset& asset : state.assets)
        for (const labels::TrackId id : state.tracks_of(asset.id))
            if (const labels::Track* track = state.find(id))
                add(labels::display_name(track->info, state.ontology), id);
}

void Finder::rank(const Workbench& bench, std::string_view query, std::size_t count) {
    m_found.clear();
    const auto place = parse_place(query);
    const auto frame = place && bench.frame_count() > 0 ? frame_of(bench, *place) : std::nullopt;
    if (frame) {
        const std::int64_t there = std::clamp<std::int64_t>(*frame, 0, bench.frame_count() - 1);
        m_found.push_back({fmt::format("Go to frame {}", there), FoundFrame{there}});
    }
    std::vector<std::pair<int, const Candidate*>> scored;
    const std::string wanted = folded(query);
    for (const Candidate& candidate : m_candidates) {
        int score = fuzzy_score(wanted, candidate.folded);
        if (score < 0 && !candidate.folded_more.empty())
            score = std::max(0, fuzzy_score(wanted, candidate.folded_more) - 30) - (wanted.empty() ? 0 : 1);
        if (score < 0 || (score == 0 && !wanted.empty())) continue;
        if (!offered(bench, candidate.found.target)) continue;
        if (wanted.empty() && !std::holds_alternative<const Action*>(candidate.found.target)) continue;
        scored.emplace_back(wanted.empty() ? 0 : score + rank_of(candidate.found.target), &candidate);
    }
    const std::size_t shown = std::min(scored.size(), count > m_found.size() ? count - m_found.size() : 0);
    // Equal scores keep the order of the candidates: by address, which is their order in the list.
    std::ranges::partial_sort(scored, scored.begin() + static_cast<std::ptrdiff_t>(shown),
                              [](const auto& a, const auto& b) {
                                  return a.first != b.first ? a.first > b.first : a.second < b.second;
                              });
    for (std::size_t i = 0; i < shown; ++i) m_found.push_back(scored[i].second->found);
}

const std::vector<Found>& Finder::find(const Workbench& bench, std::string_view query, std::size_t count) {
    const std::uint64_t revision = bench.document() ? bench.document()->revision() : 0;
    const bool same = m_fresh && m_document == bench.document() && m_revision == revision &&
                      m_recent == bench.settings().recent.size() && m_asset == bench.view().asset &&
                      m_bookmarks == bookmarks_of(bench).size();
    if (!same) collect(bench);
    const bool answered =
        same && m_query == query && m_frame == bench.frame() && m_frame_count == bench.frame_count();
    if (answered) return m_found;
    m_document = bench.document();
    m_revision = revision;
    m_recent = bench.settings().recent.size();
    m_asset = bench.view().asset;
    m_bookmarks = bookmarks_of(bench).size();
    m_query = query;
    m_frame = bench.frame();
    m_frame_count = bench.frame_count();
    m_fresh = true;
    rank(bench, query, count);
    return m_found;
}

void choose(Workbench& bench, const FoundTarget& target) {
    std::visit(Match{[&](const Action* action) {
                         if (!action->enabled || action->enabled(bench)) action->run(bench);
                     },
                     [&](labels::AssetId id) { bench.show_asset(id); },
                     [&](labels::ClassId id) { bench.set_active_class(id); },
                     [&](labels::TrackId id) { show_track(bench, id); },
                     [&](const std::filesystem::path& path) { bench.open({path}); },
                     [&](FoundFrame place) { bench.go_to(place.frame); },
                     [&](FoundBookmark mark) { bench.go_to_bookmark(mark.index); }},
               target);
}

}  // namespace app
