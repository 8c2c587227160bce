#include <algorithm>
#include <cassert>
#include <cmath>

#include "base/log.h"
#include "labels/document.h"
#include "labels/state_write.h"
#include "labels/text.h"

namespace labels {

namespace {

void make_storable(AttributeValues& values) {
    for (auto& [id, value] : values) value = to_utf8(std::move(value));
    if (std::ranges::is_sorted(values, std::ranges::less_equal{}, [](const auto& v) { return v.first; }))
        return;
    AttributeValues sorted;
    for (auto& [id, value] : values) set_value(sorted, id, std::move(value));
    values = std::move(sorted);
}

void make_storable(Ontology& ontology) {
    for (LabelClass& label_class : ontology.classes) {
        for (std::string* text : {&label_class.name, &label_class.shortcut, &label_class.guidelines}) {
            *text = to_utf8(std::move(*text));
        }
        label_class.color_rgb &= 0xFFFFFF;
        for (Attribute& attribute : label_class.attributes) {
            attribute.name = to_utf8(std::move(attribute.name));
            attribute.default_value = to_utf8(std::move(attribute.default_value));
            for (std::string& value : attribute.values) value = to_utf8(std::move(value));
        }
    }
}

// Neither texts nor tables hold what is not finite, and -0 would not come back as itself.
void make_storable(base::Georeference& georeference) {
    georeference.crs = to_utf8(std::move(georeference.crs));
    for (std::string& each : georeference.rpc) each = to_utf8(std::move(each));
    const auto is_finite = [](double value) { return std::isfinite(value); };
    if (georeference.geotransform) {
        if (!std::ranges::all_of(*georeference.geotransform, is_finite))
            georeference.geotransform.reset();
        else
            for (double& each : *georeference.geotransform) each += 0.0;
    }
    const auto coordinates = [](base::GroundControlPoint& point) {
        return std::array{&point.pixel.x, &point.pixel.y, &point.x, &point.y, &point.z};
    };
    for (base::GroundControlPoint& point : georeference.gcps)
        for (double* each : coordinates(point)) *each += 0.0;
    std::erase_if(georeference.gcps, [&](base::GroundControlPoint point) {
        return !std::ranges::all_of(coordinates(point), [&](const double* each) { return is_finite(*each); });
    });
}

void make_storable(Asset& asset) {
    for (std::string* text : {&asset.name, &asset.relative_path, &asset.absolute_path, &asset.fingerprint}) {
        *text = to_utf8(std::move(*text));
    }
    for (base::Rational* ratio : {&asset.time_base, &asset.frame_rate}) {
        if (ratio->den <= 0) *ratio = {0, 1};
    }
    make_storable(asset.georeference);
}

void make_storable(TrackInfo& info) {
    for (std::string* text : {&info.name, &info.source_detail, &info.author})
        *text = to_utf8(std::move(*text));
    make_storable(info.attributes);
}

void make_storable(Keyframe& keyframe) {
    keyframe.confidence =
        std::isnan(keyframe.confidence) ? 1.0f : std::clamp(keyframe.confidence, 0.0f, 1.0f);
    make_storable(keyframe.attributes);
}

void make_storable(GridLayout& layout) {
    for (double* side : {&layout.area.x0, &layout.area.y0, &layout.area.x1, &layout.area.y1})
        *side += 0.0;  // -0 would not come back as itself
}

void make_storable(MaskLayerInfo& info) {
    info.name = to_utf8(std::move(info.name));
    for (MaskValue& value : info.values) value.name = to_utf8(std::move(value.name));
}

template <class T>
bool unchanged(const Change<T>& change) {
    return change.before == change.after;
}

}  // namespace

Transaction::Transaction(Document& document, std::string name)
    : m_document{document}, m_name{std::move(name)} {
    assert(!document.busy());
    m_document.m_open = this;
}

Transaction::~Transaction() {
    if (!m_done) roll_back();
}

void Transaction::roll_back() {
    collect_tiles();
    if (!m_edit.empty()) {
        m_document.apply_edit(reversed(m_edit));
        m_document.give_back_numbers(m_edit);
    }
    m_document.m_open = nullptr;
    m_done = true;
}

void Transaction::put_ontology(const Ontology& ontology) {
    if (!m_edit.ontology) m_edit.ontology = Change<Ontology>{m_document.m_state.ontology, std::nullopt};
    Ontology after = ontology;
    after.revision = m_edit.ontology->before->revision;
    make_storable(after);
    m_document.m_state.ontology = after;
    m_edit.ontology->after = std::move(after);
    ++m_document.m_revision;
}

void Transaction::put_asset(const Asset& asset) {
    const auto [it, first_touch] = m_edit.assets.try_emplace(asset.id);
    const Asset* old = m_document.m_state.find(asset.id);
    if (first_touch && old != nullptr) it->second.before = *old;
    it->second.after = asset;
    make_storable(*it->second.after);
    set_asset(m_document.m_state, asset.id, it->second.after);
    ++m_document.m_revision;
}

void Transaction::erase_asset(AssetId id) {
    const Asset* old = m_document.m_state.find(id);
    if (old == nullptr) return;
    const std::vector<TrackId> tracks = m_document.m_state.tracks_of(id);
    for (auto track = tracks.rbegin(); track != tracks.rend(); ++track) erase_track(*track);
    erase_grid(id);
    for (const MaskLayer* layer : m_document.m_state.mask_layers_of(id)) erase_mask_layer(layer->info.id);
    const auto [it, first_touch] = m_edit.assets.try_emplace(id);
    if (first_touch) it->second.before = *old;
    it->second.after.reset();
    set_asset(m_document.m_state, id, std::nullopt);
    ++m_document.m_revision;
}

void Transaction::put_track(const TrackInfo& info) {
    TrackEdit& edit = m_edit.tracks[info.id];
    if (!edit.info) {
        const Track* old = m_document.m_state.find(info.id);
        edit.info.emplace();
        if (old != nullptr) edit.info->before = old->info;
    }
    edit.info->after = info;
    make_storable(*edit.info->after);
    m_document.set_info(info.id, edit.info->after);
}

void Transaction::erase_track(TrackId id) {
    const Track* old = m_document.m_state.find(id);
    if (old == nullptr) return;
    TrackEdit& edit = m_edit.tracks[id];
    if (!edit.info) edit.info = Change<TrackInfo>{old->info, std::nullopt};
    edit.info->after.reset();
    for (auto& [frame, change] : edit.keyframes) change.after.reset();
    for (const Keyframe& keyframe : old->keyframes) {
        const auto [it, first_touch] = edit.keyframes.try_emplace(keyframe.frame);
        if (first_touch) it->second.before = keyframe;
    }
    const TrackInfo info = old->info;
    m_document.set_info(id, std::nullopt);
    if (!edit.info->before) m_document.give_back_number(id, info);  // drawn and erased within the gesture
}

void Transaction::put_keyframe(TrackId id, const Keyframe& keyframe) {
    const Track* track = m_document.m_state.find(id);
    assert(track != nullptr);
    if (!is_sound(keyframe.geometry)) {
        base::log(base::LogLevel::error, "a keyframe at frame {} was left out: its geometry is not sound",
                  keyframe.frame);
        return;
    }
    const auto [it, first_touch] = m_edit.tracks[id].keyframes.try_emplace(keyframe.frame);
    const Keyframe* old = track->keyframe_at(keyframe.frame);
    if (first_touch && old != nullptr) it->second.before = *old;
    it->second.after = keyframe;
    make_storable(*it->second.after);
    m_document.set_keyframe(id, keyframe.frame, it->second.after);
}

void Transaction::erase_keyframe(TrackId id, std::int64_t frame) {
    const Track* track = m_document.m_state.find(id);
    const Keyframe* old = track != nullptr ? track->keyframe_at(frame) : nullptr;
    if (old == nullptr) return;
    const auto [it, first_touch] = m_edit.tracks[id].keyframes.try_emplace(frame);
    if (first_touch) it->second.before = *old;
    it->second.after.reset();
    m_document.set_keyframe(id, frame, std::nullopt);
}

void Transaction::put_grid(const InspectionGrid& grid) {
    if (!is_sound(grid)) {
        base::log(base::LogLevel::error, "an inspection grid was left out: it is not sound");
        return;
    }
    replace_grid(grid.asset, grid);
}

void Transaction::erase_grid(AssetId id) {
    if (m_document.m_state.grid_of(id) != nullptr) replace_grid(id, std::nullopt);
}

void Transaction::replace_grid(AssetId id, const std::optional<InspectionGrid>& grid) {
    GridEdit& edit = m_edit.grids[id];
    if (!edit.grid) {
        edit.grid.emplace();
        if (const InspectionGrid* old = m_document.m_state.grid_of(id)) {
            edit.grid->before = *old;
            for (const auto& [cell, change] : edit.marks)
                edit.grid->before->marks[static_cast<std::size_t>(cell)] = change.before;
        }
        edit.marks.clear();
    }
    edit.grid->after = grid;
    if (edit.grid->after) make_storable(edit.grid->after->layout);
    set_grid(m_document.m_state, id, edit.grid->after);
    ++m_document.m_revision;
}

void Transaction::put_mark(AssetId id, std::int64_t cell, Mark mark) {
    const InspectionGrid* grid = m_document.m_state.grid_of(id);
    assert(grid != nullptr && cell >= 0 && cell < std::ssize(grid->marks) && mark <= Mark::doubtful);
    const auto place = static_cast<std::size_t>(cell);
    GridEdit& edit = m_edit.grids[id];
    if (edit.grid)
        edit.grid->after->marks[place] = mark;
    else
        edit.marks.try_emplace(cell, MarkChange{grid->marks[place], mark}).first->second.after = mark;
    set_mark(m_document.m_state, id, cell, mark);
    ++m_document.m_revision;
}

void Transaction::put_mask_layer(const MaskLayerInfo& info) {
    const MaskLayer* old = m_document.m_state.find(info.id);
    const bool is_same_size =
        old == nullptr || (old->info.width_px == info.width_px && old->info.height_px == info.height_px &&
                           old->info.depth == info.depth);
    if (!is_sound(info) || !is_same_size) {
        base::log(base::LogLevel::error, "the mask \"{}\" was left out: it is not sound", info.name);
        return;
    }
    MaskEdit& edit = m_edit.masks[info.id];
    if (!edit.info) {
        edit.info.emplace();
        if (old != nullptr) edit.info->before = old->info;
    }
    edit.info->after = info;
    make_storable(*edit.info->after);
    set_mask_info(m_document.m_state, info.id, edit.info->after);
    ++m_document.m_revision;
}

// A layer that the gesture made had no pixels before it.
void Transaction::keep_plane(MaskLayerId id) {
    if (m_planes_before.contains(id)) return;
    const MaskLayer* layer = m_document.m_state.find(id);
    const MaskEdit& edit = m_edit.masks[id];
    const bool is_new = edit.info && !edit.info->before;
    const masks::Plane& now = layer->plane;
    m_planes_before.emplace(id, is_new ? masks::Plane(now.width_px(), now.height_px(), now.depth()) : now);
}

void Transaction::erase_mask_layer(MaskLayerId id) {
    const MaskLayer* old = m_document.m_state.find(id);
    if (old == nullptr) return;
    keep_plane(id);
    MaskEdit& edit = m_edit.masks[id];
    if (!edit.info) edit.info = Change<MaskLayerInfo>{old->info, std::nullopt};
    edit.info->after.reset();
    set_mask_info(m_document.m_state, id, std::nullopt);
    ++m_document.m_revision;
}

void Transaction::change_mask(MaskLayerId id, const std::function<void(masks::Plane&)>& change) {
    assert(m_document.m_state.find(id) != nullptr);
    keep_plane(id);
    change(*writable_plane(m_document.m_state, id));
    ++m_document.m_revision;
}

void Transaction::collect_tiles() {
    for (const auto& [id, before] : m_planes_before) {
        const MaskLayer* layer = m_document.m_state.find(id);
        const masks::Plane nothing(before.width_px(), before.height_px(), before.depth());
        m_edit.masks[id].tiles = tile_changes(before, layer != nullptr ? layer->plane : nothing);
    }
}

// A grid put again with a few other marks becomes these marks; what ended as it began goes.
void Transaction::tidy(GridEdit& edit) {
    constexpr std::size_t k_few = 4096;
    if (edit.grid && unchanged(*edit.grid)) edit.grid.reset();
    if (edit.grid && edit.grid->before && edit.grid->after &&
        edit.grid->before->layout == edit.grid->after->layout) {
        const std::vector<Mark>&before = edit.grid->before->marks, &after = edit.grid->after->marks;
        std::map<std::int64_t, MarkChange> marks;
        for (std::size_t i = 0; i < before.size() && marks.size() <= k_few; ++i) {
            if (before[i] == after[i]) continue;
            marks.emplace_hint(marks.end(), static_cast<std::int64_t>(i), MarkChange{before[i], after[i]});
        }
        if (marks.size() <= k_few) {
            edit.grid.reset();
            edit.marks = std::move(marks);
        }
    }
    std::erase_if(edit.marks, [](const auto& entry) { return entry.second.before == entry.second.after; });
}

bool Transaction::drop_unchanged() {
    if (m_edit.ontology && unchanged(*m_edit.ontology)) m_edit.ontology.reset();
    std::erase_if(m_edit.assets, [](const auto& entry) { return unchanged(entry.second); });
    for (auto& [id, track] : m_edit.tracks) {
        if (track.info && unchanged(*track.info)) track.info.reset();
        std::erase_if(track.keyframes, [](const auto& entry) { return unchanged(entry.second); });
    }
    std::erase_if(m_edit.tracks,
                  [](const auto& entry) { return !entry.second.info && entry.second.keyframes.empty(); });
    for (auto& [id, grid] : m_edit.grids) tidy(grid);
    std::erase_if(m_edit.grids,
                  [](const auto& entry) { return !entry.second.grid && entry.second.marks.empty(); });
    collect_tiles();
    for (auto& [id, mask] : m_edit.masks) {
        if (mask.info && unchanged(*mask.info)) mask.info.reset();
    }
    std::erase_if(m_edit.masks,
                  [](const auto& entry) { return !entry.second.info && entry.second.tiles.empty(); });
    return !m_edit.empty();
}

bool Transaction::commit() {
    assert(!m_done);
    if (!m_document.m_read_only.empty()) {
        roll_back();
        return false;
    }
    m_document.m_open = nullptr;
    m_done = true;
    if (!drop_unchanged()) return false;
    if (m_edit.ontology) {
        ++m_edit.ontology->after->revision;
        m_document.m_state.ontology.revision = m_edit.ontology->after->revision;
    }
    m_document.publish(EventKind::edit, std::move(m_name), 0,
                       std::make_shared<const Edit>(std::move(m_edit)));
    return true;
}

}  // namespace labels
