// Prints what opening and editing a large project costs; the benchmarks judge it.

#include <ctime>

#include <doctest/doctest.h>

#include "fixture.h"
#include "labels/interpolate.h"
#include "labels/store.h"

using namespace labels;

namespace {

// Of this thread's processor: what else the machine does is not counted, nor is waiting for the disk.
template <class Work>
double seconds(const Work& work) {
    const auto now = [] {
        timespec t{};
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
        return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
    };
    const double begin = now();
    work();
    return now() - begin;
}

}  // namespace

TEST_CASE("ten_thousand_tracks_of_a_hundred_keyframes") {
    const fixture::Folder folder;
    const auto project = folder / "large.limn";
    constexpr int k_tracks = 10'000, k_keyframes = 100;
    Document document;
    std::vector<Event> events;
    document.set_event_sink([&](Event event) { events.push_back(std::move(event)); });
    fixture::Small small;
    small.fill(document);
    const double put = seconds([&] {
        Transaction import(document, "Import");
        for (int t = 0; t < k_tracks; ++t) {
            const TrackInfo info = fixture::make_info(small.asset.id, small.ball.id, t + 1);
            import.put_track(info);
            for (int k = 0; k < k_keyframes; ++k)
                import.put_keyframe(info.id, fixture::make_keyframe(t + k * 10, k * 1.37 + t * 0.01));
        }
        import.commit();
    });
    double append = 0;
    {
        auto file = ProjectFile::create(project);
        append = seconds([&] { CHECK(file->append(events).has_value()); });
    }
    const auto bytes = std::filesystem::file_size(project);
    double open = 0, check = 0, undo = 0, one = 0;
    {
        std::optional<ProjectFile> file;
        base::Result<LoadedProject> loaded;
        open = seconds([&] {
            file.emplace(ProjectFile::open(project, Access::read_write).value());
            loaded = file->load();
        });
        REQUIRE(loaded.has_value());
        CHECK(loaded->state.tracks.size() == k_tracks);
        CHECK(state_hash(loaded->state) == state_hash(document.state()));
        Store store(std::move(*file), loaded->history.last_seq);
        Document second(std::move(loaded->state), std::move(loaded->history));
        second.set_event_sink([&](Event event) { store.append(std::move(event)); });
        second.set_edit_loader([&](std::int64_t seq) { return store.edit_of(seq); });
        const TrackId id = second.state().tracks_of(small.asset.id).front();
        one = seconds([&] {
            for (int i = 0; i < 100; ++i) {
                Transaction move(second, "Move box");
                move.put_keyframe(id, fixture::make_keyframe(10, i + 0.5));
                move.commit();
                CHECK(store.flush().has_value());
            }
        });
        double at = seconds([&] {
            for (int frame = 0; frame < 1000; ++frame)
                CHECK(second.tracks_at(small.asset.id, 5 + frame).size() <= k_tracks);
        });
        MESSAGE("tracks_at: " << at << " ms a frame");
        for (int i = 0; i < 100; ++i) REQUIRE(second.undo().has_value());
        undo = seconds([&] { CHECK(second.undo().has_value()); });
        CHECK(second.state().tracks.empty());
        CHECK(store.flush().has_value());
    }
    check = seconds([&] { CHECK(ProjectFile::open(project, Access::read_only)->check()->faults.empty()); });
    MESSAGE("CPU for 1,000,000 keyframes: put "
            << put << " s, append " << append << " s, " << bytes / 1'000'000 << " MB, open and load " << open
            << " s, an edit to disk " << one * 10 << " ms, undo of the import " << undo << " s, check "
            << check << " s");
}
