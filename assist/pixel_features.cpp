#include "assist/pixel_features.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "assist/opencv_call.h"

namespace assist {
namespace {

constexpr int k_fine_px = 1, k_texture_px = 2, k_coarse_px = 4;
static_assert(k_feature_reach_px >= 3 * k_coarse_px && k_feature_reach_px >= 2 * 3 * k_texture_px &&
              k_feature_reach_px >= 3 * k_fine_px + 1);

// What lies outside counts as 0, like no-data.
cv::Mat blurred(const cv::Mat& plane, int sigma_px) {
    const int side = 2 * 3 * sigma_px + 1;
    cv::Mat out;
    cv::GaussianBlur(plane, out, {side, side}, sigma_px, sigma_px, cv::BORDER_CONSTANT);
    return out;
}

// The rows asked for, with those around that their features depend on as far as the window has them.
class Strip {
public:
    Strip(const WindowSamples& window, std::span<const std::uint8_t> has_data, int y0, int y1)
        : m_window{window},
          m_has_data{has_data},
          m_y0{y0},
          m_y1{y1},
          m_top{std::max(y0 - k_feature_reach_px, 0)},
          m_rows{std::min(y1 + k_feature_reach_px, window.height) - m_top},
          m_mask{plane([](std::size_t) { return 1.0F; })},
          m_fine_weight{blurred(m_mask, k_fine_px)},
          m_texture_weight{blurred(m_mask, k_texture_px)},
          m_coarse_weight{blurred(m_mask, k_coarse_px)} {}

    [[nodiscard]] std::vector<float> features() const {
        const auto width = static_cast<std::size_t>(m_window.bands) * std::size_t{k_features_a_band};
        std::vector<float> out(static_cast<std::size_t>(m_y1 - m_y0) *
                               static_cast<std::size_t>(m_window.width) * width);
        for (int band = 0; band < m_window.bands; ++band) put_band(band, out, width);
        return out;
    }

private:
    // value(index in the window) where there is data, else 0.
    template <class Value>
    [[nodiscard]] cv::Mat plane(Value value) const {
        cv::Mat out = cv::Mat::zeros(m_rows, m_window.width, CV_32F);
        for (int row = 0; row < m_rows; ++row) {
            auto* to = out.ptr<float>(row);
            const auto first = m_window.index({0, m_top + row});
            for (int x = 0; x < m_window.width; ++x)
                if (m_has_data[first + static_cast<std::size_t>(x)] != 0)
                    to[x] = value(first + static_cast<std::size_t>(x));
        }
        return out;
    }

    [[nodiscard]] static cv::Mat mean(const cv::Mat& plane, const cv::Mat& weight, int sigma_px) {
        cv::Mat out = blurred(plane, sigma_px);
        cv::divide(out, cv::max(weight, 1e-6), out);
        return out;
    }

    void put_band(int band, std::vector<float>& out, std::size_t width) const {
        const auto samples = m_window.band(band);
        const cv::Mat raw = plane([&](std::size_t i) { return samples[i]; });
        const cv::Mat fine = mean(raw, m_fine_weight, k_fine_px);
        const cv::Mat coarse = mean(raw, m_coarse_weight, k_coarse_px);
        cv::Mat squares = raw - mean(raw, m_texture_weight, k_texture_px);
        squares = squares.mul(squares).mul(m_mask);
        const cv::Mat variance = mean(squares, m_texture_weight, k_texture_px);
        std::size_t to = static_cast<std::size_t>(band) * std::size_t{k_features_a_band};
        for (int y = m_y0; y < m_y1; ++y)
            for (int x = 0; x < m_window.width; ++x, to += width) {
                if (m_has_data[m_window.index({x, y})] == 0) continue;
                const int row = y - m_top;
                const float values[] = {
                    raw.at<float>(row, x), fine.at<float>(row, x), coarse.at<float>(row, x),
                    std::sqrt(std::max(variance.at<float>(row, x), 0.0F)), slope(fine, x, y)};
                static_assert(std::size(values) == k_features_a_band);
                // Squares of huge samples overflow.
                constexpr float k_most = std::numeric_limits<float>::max();
                for (std::size_t k = 0; k < std::size(values); ++k)
                    out[to + k] = std::isnan(values[k]) ? k_most : std::clamp(values[k], -k_most, k_most);
            }
    }

    // What lies beyond the data is taken to be level with the pixel.
    [[nodiscard]] float slope(const cv::Mat& fine, int x, int y) const {
        const auto level = [&](Pixel p) {
            const bool there = m_window.contains(p) && m_has_data[m_window.index(p)] != 0;
            return there ? fine.at<float>(p.y - m_top, p.x) : fine.at<float>(y - m_top, x);
        };
        return std::hypot(level({x + 1, y}) - level({x - 1, y}), level({x, y + 1}) - level({x, y - 1})) / 2;
    }

    const WindowSamples& m_window;
    const std::span<const std::uint8_t> m_has_data;
    const int m_y0, m_y1, m_top, m_rows;
    const cv::Mat m_mask, m_fine_weight, m_texture_weight, m_coarse_weight;
};

}  // namespace

base::Result<std::vector<float>> row_features(const WindowSamples& window,
                                              std::span<const std::uint8_t> has_data, int y0, int y1) {
    assert(y0 >= 0 && y0 < y1 && y1 <= window.height && has_data.size() == window.pixel_count());
    return with_opencv("The classifier", [&] { return Strip{window, has_data, y0, y1}.features(); });
}

}  // namespace assist
