#pragma once
// What the tests of formats share: a folder that goes away, importing a text, small and random documents, and
// a description of labels that does not depend on ids.

#include <filesystem>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "formats/format.h"

namespace formats_test {

class TempDir {
public:
    TempDir();
    ~TempDir();
    TempDir(const TempDir&) = delete;
    TempDir& operator=(const TempDir&) = delete;
    [[nodiscard]] const std::filesystem::path& path() const { return m_path; }
    std::filesystem::path write(const std::string& name, std::string_view text) const;

private:
    std::filesystem::path m_path;
};

struct Imported {
    std::unique_ptr<labels::Document> document;
    base::Result<formats::Report> report = formats::Report{};
    [[nodiscard]] const labels::State& state() const { return document->state(); }
    [[nodiscard]] std::string message() const { return report ? "" : report.error().message; }
    [[nodiscard]] bool warns_of(std::string_view part) const;
};

struct ImportOptions {
    formats::UnknownClasses unknown_classes = formats::UnknownClasses::refuse;
    bool onto_first_asset = false;
};

// Reads into a copy of `start` and commits when the reader succeeded; CHECKs that a failure changed nothing.
[[nodiscard]] Imported import_file(std::string_view format, const std::filesystem::path& file,
                                   const labels::State& start = {}, ImportOptions options = {});

// Every asset of the state; pts of frame n is 512 n.
[[nodiscard]] base::Result<formats::Report> export_to(std::string_view format, const labels::State& state,
                                                      const std::filesystem::path& out);
[[nodiscard]] formats::WriteContext write_context(const labels::State& state);

// "clip.mp4", 640×360, 25 fps, `frames` frames; classes "car" (attributes: colour, fixed; lights, changing)
// and "person".
[[nodiscard]] labels::State empty_video_project(std::int64_t frames = 20);
// The above with a moving box, a polygon on one picture, and an ellipse with a gap, all with fixed ids.
[[nodiscard]] labels::State sample_project();

struct RandomOptions {
    std::vector<labels::ShapeKind> kinds;
    bool rotation = true, holes = false, attributes = true;
};
[[nodiscard]] labels::State random_project(unsigned seed, const RandomOptions& options);

struct DescribeOptions {
    bool keyframes = true;  // which frames are keyframes, also where nothing is seen
    bool identity = true;   // source, group, z order, extent
    bool attributes = true;
    bool as_bounds = false;  // shapes as upright boxes
    double precision = 1e-6;
};
// One text a track, sorted: class and, for each frame, what is seen there.
[[nodiscard]] std::vector<std::string> describe(const labels::State& state,
                                                const DescribeOptions& options = {});

[[nodiscard]] std::string read_text(const std::filesystem::path& file);
[[nodiscard]] std::filesystem::path shared_data();  // empty when it is not there
// Runs a python3 program with arguments; its output. "no python" when there is no python3.
[[nodiscard]] std::string run_python(const std::string& program, const std::vector<std::string>& arguments);

}  // namespace formats_test
