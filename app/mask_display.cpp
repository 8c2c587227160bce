#include "app/mask_display.h"

#include <algorithm>

namespace app {

// A tile takes about 20 µs to be halved up to the top, 30 to be counted and up to 100 to be measured.
constexpr std::int64_t k_tiles_at_once = 96;

struct ShownMask::Following {
    std::shared_ptr<base::Job> job;
    masks::Pyramid pyramid;
    masks::ValueCounts counts;
    formats::MaskAreas areas;
};

bool MaskDisplay::follow(ShownMask& shown, const masks::Plane& plane) {
    bool changed = false;
    if (shown.m_following) {
        if (!shown.m_following->job->done()) return false;
        const auto done = std::exchange(shown.m_following, nullptr);
        if (done->job->result()) {  // what was cancelled is half done
            shown.pyramid = std::move(done->pyramid);
            shown.counts = std::move(done->counts);
            shown.areas = std::move(done->areas);
            shown.m_place.reset();
            changed = true;
        }
    }
    const std::int64_t work = shown.pyramid.work_to_follow(plane);
    if (work < 0) return changed;
    if (work <= k_tiles_at_once && !shown.m_place) {
        shown.pyramid.follow(plane);
        shown.counts.follow(plane);
        shown.areas.follow(plane);
        return true;
    }
    auto following = std::make_shared<ShownMask::Following>();
    following->pyramid = shown.pyramid;
    following->counts = shown.counts;
    following->areas = shown.areas;
    following->job =
        m_jobs.submit("Counting the mask", [following, plane, place = shown.m_place](base::Job& job) {
            if (place) {
                auto ground = formats::Ground::create(*place, plane.width_px(), plane.height_px());
                if (ground) following->areas = formats::MaskAreas{std::move(*ground)};
            }
            following->pyramid.follow(plane, job.stop_token());
            following->counts.follow(plane, job.stop_token());
            following->areas.follow(plane, job.stop_token());
            return job.stop_token().stop_requested()
                       ? base::Result<std::string>(
                             base::fail(base::ErrorKind::cancelled, "Counting was cancelled"))
                       : base::Result<std::string>{""};
        });
    shown.m_following = std::move(following);
    return changed;
}

void MaskDisplay::keep_to_budget(const labels::State& state) {
    if (m_packing && !m_packing->done()) return;
    const std::int64_t bytes = masks::Block::samples_in_memory_bytes();
    if (std::exchange(m_packing, nullptr)) m_left_bytes = bytes;
    if (bytes <= std::max(m_budget_bytes, m_left_bytes + m_left_bytes / 4)) return;
    std::vector<masks::Plane> planes;
    for (const auto& [id, layer] : state.mask_layers) planes.push_back(layer->plane);
    for (const auto& shown : m_masks)
        planes.insert(planes.end(), shown->pyramid.levels().begin(), shown->pyramid.levels().end());
    m_packing = m_jobs.submit("Packing masks", [planes = std::move(planes)](base::Job& job) {
        for (const masks::Plane& plane : planes) {
            if (job.stop_token().stop_requested()) break;
            plane.let_go_of_samples();
        }
        return base::Result<std::string>{""};
    });
}

bool MaskDisplay::update(const labels::State& state, labels::AssetId asset) {
    const auto layers = state.mask_layers_of(asset);
    bool changed = false;
    std::vector<std::unique_ptr<ShownMask>> now;
    for (const labels::MaskLayer* layer : layers) {
        const auto old = std::ranges::find_if(
            m_masks, [&](const auto& shown) { return shown && shown->id == layer->info.id; });
        if (old != m_masks.end()) {
            now.push_back(std::move(*old));
        } else {
            now.push_back(std::make_unique<ShownMask>());
            now.back()->id = layer->info.id;
            const labels::Asset* medium = state.find(asset);
            if (medium != nullptr && !medium->georeference.empty())
                now.back()->m_place = medium->georeference;
            changed = true;
        }
        changed |= follow(*now.back(), layer->plane);
    }
    for (const auto& gone : m_masks) {
        if (!gone) continue;
        changed = true;
        if (gone->m_following) gone->m_following->job->cancel();
    }
    m_masks = std::move(now);
    if (!layers.empty()) keep_to_budget(state);
    return changed;
}

bool MaskDisplay::idle() const {
    return std::ranges::none_of(m_masks, [](const auto& shown) { return shown->following(); });
}

const ShownMask* MaskDisplay::find(labels::MaskLayerId id) const {
    const auto it = std::ranges::find_if(m_masks, [&](const auto& shown) { return shown->id == id; });
    return it != m_masks.end() ? it->get() : nullptr;
}

}  // namespace app
