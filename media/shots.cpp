#include "media/shots.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace media {
namespace {

constexpr int k_bins = 16;
constexpr double k_histogram_weight = 40;
constexpr double k_repeated = 0.05;   // a picture shown again, give or take the coder's rounding
constexpr double k_back_again = 0.5;  // of the change itself: the picture looks like the one before
constexpr std::int64_t k_reach = 8;   // how far neighbours that are no repeats are looked for

struct PlaneDifference {
    double mean_absolute = 0;  // 0…255
    double histogram = 0;      // 0…1: the share of samples that lie in other bins
};

PlaneDifference difference(const std::uint8_t* a, const std::uint8_t* b, std::size_t count) {
    std::int64_t absolute = 0;
    std::array<std::int64_t, k_bins> bins{};
    for (std::size_t i = 0; i < count; ++i) {
        absolute += std::abs(int{a[i]} - int{b[i]});
        ++bins[a[i] / (256 / k_bins)];
        --bins[b[i] / (256 / k_bins)];
    }
    std::int64_t moved = 0;
    for (const std::int64_t bin : bins) moved += std::abs(bin);
    const auto samples = static_cast<double>(count);
    return {static_cast<double>(absolute) / samples, static_cast<double>(moved) / (2 * samples)};
}

}  // namespace

double content_value(const VideoFrame& a, const VideoFrame& b) {
    assert(a.layout == b.layout && a.width_px == b.width_px && a.height_px == b.height_px);
    const auto pixels = static_cast<std::size_t>(a.width_px) * static_cast<std::size_t>(a.height_px);
    if (a.layout != PixelLayout::yuv) {
        const std::size_t samples = a.layout == PixelLayout::rgba ? pixels * 4 : pixels;
        const PlaneDifference all = difference(a.planes[0].data, b.planes[0].data, samples);
        return 1.5 * all.mean_absolute + k_histogram_weight * all.histogram;
    }
    double absolute = 0, histogram = 0;
    constexpr double k_histogram_shares[] = {0.5, 0.25, 0.25};
    for (std::size_t i = 0; i < 3; ++i) {
        const PlaneDifference plane = difference(a.planes[i].data, b.planes[i].data, pixels);
        absolute += plane.mean_absolute;
        histogram += k_histogram_shares[i] * plane.histogram;
    }
    return absolute + k_histogram_weight * histogram;
}

std::optional<std::int64_t> ShotDetector::add(FramePtr picture) {
    Seen seen{std::move(picture), 0};
    if (!m_seen.empty()) seen.change = content_value(*m_seen.back().picture, *seen.picture);
    m_seen.push_back(std::move(seen));
    const std::int64_t ahead = std::max<std::int64_t>(k_reach, m_parameters.least_shot);
    if (m_next + ahead >= end()) return std::nullopt;
    return judge_next();
}

std::optional<std::int64_t> ShotDetector::finish() {
    while (m_next < end())
        if (const auto cut = judge_next()) return cut;
    return std::nullopt;
}

std::optional<std::int64_t> ShotDetector::judge_next() {
    const std::int64_t number = m_next++;
    const bool cut = begins_shot(number);
    if (cut) m_last_cut = number;
    const std::int64_t behind = std::max<std::int64_t>(k_reach, m_parameters.least_shot) + 1;
    for (; m_first_kept + behind < m_next; ++m_first_kept) m_seen.pop_front();
    return cut ? std::optional{number} : std::nullopt;
}

bool ShotDetector::begins_shot(std::int64_t number) const {
    const double change = at(number).change;
    if (change < m_parameters.least_content || number - m_last_cut < m_parameters.least_shot) return false;
    return change >= m_parameters.adaptive_ratio * neighbours_mean(number) && !is_flash(number);
}

double ShotDetector::neighbours_mean(std::int64_t number) const {
    double sum = 0;
    int count = 0;
    for (const int direction : {-1, 1}) {
        int taken = 0;
        for (std::int64_t k = 1; k <= k_reach && taken < m_parameters.window; ++k) {
            const std::int64_t i = number + direction * k;
            if (i < std::max<std::int64_t>(m_first_kept, 1) || i >= end()) break;
            if (at(i).change < k_repeated) continue;
            sum += at(i).change;
            ++taken;
        }
        count += taken;
    }
    return count == 0 ? 0 : sum / count;
}

// Something lit up or passed by: what was there before is there again soon after, or what is there now was
// there a little before.
bool ShotDetector::is_flash(std::int64_t number) const {
    const double alike = k_back_again * at(number).change;
    const VideoFrame& before = *at(number - 1).picture;
    const VideoFrame& now = *at(number).picture;
    for (int k = 1; k < m_parameters.least_shot; ++k) {
        const std::int64_t later = number + k, earlier = number - 1 - k;
        if (later < end() && content_value(before, *at(later).picture) < alike) return true;
        if (earlier >= m_first_kept && content_value(*at(earlier).picture, now) < alike) return true;
    }
    return false;
}

}  // namespace media
