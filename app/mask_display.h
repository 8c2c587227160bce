#pragma once
// What is worked out from the masks of the shown medium, and kept up with them: their halves for looking from
// afar, and how many pixels each value has. UI thread only; nothing here waits.

#include <memory>
#include <vector>

#include "base/job_pool.h"
#include "formats/mask_areas.h"
#include "labels/state.h"
#include "masks/pyramid.h"
#include "masks/value_counts.h"

namespace app {

struct ShownMask {
    labels::MaskLayerId id;
    masks::Pyramid pyramid;
    masks::ValueCounts counts;
    formats::MaskAreas areas;  // of no ground where the medium has no place
    [[nodiscard]] bool following() const { return m_following != nullptr; }

private:
    friend class MaskDisplay;
    struct Following;
    std::shared_ptr<Following> m_following;
    std::optional<base::Georeference> m_place;  // to be looked for: areas has no ground yet
};

class MaskDisplay {
public:
    // Beyond the budget, samples of the project's masks are packed, to about a hundredth.
    explicit MaskDisplay(base::JobPool& jobs, std::int64_t budget_bytes = std::int64_t{512} << 20)
        : m_jobs{jobs}, m_budget_bytes{budget_bytes} {}
    // Small changes, a stroke's, at once; large ones in a job. True when something visible changed.
    bool update(const labels::State& state, labels::AssetId asset);
    [[nodiscard]] bool idle() const;
    [[nodiscard]] const std::vector<std::unique_ptr<ShownMask>>& masks() const {
        return m_masks;
    }  // bottom first
    [[nodiscard]] const ShownMask* find(labels::MaskLayerId id) const;  // null when it is not of the medium

private:
    bool follow(ShownMask& shown, const masks::Plane& plane);
    void keep_to_budget(const labels::State& state);
    base::JobPool& m_jobs;
    std::shared_ptr<base::Job> m_packing;
    const std::int64_t m_budget_bytes;
    std::int64_t m_left_bytes =
        0;  // what could not be packed the last time: undo and what is worked on hold it
    std::vector<std::unique_ptr<ShownMask>> m_masks;
};

}  // namespace app
