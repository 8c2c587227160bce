// Exports of a project and of one ten times as large: time, and whether memory grows with the labels.

#include "app/project.h"
#include "bench.h"
#include "fixtures.h"
#include "formats/format.h"
#include "process.h"

namespace bench {

namespace {

constexpr double k_constant_bytes = 8e6;  // what allocators and buffers may differ by

struct Export {
    double secs = 0, growth_bytes = 0;
};

Export export_of(const fs::path& project, const std::string& format, const fs::path& out) {
    const Ran ran = run({"/proc/self/exe", "--export", project.string(), format, out.string()});
    Export made;
    std::size_t end = 0;
    made.secs = std::stod(ran.out, &end);
    made.growth_bytes = std::stod(ran.out.substr(end));
    return made;
}

}  // namespace

int export_once(const std::vector<std::string>& arguments) {
    if (arguments.size() != 4) return 2;
    const auto project = must(app::Project::open(arguments[1], labels::Access::read_only));
    const labels::State& state = project->document().state();
    formats::WriteContext context;
    context.assets = {state.assets.front().id};
    context.pts_of_frame = [](labels::AssetId, std::int64_t) { return labels::k_no_pts; };
    forget_own_peak();
    const double before = own_memory("VmRSS");
    const double secs = secs_of(
        wall_secs, [&] { must(formats::find_format(arguments[2])->write(state, arguments[3], context)); });
    fmt::print("{} {}\n", secs, own_memory("VmHWM") - before);
    return 0;
}

void bench_export(Part& part) {
    const fs::path small = hundred_thousand_project(part.folder()), large = million_project(part.folder());
    for (const std::string format : {"limn", "cvat-video", "mot", "coco"}) {
        const fs::path out = part.folder() / ("export-" + format);
        const auto made = [&](const fs::path& project) {
            Export one = export_of(project, format, out);
            fs::remove_all(out);
            return one;
        };
        const Export tenth = made(small), whole = made(large);
        const double more = whole.growth_bytes - tenth.growth_bytes;
        part.add({"10k x 100: export to " + format, in_secs(whole.secs), in_secs(tenth.secs) + " 1k x 100",
                  times(whole.secs / tenth.secs), "", Verdict::none});
        part.add({"  memory it takes at its peak", in_mb(whole.growth_bytes),
                  in_mb(tenth.growth_bytes) + " 1k x 100", "", "constant", met_if(more <= k_constant_bytes)});
    }
}

}  // namespace bench
