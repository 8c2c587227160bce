#include "assist/grab_cut.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <utility>

#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "assist/opencv_call.h"

namespace assist {
namespace {

using base::ErrorKind;

constexpr std::size_t k_channels = 3;
constexpr std::size_t k_fewest_pixels = 8;  // each side's mixture has five colours

// More are first cut in a smaller copy, and then along the outline alone: where the sides are hard to tell
// apart the time of a cut grows faster than the number of pixels.
constexpr double k_most_pixels_at_once = 150'000;
constexpr int k_band_px = 2;  // of the smaller copy, on either side of its outline

WindowSamples cut_out(const WindowSamples& window, const PixelBox& part) {
    WindowSamples out{
        .width = part.width(), .height = part.height(), .bands = window.bands, .values = {}, .valid = {}};
    out.values.reserve(out.pixel_count() * static_cast<std::size_t>(window.bands));
    const auto copy_rows = [&](const auto& from, auto& to) {
        for (int y = part.y0; y < part.y1; ++y) {
            const auto row = from.begin() + static_cast<std::ptrdiff_t>(window.index({part.x0, y}));
            to.insert(to.end(), row, row + part.width());
        }
    };
    for (int band = 0; band < window.bands; ++band) copy_rows(window.band(band), out.values);
    if (!window.valid.empty()) copy_rows(window.valid, out.valid);
    return out;
}

// The first three principal components of `colours`, [pixel][band], as [pixel][3], by one common scale: the
// first becomes about 0…1, and the others keep their share, so that noise does not become a strong channel.
std::vector<float> principal_components(const std::vector<float>& colours, int bands,
                                        std::span<const std::uint8_t> has_data) {
    const auto width = static_cast<std::size_t>(bands);
    std::vector<double> mean(width, 0);
    double count = 0;
    for (std::size_t i = 0; i < has_data.size(); ++i) {
        if (has_data[i] == 0) continue;
        count += 1;
        for (std::size_t k = 0; k < width; ++k) mean[k] += static_cast<double>(colours[i * width + k]);
    }
    for (double& value : mean) value /= std::max(count, 1.0);
    cv::Mat covariance = cv::Mat::zeros(bands, bands, CV_64F);
    for (std::size_t i = 0; i < has_data.size(); ++i) {
        if (has_data[i] == 0) continue;
        for (int j = 0; j < bands; ++j)
            for (int k = 0; k <= j; ++k)
                covariance.at<double>(j, k) +=
                    (static_cast<double>(colours[i * width + static_cast<std::size_t>(j)]) -
                     mean[static_cast<std::size_t>(j)]) *
                    (static_cast<double>(colours[i * width + static_cast<std::size_t>(k)]) -
                     mean[static_cast<std::size_t>(k)]);
    }
    cv::completeSymm(covariance, /*lowerToUpper=*/true);
    cv::Mat variances, axes;
    cv::eigen(covariance, variances, axes);  // rows, by falling variance
    const double deviation = std::sqrt(std::max(variances.at<double>(0) / std::max(count, 1.0), 1e-12));
    std::vector<float> out(has_data.size() * k_channels, 0);
    for (std::size_t i = 0; i < has_data.size(); ++i)
        for (std::size_t c = 0; c < k_channels; ++c) {
            double sum = 0;
            for (std::size_t k = 0; k < width; ++k)
                sum += (static_cast<double>(colours[i * width + k]) - mean[k]) *
                       axes.at<double>(static_cast<int>(c), static_cast<int>(k));
            out[i * k_channels + c] = static_cast<float>(0.5 + sum / (4 * deviation));
        }
    return out;
}

// The part as an 8-bit picture of three channels; one or two bands leave channels empty.
cv::Mat picture_of(const WindowSamples& part, std::span<const int> bands,
                   std::span<const std::uint8_t> has_data) {
    auto colours = normalised(part, bands, has_data);
    std::size_t channels = colours.size() / has_data.size();
    if (channels > k_channels) {
        colours = principal_components(colours, static_cast<int>(channels), has_data);
        channels = k_channels;
    }
    cv::Mat picture = cv::Mat::zeros(part.height, part.width, CV_8UC3);
    for (std::size_t i = 0; i < has_data.size(); ++i)
        for (std::size_t c = 0; c < channels; ++c)
            picture.data[i * k_channels + c] =
                cv::saturate_cast<std::uint8_t>(colours[i * channels + c] * 255);
    return picture;
}

bool is_foreground(std::uint8_t side) { return side == cv::GC_FGD || side == cv::GC_PR_FGD; }

// One cut: what is looked at, where it lies in the window, and each pixel's side.
class Cut {
public:
    Cut(const WindowSamples& window, const PixelBox& box, std::span<const GrabHint> hints,
        const GrabCutOptions& options)
        : m_looked_at{clipped(around(box), window.width, window.height)},
          m_part{cut_out(window, m_looked_at)},
          m_has_data{pixels_with_data(m_part, options.bands)},
          m_picture{picture_of(m_part, options.bands, m_has_data)},
          m_sides(m_part.height, m_part.width, static_cast<std::uint8_t>(cv::GC_BGD)) {
        for (int y = 0; y < m_part.height; ++y)
            for (int x = 0; x < m_part.width; ++x) {
                const Pixel in_window{x + m_looked_at.x0, y + m_looked_at.y0};
                const auto hint = hints.empty() ? GrabHint::none : hints[window.index(in_window)];
                if (box.contains(in_window)) m_sides(y, x) = side_of(hint);
            }
    }

    base::Result<Bitmap> run(const WindowSamples& window, int iterations, const std::stop_token& stop) {
        if (const auto enough = check_sides(); !enough) return std::unexpected(enough.error());
        const double pixels = static_cast<double>(m_part.pixel_count());
        const int factor = static_cast<int>(std::ceil(std::sqrt(pixels / k_most_pixels_at_once)));
        if (factor > 1) {
            if (const auto cut = cut_smaller(factor, iterations, stop); !cut)
                return std::unexpected(cut.error());
            iterations = 1;
        }
        if (const auto cut = iterate(m_picture, m_sides, iterations, stop); !cut)
            return std::unexpected(cut.error());
        return bitmap(window);
    }

private:
    // As much around a box as says what its surroundings look like.
    static PixelBox around(const PixelBox& box) {
        const int margin = std::max(16, std::max(box.width(), box.height()) / 2);
        return {box.x0 - margin, box.y0 - margin, box.x1 + margin, box.y1 + margin};
    }
    static std::uint8_t side_of(GrabHint hint) {
        switch (hint) {
            case GrabHint::foreground:
                return cv::GC_FGD;
            case GrabHint::background:
                return cv::GC_BGD;
            case GrabHint::none:
                break;
        }
        return cv::GC_PR_FGD;
    }

    // Both sides have something to learn from; no-data then looks like the background, evenly mixed, so that
    // it changes nothing there.
    base::Result<void> check_sides() {
        std::vector<std::size_t> background;
        std::size_t foreground = 0;
        for (std::size_t i = 0; i < m_has_data.size(); ++i) {
            if (m_has_data[i] == 0) continue;
            if (is_foreground(m_sides.data[i]))
                ++foreground;
            else
                background.push_back(i);
        }
        if (foreground < k_fewest_pixels)
            return base::fail(ErrorKind::refused,
                              "There are hardly any pixels with data in the box; draw a larger one.");
        if (background.size() < k_fewest_pixels)
            return base::fail(ErrorKind::refused,
                              "There is nothing around the box to tell its contents from; draw a smaller one "
                              "or mark some background.");
        std::size_t next = 0;
        for (std::size_t i = 0; i < m_has_data.size(); ++i) {
            if (m_has_data[i] != 0) continue;
            m_sides.data[i] = cv::GC_BGD;
            std::copy_n(m_picture.data + background[next++ % background.size()] * k_channels, k_channels,
                        m_picture.data + i * k_channels);
        }
        return {};
    }

    static base::Result<void> iterate(const cv::Mat& picture, cv::Mat_<std::uint8_t>& sides, int iterations,
                                      const std::stop_token& stop) {
        // It starts from clusters that it finds with the thread's random numbers.
        cv::theRNG() = cv::RNG{0x11b1};
        cv::Mat background_model, foreground_model;
        for (int i = 0; i < iterations; ++i) {
            if (stop.stop_requested()) return base::fail(ErrorKind::cancelled, "The cut was cancelled.");
            const cv::Mat sides_before = sides.clone();
            cv::grabCut(picture, sides, {}, background_model, foreground_model, 1,
                        i == 0 ? cv::GC_INIT_WITH_MASK : cv::GC_EVAL);
            if (std::none_of(sides.begin(), sides.end(), is_foreground))
                return base::fail(ErrorKind::refused,
                                  "Nothing in the box stands out from what is around it; draw the box more "
                                  "closely or mark what belongs to it.");
            if (i > 0 && cv::norm(sides_before, sides, cv::NORM_L1) == 0) break;
        }
        return {};
    }

    // Leaves open only what lies near the outline found in a copy `factor` times smaller.
    base::Result<void> cut_smaller(int factor, int iterations, const std::stop_token& stop) {
        const cv::Size size{(m_part.width + factor - 1) / factor, (m_part.height + factor - 1) / factor};
        cv::Mat picture;
        cv::resize(m_picture, picture, size, 0, 0, cv::INTER_AREA);
        // A pixel of the copy is what the most of its pixels that matters says: a mark, else open, else
        // around.
        cv::Mat_<std::uint8_t> sides(size, static_cast<std::uint8_t>(cv::GC_BGD));
        const auto in_copy = [&](int y, int x) -> std::uint8_t& { return sides(y / factor, x / factor); };
        for (int y = 0; y < m_part.height; ++y)
            for (int x = 0; x < m_part.width; ++x) {
                auto& side = in_copy(y, x);
                if (m_sides(y, x) == cv::GC_FGD || (m_sides(y, x) == cv::GC_PR_FGD && side == cv::GC_BGD))
                    side = m_sides(y, x);
            }
        if (const auto cut = iterate(picture, sides, iterations, stop); !cut) return cut;
        cv::Mat_<std::uint8_t> inner, outer, thing(size);
        std::transform(sides.begin(), sides.end(), thing.begin(),
                       [](std::uint8_t side) { return static_cast<std::uint8_t>(is_foreground(side)); });
        const cv::Mat disc =
            cv::getStructuringElement(cv::MORPH_ELLIPSE, {2 * k_band_px + 1, 2 * k_band_px + 1});
        cv::erode(thing, inner, disc);
        cv::dilate(thing, outer, disc);
        for (int y = 0; y < m_part.height; ++y)
            for (int x = 0; x < m_part.width; ++x) {
                auto& side = m_sides(y, x);
                if (side != cv::GC_PR_FGD) continue;
                const cv::Point at{x / factor, y / factor};
                if (inner(at) != 0)
                    side = cv::GC_FGD;
                else if (outer(at) == 0)
                    side = cv::GC_BGD;
                else if (thing(at) == 0)
                    side = cv::GC_PR_BGD;
            }
        return {};
    }

    [[nodiscard]] Bitmap bitmap(const WindowSamples& window) const {
        Bitmap out{window.width, window.height};
        for (int y = 0; y < m_part.height; ++y)
            for (int x = 0; x < m_part.width; ++x)
                if (is_foreground(m_sides(y, x)))
                    out.of_pixel[out.index({x + m_looked_at.x0, y + m_looked_at.y0})] = 1;
        return out;
    }

    const PixelBox m_looked_at;
    const WindowSamples m_part;
    const std::vector<std::uint8_t> m_has_data;
    cv::Mat m_picture;
    cv::Mat_<std::uint8_t> m_sides;
};

}  // namespace

base::Result<Bitmap> grab_cut(const WindowSamples& window, const PixelBox& box,
                              std::span<const GrabHint> hints, const GrabCutOptions& options,
                              std::stop_token stop) {
    if (const auto checked = check_window(window, options.bands); !checked)
        return std::unexpected(checked.error());
    assert(hints.empty() || hints.size() == window.pixel_count());
    const auto inside = clipped(box, window.width, window.height);
    if (inside.empty())
        return base::fail(ErrorKind::refused, "The box is outside the raster; draw it over a part of it.");
    auto cut = with_opencv("GrabCut", [&] {
        return Cut{window, inside, hints, options}.run(window, std::max(options.iterations, 1), stop);
    });
    return cut ? std::move(*cut) : std::unexpected(cut.error());
}

}  // namespace assist
