// The classifier's suggestion for the mask on screen: made in a job, shown, accepted as a whole or by parts.

#include <algorithm>

#include "app/mask_suggestion.h"
#include "app/workbench.h"
#include "masks/combine.h"
#include "masks/flood.h"

namespace app {

using labels::MaskLayer;

struct Workbench::Suggesting {
    std::shared_ptr<base::Job> job;
    std::optional<MaskSuggestion> made;
};

void Workbench::suggest() {
    const MaskLayer* layer = mask_layer();
    const auto read = sample_reader();
    if (m_suggesting || !read) return;
    if (layer == nullptr)
        return toast(ToastKind::info, "Paint a little of each class first; the rest is then suggested");
    auto suggesting = std::make_shared<Suggesting>();
    suggesting->job =
        m_pool.submit("Learning from what is painted",
                      [suggesting, read, mask = layer->plane, id = layer->info.id, area = pixels_in_view(),
                       least = m_view.masks.least_confidence](base::Job& job) -> base::Result<std::string> {
                          auto made = make_suggestion(read, mask, area, least, job);
                          if (!made) return std::unexpected(made.error());
                          made->layer = id;
                          suggesting->made = std::move(*made);
                          return std::string{};
                      });
    m_suggesting = std::move(suggesting);
}

// With the class that is found worst, which the share of all pixels hides where another is larger.
std::string Workbench::how_good(const assist::ForestReport& report, const MaskLayer& layer) const {
    if (!report.accuracy) return "Suggested; too little is painted to say how good it is";
    std::string text =
        fmt::format("Suggested; {:.0f} % right on strokes that were held out", *report.accuracy * 100);
    const assist::ClassReport* worst = nullptr;
    for (const assist::ClassReport& each : report.classes)
        if (each.recall && (worst == nullptr || *each.recall < *worst->recall)) worst = &each;
    const labels::MaskValue* value = worst != nullptr ? layer.info.find(worst->value) : nullptr;
    const labels::LabelClass* of_class =
        value != nullptr ? document()->state().ontology.find(value->class_id) : nullptr;
    if (of_class != nullptr && *worst->recall < *report.accuracy)
        text += fmt::format(", {} {:.0f} %", of_class->name, *worst->recall * 100);
    return text;
}

bool Workbench::take_suggestion() {
    if (m_suggestion &&
        (!m_project || mask_layer() == nullptr || mask_layer()->info.id != m_suggestion->layer))
        m_suggestion.reset();
    if (!m_suggesting || !m_suggesting->job->done()) return false;
    const auto done = std::exchange(m_suggesting, nullptr);
    if (const auto& result = done->job->result(); !result) {
        if (result.error().kind != base::ErrorKind::cancelled)
            toast(ToastKind::error, result.error().message);
        return true;
    }
    if (mask_layer() == nullptr || mask_layer()->info.id != done->made->layer) return true;
    m_suggestion = std::move(done->made);
    toast(ToastKind::good, how_good(m_suggestion->report, *mask_layer()));
    return true;
}

void Workbench::set_suggestion_confidence(double least) {
    m_view.masks.least_confidence = std::clamp(least, 0.0, 1.0);
    if (m_suggestion) set_least_confidence(*m_suggestion, m_view.masks.least_confidence);
}

// Over what is unlabelled alone: what somebody has painted stays.
void Workbench::accept_suggestion() {
    if (!m_suggestion) return;
    // What was taken back since it was learned has no class any more.
    auto known = std::make_shared<std::bitset<65536>>();
    if (const MaskLayer* layer = mask_layer()) {
        for (const labels::MaskValue& value : layer->info.values) known->set(value.value);
    }
    rework_mask(
        "Accept the suggestion",
        [window = m_suggestion->window, values = m_suggestion->values, known](
            base::Job& job, masks::Plane mask) -> base::Result<masks::Plane> {
            std::vector<std::uint16_t> of_sample(window.samples.pixel_count());
            values.read(values.bounds(), of_sample);
            std::ranges::replace_if(of_sample, [&](masks::Value value) { return !known->test(value); }, 0);
            masks::Plane suggested(mask.width_px(), mask.height_px(), mask.depth());
            assist::put_values(window, of_sample, suggested);
            return masks::combined(std::move(mask), suggested, masks::Combine::unite, {}, job.stop_token());
        },
        [this] { m_suggestion.reset(); });
}

bool Workbench::accept_suggestion_at(base::Point at) {
    if (!m_suggestion) return false;
    const masks::Plane& values = m_suggestion->values;
    const auto sample = m_suggestion->window.sample_at(at);
    const masks::Value value = sample ? values.at(sample->x, sample->y) : masks::Value{0};
    if (value == 0) return false;
    auto part = masks::flood({.width_px = values.width_px(),
                              .height_px = values.height_px(),
                              .seed_x = sample->x,
                              .seed_y = sample->y},
                             masks::same_value(values, value));
    if (!part) return false;
    const MaskLayer* layer = document()->state().find(m_suggestion->layer);
    const labels::MaskValue* of_class = layer != nullptr ? layer->info.find(value) : nullptr;
    if (of_class == nullptr) {
        toast(ToastKind::info, "Its class was taken back since; ask for a suggestion again");
        return true;
    }
    fill_mask_with(
        "Accept a part of the suggestion", layer->info.id, *of_class,
        [window = m_suggestion->window, filled = part->filled](
            base::Job&, const masks::Plane& mask) -> base::Result<masks::Plane> {
            std::vector<std::uint16_t> of_sample(window.samples.pixel_count());
            filled.read(filled.bounds(), of_sample);
            masks::Plane found(mask.width_px(), mask.height_px(), masks::Depth::u8);
            assist::put_values(window, of_sample, found);
            return found;
        },
        [this, filled = part->filled] {
            if (m_suggestion && m_suggestion->values.bounds() == filled.bounds())
                masks::paint(m_suggestion->values, *masks::labelled(filled), {.value = 0});
        });
    return true;
}

}  // namespace app
