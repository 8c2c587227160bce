#include "formats/importer.h"

#include <algorithm>
#include <cmath>

#include "base/digest.h"
#include "formats/mask_runs.h"
#include "formats/text.h"
#include "labels/json.h"

namespace formats {

namespace {

constexpr double k_max_coordinate = 1e9;

bool is_sound_number(double v) { return std::isfinite(v) && std::abs(v) <= k_max_coordinate; }

bool is_sound_box(const labels::Box& box) {
    return is_sound_number(box.x0) && is_sound_number(box.y0) && is_sound_number(box.x1) &&
           is_sound_number(box.y1) && is_sound_number(box.rotation_deg);
}

bool is_sound_path(const labels::Path& path) {
    const auto sound = [](base::Point p) { return is_sound_number(p.x) && is_sound_number(p.y); };
    if (path.points.empty() || !std::all_of(path.points.begin(), path.points.end(), sound)) return false;
    std::uint32_t last = 0;
    for (const std::uint32_t start : path.ring_starts) {
        if (start <= last || start >= path.points.size()) return false;
        last = start;
    }
    return true;
}

}  // namespace

bool is_sound(const labels::Geometry& geometry, labels::ShapeKind shape) {
    using labels::ShapeKind;
    if (const auto* box = std::get_if<labels::Box>(&geometry))
        return (shape == ShapeKind::box || shape == ShapeKind::ellipse) && is_sound_box(*box);
    if (const auto* path = std::get_if<labels::Path>(&geometry))
        return (shape == ShapeKind::polygon || shape == ShapeKind::polyline || shape == ShapeKind::points) &&
               is_sound_path(*path);
    return shape == ShapeKind::mask && is_sound(std::get<labels::MaskRuns>(geometry));
}

Importer::Importer(ReadContext& context, std::string_view format_id, std::filesystem::path file)
    : m_context{context}, m_format_id{format_id}, m_file{std::move(file)}, m_classes{context} {
    m_report.files.push_back(m_file);
    for (const labels::Asset& asset : state().assets) {
        m_asset_by_name.emplace(asset.name, asset.id);
        if (!asset.fingerprint.empty()) m_asset_by_fingerprint.emplace(asset.fingerprint, asset.id);
    }
}

std::optional<labels::ClassId> Importer::class_of(std::string_view name) {
    const base::Result<labels::ClassId> id = m_classes.resolve(name);
    return id ? std::optional(*id) : std::nullopt;
}

const labels::Attribute* Importer::attribute_of(labels::ClassId class_id, const labels::Attribute& like) {
    const base::Result<labels::AttributeId> id = m_classes.attribute(class_id, like);
    if (!id) return nullptr;
    for (const labels::Attribute& each : state().ontology.find(class_id)->attributes)
        if (each.id == *id) return &each;
    return nullptr;
}

const labels::Asset* Importer::asset_by_name(std::string_view name) const {
    const auto [first, last] = m_asset_by_name.equal_range(std::string(name));
    // Two media of one name cannot be told apart by a file that only names them.
    return first != last && std::next(first) == last ? state().find(first->second) : nullptr;
}

labels::AssetId Importer::put_new_asset(labels::Asset asset) {
    if (asset.id.is_nil() || state().find(asset.id) != nullptr) asset.id = labels::AssetId::make();
    asset.position = static_cast<std::int64_t>(state().assets.size());
    m_asset_by_name.emplace(asset.name, asset.id);
    if (!asset.fingerprint.empty()) m_asset_by_fingerprint.emplace(asset.fingerprint, asset.id);
    m_context.transaction.put_asset(asset);
    ++m_report.assets;
    return asset.id;
}

// The same name and kind, and not known to be another file.
const labels::Asset* Importer::known_asset(const labels::Asset& like) const {
    if (!like.fingerprint.empty()) {
        const auto [first, last] = m_asset_by_fingerprint.equal_range(like.fingerprint);
        for (auto it = first; it != last; ++it)
            if (const labels::Asset* asset = state().find(it->second);
                asset != nullptr && asset->name == like.name)
                return asset;
    }
    const labels::Asset* named = asset_by_name(like.name);
    if (named == nullptr || named->kind != like.kind) return nullptr;
    const bool differs = !named->fingerprint.empty() && !like.fingerprint.empty();
    return differs ? nullptr : named;
}

labels::AssetId Importer::find_or_make_asset(const AssetGuess& guess) {
    labels::Asset asset;
    asset.name = valid_utf8(guess.name);
    asset.kind = guess.kind;
    asset.width_px = guess.width_px;
    asset.height_px = guess.height_px;
    asset.frame_count = guess.frame_count;
    std::error_code error;
    if (!guess.file.empty()) {
        asset.absolute_path = std::filesystem::absolute(guess.file, error).lexically_normal().string();
        asset.fingerprint = base::fingerprint(guess.file).value_or("");
        const auto size = std::filesystem::file_size(guess.file, error);
        asset.size_bytes = error ? 0 : static_cast<std::int64_t>(size);
    }
    const labels::Asset* known = known_asset(asset);
    if (known == nullptr) return put_new_asset(std::move(asset));
    if (!known->fingerprint.empty() || asset.fingerprint.empty()) return known->id;
    // It was missing so far, and here it is.
    labels::Asset found = *known;
    found.absolute_path = asset.absolute_path;
    found.fingerprint = asset.fingerprint;
    found.size_bytes = asset.size_bytes;
    m_asset_by_fingerprint.emplace(found.fingerprint, found.id);
    m_context.transaction.put_asset(found);
    return found.id;
}

std::int64_t Importer::next_number(labels::ClassId class_id) {
    const auto [it, is_new] = m_next_number.try_emplace(class_id, 0);
    if (is_new) it->second = m_context.document.next_number(class_id);
    return it->second++;
}

void Importer::warn_if_not_allowed(const labels::TrackInfo& info) {
    const labels::LabelClass* owner = state().ontology.find(info.class_id);
    if (owner == nullptr || owner->shapes.empty()) return;
    if (std::find(owner->shapes.begin(), owner->shapes.end(), info.shape) == owner->shapes.end())
        count(fmt::format(
            "The ontology does not allow the shape {} for the class \"{}\"; it was imported all the same",
            labels::name_of(info.shape), owner->name));
}

labels::TrackId Importer::put_track(labels::TrackInfo& info) {
    if (info.id.is_nil()) info.id = labels::TrackId::make();
    if (info.number == 0) info.number = next_number(info.class_id);
    if (info.source == labels::Source::import && info.source_detail.empty() && m_format_id != "limn")
        info.source_detail = m_format_id;
    warn_if_not_allowed(info);
    m_context.transaction.put_track(info);
    ++m_report.tracks;
    return info.id;
}

void Importer::put_keyframe(const labels::TrackInfo& info, labels::Keyframe keyframe) {
    const labels::Asset* asset = state().find(info.asset);
    const std::int64_t limit = asset != nullptr && asset->frame_count > 0 ? asset->frame_count : k_max_frame;
    if (keyframe.frame < 0 || keyframe.frame >= limit) {
        if (m_out_of_range++ == 0)
            m_first_out_of_range = fmt::format("frame {} of \"{}\", which has {} frames", keyframe.frame,
                                               asset == nullptr ? "" : asset->name, limit);
        return;
    }
    const std::int64_t pts = m_context.pts_of_frame(info.asset, keyframe.frame);
    if (pts != labels::k_no_pts && keyframe.pts != labels::k_no_pts && pts != keyframe.pts)
        count(
            "The file gives other time stamps (pts) than the medium here for some frames: it may come from "
            "another "
            "cut or encoding of it; check that the labels sit where they should");
    if (pts != labels::k_no_pts) keyframe.pts = pts;
    m_context.transaction.put_keyframe(info.id, keyframe);
    ++m_report.keyframes;
}

void Importer::put_outside(const labels::TrackInfo& info, const labels::Keyframe& last, std::int64_t frame) {
    const labels::Asset* asset = state().find(info.asset);
    if (asset == nullptr || (asset->frame_count > 0 && frame >= asset->frame_count) || frame > k_max_frame)
        return;
    labels::Keyframe gone = last;
    gone.frame = frame;
    gone.pts = labels::k_no_pts;
    gone.outside = true;
    gone.attributes.clear();
    put_keyframe(info, gone);
}

void Importer::close_gaps(const labels::TrackInfo& info) {
    const labels::Track* track = state().find(info.id);
    if (track == nullptr) return;
    std::vector<labels::Keyframe> ends;  // copied: putting keyframes changes the track
    for (std::size_t i = 0; i < track->keyframes.size(); ++i) {
        const labels::Keyframe& here = track->keyframes[i];
        const bool last = i + 1 == track->keyframes.size();
        if (!here.outside && (last || track->keyframes[i + 1].frame > here.frame + 1)) ends.push_back(here);
    }
    for (const labels::Keyframe& end : ends) put_outside(info, end, end.frame + 1);
}

void Importer::drop_repeated_attributes(const labels::TrackInfo& info) {
    const labels::Track* track = state().find(info.id);
    if (track == nullptr) return;
    labels::AttributeValues in_force;
    std::vector<labels::Keyframe> changed;
    for (const labels::Keyframe& keyframe : track->keyframes) {
        labels::Keyframe tidy = keyframe;
        std::erase_if(tidy.attributes, [&](const auto& set) {
            const std::string* before = labels::find_value(in_force, set.first);
            return before != nullptr && *before == set.second;
        });
        for (const auto& [id, value] : tidy.attributes) labels::set_value(in_force, id, value);
        if (tidy.attributes.size() != keyframe.attributes.size()) changed.push_back(std::move(tidy));
    }
    for (const labels::Keyframe& keyframe : changed) m_context.transaction.put_keyframe(info.id, keyframe);
}

std::int32_t Importer::new_group() {
    if (!m_last_group) {
        m_last_group = 0;
        for (const auto& [id, track] : state().tracks)
            m_last_group = std::max(*m_last_group, track->info.group);
    }
    return ++*m_last_group;
}

std::unexpected<base::Error> Importer::cancelled() const {
    return base::fail(base::ErrorKind::cancelled, "The import was stopped; nothing was changed: {}",
                      m_file.string());
}

base::Result<Report> Importer::finish() {
    if (stopped()) return cancelled();
    if (auto known = m_classes.refuse_unknown(m_file); !known) return std::unexpected(known.error());
    if (m_out_of_range > 0)
        return base::fail(
            base::ErrorKind::refused,
            "{} labels lie outside the medium, the first on {}; import onto the medium they were made "
            "for: {}",
            m_out_of_range, m_first_out_of_range, m_file.string());
    for (const auto& [sentence, n] : m_counts)
        m_report.add_warning(n > 1 ? fmt::format("{} ({}).", sentence, n) : sentence + ".");
    return std::move(m_report);
}

}  // namespace formats
