#include "fixtures.h"

#include <fstream>
#include <sstream>

#include "app/project.h"
#include "bench.h"
#include "formats/format.h"
#include "process.h"

namespace bench {

namespace {

// `ffmpeg ARGUMENTS FILE`, unless an earlier part has made it.
fs::path film(const fs::path& folder, const std::string& name, const Words& arguments) {
    const fs::path path = folder / name;
    if (fs::exists(path)) return path;
    const fs::path unfinished = folder / ("unfinished-" + name);
    Words words{"ffmpeg", "-v", "error", "-nostdin", "-y"};
    words.insert(words.end(), arguments.begin(), arguments.end());
    words.push_back(unfinished.string());
    run(words);
    fs::rename(unfinished, path);
    return path;
}

labels::Keyframe drifting(int track, int k, const labels::Asset& asset, int frame) {
    const double x = (track * 37 + k * 3) % (asset.width_px - 24), y = track * 53 % (asset.height_px - 24);
    labels::Keyframe keyframe;
    keyframe.frame = frame;
    keyframe.geometry = labels::Box{x, y, x + 10.5 + track % 10, y + 12.25 + k % 10, 0};
    return keyframe;
}

}  // namespace

fs::path wide_film(const fs::path& folder, int gop) {
    return film(folder, fmt::format("wide-{}.mp4", gop),
                {"-f",
                 "lavfi",
                 "-i",
                 "testsrc2=size=1920x1080:rate=25:duration=20",
                 "-c:v",
                 "libx264",
                 "-preset",
                 "ultrafast",
                 "-crf",
                 "23",
                 "-g",
                 std::to_string(gop),
                 "-keyint_min",
                 std::to_string(gop),
                 "-sc_threshold",
                 "0",
                 "-bf",
                 "2",
                 "-pix_fmt",
                 "yuv420p"});
}

fs::path tricky_film(const fs::path& folder) {
    return film(folder, "tricky.mp4",
                {"-f", "lavfi", "-i", "testsrc2=size=320x240:rate=25:duration=12", "-c:v", "libx264",
                 "-preset", "veryfast", "-g", "100", "-sc_threshold", "0", "-bf", "3", "-x264-params",
                 "open-gop=1:b-pyramid=2", "-pix_fmt", "yuv420p"});
}

std::vector<NamedFilm> films_to_mistake(const fs::path& folder) {
    const Words source{"-f", "lavfi", "-i", "testsrc2=size=320x240:rate=25:duration=12"};
    const auto encoded = [&](const char* name, Words more) {
        Words words = source;
        words.insert(words.end(), {"-c:v", "libx264", "-preset", "veryfast", "-g", "50", "-sc_threshold", "0",
                                   "-bf", "3", "-pix_fmt", "yuv420p"});
        words.insert(words.end(), more.begin(), more.end());
        return film(folder, name, words);
    };
    const fs::path plain = encoded("plain.mp4", {});
    return {{"an ordinary film", plain},
            {"a cut with an edit list",
             film(folder, "cut.mp4", {"-ss", "1.5", "-i", plain.string(), "-c", "copy"})},
            {"variable frame rate",
             encoded("variable.mp4", {"-vf", "select='gt(mod(n,7),2)+lt(n,60)'", "-fps_mode", "vfr"})},
            {"open groups in a TS", encoded("open.ts", {"-x264-params", "open-gop=1:b-pyramid=2"})}};
}

namespace {

// The minute `times_over`, its packets copied.
fs::path repeated(const fs::path& folder, const std::string& name, const fs::path& minute, int times_over,
                  const Words& more = {}) {
    Words words{"-stream_loop", std::to_string(times_over - 1), "-i", minute.string(), "-c", "copy"};
    words.insert(words.end(), more.begin(), more.end());
    return film(folder, name, words);
}

fs::path minute_mp4(const fs::path& folder) {
    return film(folder, "minute.mp4",
                {"-f", "lavfi", "-i", "testsrc=size=320x180:rate=25:duration=60", "-c:v", "libx264",
                 "-preset", "ultrafast", "-crf", "40", "-g", "50", "-pix_fmt", "yuv420p"});
}

}  // namespace

fs::path ten_hours_mp4(const fs::path& folder) {
    return repeated(folder, "ten-hours.mp4", minute_mp4(folder), 600);
}

fs::path ten_hours_mkv(const fs::path& folder) {
    return film(folder, "ten-hours.mkv", {"-i", ten_hours_mp4(folder).string(), "-c", "copy"});
}

fs::path ten_wide_hours_mp4(const fs::path& folder) {
    const fs::path piece =
        film(folder, "wide-piece.mp4",
             {"-f", "lavfi", "-i", "testsrc=size=1920x1080:rate=25:duration=20", "-c:v", "libx264", "-preset",
              "ultrafast", "-crf", "48", "-g", "250", "-pix_fmt", "yuv420p"});
    return repeated(folder, "ten-wide-hours.mp4", piece, 1800);
}

fs::path hour_ts(const fs::path& folder) { return repeated(folder, "hour.ts", minute_mp4(folder), 60); }

fs::path hour_fragmented_mp4(const fs::path& folder) {
    return repeated(folder, "hour-fragments.mp4", minute_mp4(folder), 60,
                    {"-movflags", "frag_keyframe+empty_moov"});
}

fs::path hour_avi(const fs::path& folder) {
    const fs::path minute = film(folder, "minute.avi",
                                 {"-f", "lavfi", "-i", "testsrc=size=320x180:rate=25:duration=60", "-c:v",
                                  "mpeg4", "-q:v", "20", "-g", "50", "-bf", "0"});
    return repeated(folder, "hour.avi", minute, 60);
}

std::vector<ReferenceFrame> reference_frames(const fs::path& film) {
    const Ran ran =
        run({"ffmpeg", "-v", "error", "-nostdin", "-noautorotate", "-copyts", "-i", film.string(), "-map",
             "0:v:0", "-fps_mode", "passthrough", "-enc_time_base", "-1", "-f", "framemd5", "-"});
    std::vector<ReferenceFrame> frames;
    std::istringstream lines{ran.out};
    for (std::string line; std::getline(lines, line);) {
        if (line.empty() || line[0] == '#') continue;
        std::istringstream cells{line};
        std::vector<std::string> fields;
        for (std::string cell; std::getline(cells, cell, ',');) fields.push_back(cell);
        if (fields.size() < 6) give_up("ffmpeg's framemd5 has a line of another kind: " + line);
        frames.push_back({std::atoll(fields[2].c_str()), fields[5].substr(fields[5].find_first_not_of(' '))});
    }
    return frames;
}

void add_asset_and_class(labels::Document& document, const labels::Asset& asset) {
    labels::Ontology ontology = document.state().ontology;
    ontology.classes.push_back(labels::make_class(ontology, "ball"));
    labels::Transaction transaction(document, "Add medium");
    transaction.put_ontology(ontology);
    transaction.put_asset(asset);
    transaction.commit();
}

void add_tracks(labels::Document& document, const LabelsDesc& desc) {
    const labels::Asset asset = document.state().assets.front();
    labels::Transaction transaction(document, "Add tracks");
    for (int t = 0; t < desc.tracks; ++t) {
        labels::TrackInfo info;
        info.id = labels::TrackId::make();
        info.asset = asset.id;
        info.class_id = document.state().ontology.classes.front().id;
        info.number = t + 1;
        transaction.put_track(info);
        for (int k = 0; k < desc.keyframes; ++k) {
            labels::Keyframe keyframe = drifting(t, k, asset, t * desc.start_step + k * desc.keyframe_step);
            keyframe.outside = k + 1 == desc.keyframes;
            transaction.put_keyframe(info.id, keyframe);
        }
    }
    transaction.commit();
}

void write_labels(const fs::path& json, const fs::path& film, const LabelsDesc& desc) {
    labels::Document document;
    add_asset_and_class(document, must(app::probe_asset(film, json)));
    add_tracks(document, desc);
    formats::WriteContext context;
    context.assets = {document.state().assets.front().id};
    context.pts_of_frame = [](labels::AssetId, std::int64_t) { return labels::k_no_pts; };
    must(formats::find_format("limn")->write(document.state(), json, context));
}

fs::path labelled_project(const fs::path& folder, const std::string& name, const fs::path& film,
                          const LabelsDesc& desc, double* import_secs) {
    const fs::path project = folder / (name + ".limn"), json = folder / (name + ".json");
    if (fs::exists(project) && import_secs == nullptr) return project;
    if (!fs::exists(json)) write_labels(json, film, desc);
    fs::remove(project);
    run(limn({"new", project.string()}));
    const Ran ran = run(limn({"import", project.string(), json.string(), "--format", "limn"}));
    if (import_secs != nullptr) *import_secs = ran.secs;
    return project;
}

fs::path million_project(const fs::path& folder) {
    return labelled_project(folder, "million", ten_hours_mp4(folder), k_million);
}

fs::path hundred_thousand_project(const fs::path& folder) {
    return labelled_project(folder, "hundred-thousand", ten_hours_mp4(folder), k_hundred_thousand);
}

void write_file(const fs::path& file, std::string_view text) {
    std::ofstream{file, std::ios::binary} << text;
}

}  // namespace bench
