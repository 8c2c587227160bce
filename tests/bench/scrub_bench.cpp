// A jump far from the last keyframe: how soon there is something to look at, and how soon the exact frame,
// without a preview proxy and with one.

#include <condition_variable>
#include <mutex>

#include "bench.h"
#include "fixtures.h"
#include "media/proxy.h"

namespace bench {

namespace {

constexpr std::size_t k_one_frame_only = 1;  // bytes of cache: every jump decodes
constexpr int k_jumps = 16, k_drag_requests = 120;
constexpr double k_drag_step_secs = 1.0 / 60;

class Source {
public:
    explicit Source(const fs::path& film)
        : m_source{film, {.cache_bytes = k_one_frame_only, .wakeup = [this] { m_woken.notify_all(); }}} {
        jump(0);
        wait([this] { return m_source.proxy() != media::ProxyState::unknown; });
    }
    media::VideoSource* operator->() { return &m_source; }

    struct Jump {
        double first_secs = 0, exact_secs = 0;
    };
    Jump jump(std::int64_t frame) {
        const double begin = wall_secs();
        Jump jump;
        m_source.request(frame);
        wait([&] {
            const auto result = m_source.poll();
            if (!result) return false;
            const media::FramePtr picture = must(*result);
            if (jump.first_secs == 0) jump.first_secs = wall_secs() - begin;
            return picture->index == frame && !picture->stand_in;
        });
        jump.exact_secs = wall_secs() - begin;
        return jump;
    }
    // Pictures that came while the playhead was dragged to and fro.
    int drag() {
        int pictures = 0;
        for (int i = 0; i < k_drag_requests; ++i) {
            const double next = wall_secs() + k_drag_step_secs;
            m_source.request((i * 7) % k_wide_frames);
            std::unique_lock lock{m_mutex};
            while (wall_secs() < next) {
                m_woken.wait_for(lock, std::chrono::milliseconds{1});
                pictures += m_source.poll().has_value();
            }
        }
        return pictures;
    }

private:
    template <class Condition>
    void wait(Condition condition) {
        std::unique_lock lock{m_mutex};
        const double end = wall_secs() + 60;
        while (!condition()) {
            if (wall_secs() > end) give_up("A frame did not come within a minute.");
            m_woken.wait_for(lock, std::chrono::milliseconds{1});  // a wake-up may come just before
        }
    }
    std::mutex m_mutex;
    std::condition_variable m_woken;
    media::VideoSource m_source;  // last: its thread uses what is above
};

void add_rows(Part& part, const fs::path& film, std::string_view how) {
    Source source{film};
    std::vector<double> first, exact;
    for (int i = 0; i < k_jumps; ++i) {
        const Source::Jump jump = source.jump(i % 2 * 250 + 100 + (i * 67) % 150);
        first.push_back(jump.first_secs);
        exact.push_back(jump.exact_secs);
    }
    const double first_mean = mean(first), first_worst = percentile(first, 1);
    part.add({fmt::format("1080p, GOP 250: a far jump {}, first picture", how),
              fmt::format("{}, at most {}", in_ms(first_mean), in_ms(first_worst)),
              in_ms(mean(exact)) + " the exact frame", times(first_mean / mean(exact)), "≤ 100 ms",
              met_if(first_mean <= 0.1)});
    const int pictures = source.drag();
    part.add({fmt::format("  dragging {}: pictures a second", how),
              fmt::format("{:.0f}", pictures / (k_drag_requests * k_drag_step_secs)), "60 requests a second",
              "", "", Verdict::none});
}

}  // namespace

void bench_scrub(Part& part) {
    const fs::path film = wide_film(part.folder());
    add_rows(part, film, "without a proxy");
    double made_secs = 0;
    const media::Proxy proxy = [&] {
        const double begin = wall_secs();
        auto made = must(media::make_proxy(film, {.again = true}, {}));
        made_secs = wall_secs() - begin;
        return made;
    }();
    part.add({"1080p: making a preview proxy",
              fmt::format("{:.0f} fps", static_cast<double>(proxy.frame_count) / made_secs),
              in_mb(static_cast<double>(proxy.size_bytes)) + " for 20 s", "", "", Verdict::none});
    add_rows(part, film, "with a proxy");
}

}  // namespace bench
