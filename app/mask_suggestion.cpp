#include "app/mask_suggestion.h"

namespace app {

namespace {
constexpr std::size_t k_most_samples = 2'000'000;  // a few seconds
}

void set_least_confidence(MaskSuggestion& suggestion, double least_confidence) {
    std::vector<std::uint16_t> sure = suggestion.classes.value;
    std::size_t unpainted = 0, open = 0;
    for (std::size_t i = 0; i < sure.size(); ++i) {
        if (suggestion.painted[i] != 0 || suggestion.classes.confidence[i] < least_confidence * 255)
            sure[i] = 0;
        if (suggestion.painted[i] != 0) continue;
        ++unpainted;
        if (sure[i] == 0) ++open;
    }
    suggestion.left_open = unpainted > 0 ? static_cast<double>(open) / static_cast<double>(unpainted) : 0;
    suggestion.values = assist::plane_of_samples(suggestion.window, sure);
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
    window->samples.width = samples.width;
    window->samples.height = samples.height;
    made.window = std::move(*window);
    made.painted = std::move(training.strokes);
    made.classes = std::move(*classes);
    made.report = std::move(trained->report);
    set_least_confidence(made, least_confidence);
    return made;
}

}  // namespace app
