#include "app/mask_suggestion.h"

#include <bitset>

#include "masks/paint.h"

namespace app {

namespace {
constexpr std::size_t k_most_samples = 2'000'000;  // a few seconds
}

void set_least_confidence(MaskSuggestion& suggestion, const masks::Plane& mask, double least_confidence) {
    suggestion.least_confidence = least_confidence;
    std::vector<std::uint16_t> sure = suggestion.classes.value;
    for (std::size_t i = 0; i < sure.size(); ++i) {
        if (suggestion.classes.confidence[i] < least_confidence * 255) sure[i] = 0;
    }
    suggestion.values = masks::Plane(mask.width_px(), mask.height_px(), mask.depth());
    assist::put_values(suggestion.window, sure, suggestion.values);
    masks::paint(suggestion.values, *masks::labelled(mask), {.value = 0});
}

base::Result<MaskSuggestion> make_suggestion(const ToolContext::ReadSamples& read, const masks::Plane& mask,
                                             const masks::PixelRect& area, double least_confidence,
                                             base::Job& job) {
    auto window = read(area, k_most_samples, job.stop_token());
    if (!window) return std::unexpected(window.error());
    assist::TrainingWindow training{std::move(window->samples), {}};
    const assist::WindowSamples& samples = training.samples;
    training.strokes.resize(samples.pixel_count());
    for (int y = 0; y < samples.height; ++y) {
        for (int x = 0; x < samples.width; ++x) {
            const base::Point at = window->media_from_samples({x + 0.5, y + 0.5});
            training.strokes[samples.index({x, y})] =
                mask.at(static_cast<std::int64_t>(at.x), static_cast<std::int64_t>(at.y));
        }
    }
    job.set_progress(0.1);
    auto trained = assist::train_pixel_forest({&training, 1}, {}, job.stop_token());
    if (!trained) return std::unexpected(trained.error());
    job.set_progress(0.5);
    auto classes = trained->forest.predict(samples, job.stop_token());
    if (!classes) return std::unexpected(classes.error());
    MaskSuggestion made;
    window->samples = std::move(training.samples);
    made.window = std::move(*window);
    made.classes = std::move(*classes);
    made.report = std::move(trained->report);
    set_least_confidence(made, mask, least_confidence);
    return made;
}

}  // namespace app
