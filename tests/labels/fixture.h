#pragma once
// What the tests of labels share: a folder of their own, small documents, random edits.

#include <filesystem>
#include <random>
#include <string>

#include <doctest/doctest.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include "labels/document.h"
#include "labels/json.h"
#include "labels/project_file.h"
#include "masks/paint.h"

namespace fixture {

namespace fs = std::filesystem;

class Folder {
public:
    Folder() {
        std::string pattern = (fs::temp_directory_path() / "limn-labels-XXXXXX").string();
        REQUIRE(mkdtemp(pattern.data()) != nullptr);
        m_path = pattern;
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    ~Folder() {
        std::error_code ignored;
        fs::remove_all(m_path, ignored);
    }
    fs::path operator/(const std::string& name) const { return m_path / name; }
    [[nodiscard]] const fs::path& path() const { return m_path; }

private:
    fs::path m_path;
};

inline labels::Asset make_asset(std::string name, std::int64_t position = 0) {
    labels::Asset asset;
    asset.id = labels::AssetId::make();
    asset.name = std::move(name);
    asset.position = position;
    asset.width_px = 640;
    asset.height_px = 480;
    asset.frame_count = 1000;
    asset.time_base = {1, 90000};
    asset.frame_rate = {30000, 1001};
    return asset;
}

// Of several sorts, with coordinates that no short decimal gives.
inline base::Georeference make_georeference(std::int64_t sort) {
    base::Georeference made;
    made.crs = "PROJCS[\"WGS 84 / UTM zone 33N\"]";
    if (sort % 2 == 0) made.geotransform = {500000.1, 1.0 / 3, 1e-17, 5.2e6 / 7, -1e-300, -1.0 / 3};
    if (sort % 3 == 0) made.gcps = {{{0.5, 1.0 / 7}, 1e7 / 3, -2e6 / 9, 0}, {{100, 100}, 1, 2, 3.25}};
    if (sort % 5 == 0) made.rpc = {"LINE_OFF=1000.5", "ERR_BIAS=-1.0"};
    return made;
}

inline labels::Keyframe make_keyframe(std::int64_t frame, double x = 0) {
    labels::Keyframe keyframe;
    keyframe.frame = frame;
    keyframe.pts = frame * 3003;
    keyframe.geometry = labels::Box{x, 10, x + 20, 40.25, 0};
    return keyframe;
}

inline labels::TrackInfo make_info(labels::AssetId asset, labels::ClassId class_id, std::int64_t number = 1) {
    labels::TrackInfo info;
    info.id = labels::TrackId::make();
    info.asset = asset;
    info.class_id = class_id;
    info.number = number;
    info.author = "anna";
    return info;
}

// A document with one class and one asset, made by two edits.
struct Small {
    labels::Asset asset = make_asset("clip.mp4");
    labels::LabelClass ball;

    void fill(labels::Document& document) {
        labels::Ontology ontology = document.state().ontology;
        ball = labels::make_class(ontology, "ball");
        ontology.classes.push_back(ball);
        labels::Transaction classes(document, "Add class");
        classes.put_ontology(ontology);
        classes.commit();
        labels::Transaction media(document, "Add medium");
        media.put_asset(asset);
        media.commit();
    }
    labels::TrackId add_track(labels::Document& document, std::int64_t frame, double x = 0) const {
        labels::Transaction add(document, "Add box");
        const labels::TrackInfo info = make_info(asset.id, ball.id, document.next_number(ball.id));
        add.put_track(info);
        add.put_keyframe(info.id, make_keyframe(frame, x));
        add.commit();
        return info.id;
    }
};

// Runs SQL with a connection of its own, as another program would.
inline void run_sql(const fs::path& file, const std::string& sql) {
    sqlite3* db = nullptr;
    REQUIRE(sqlite3_open(file.c_str(), &db) == SQLITE_OK);
    char* error = nullptr;
    const int code = sqlite3_exec(db, sql.c_str(), nullptr, nullptr, &error);
    INFO((error != nullptr ? error : ""));
    CHECK(code == SQLITE_OK);
    sqlite3_free(error);
    sqlite3_close(db);
}

inline std::string sql_text(const fs::path& file, const std::string& sql) {
    sqlite3* db = nullptr;
    REQUIRE(sqlite3_open(file.c_str(), &db) == SQLITE_OK);
    sqlite3_stmt* statement = nullptr;
    std::string text;
    if (sqlite3_prepare_v2(db, sql.c_str(), -1, &statement, nullptr) == SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW) {
        const auto* value = reinterpret_cast<const char*>(sqlite3_column_text(statement, 0));
        text = value != nullptr ? value : "NULL";
    } else {
        text = sqlite3_errmsg(db);
    }
    sqlite3_finalize(statement);
    sqlite3_close(db);
    return text;
}

// Fails for each fault that a check of the file finds.
inline void check_clean(labels::ProjectFile& file) {
    const auto report = file.check();
    REQUIRE(report.has_value());
    for (const std::string& fault : report->faults) FAIL_CHECK(fault);
}

// Random edits of every sort; the same seed gives the same sorts of edits.
class Editor {
public:
    Editor(labels::Document& document, unsigned seed) : m_document{document}, m_random{seed} {}
    void edit();  // one committed transaction, which may turn out to change nothing

private:
    int below(int n) { return static_cast<int>(m_random() % static_cast<unsigned>(n)); }
    double coordinate() { return static_cast<double>(m_random() % 100000) / 7.0; }
    labels::TrackId any_track();
    labels::AssetId any_asset();
    labels::Geometry geometry(labels::ShapeKind shape);
    labels::Keyframe keyframe(labels::ShapeKind shape);
    void edit_ontology(labels::Transaction& transaction);
    void edit_asset(labels::Transaction& transaction);
    void edit_track(labels::Transaction& transaction);
    void edit_keyframes(labels::Transaction& transaction, labels::TrackId id);
    void edit_grid(labels::Transaction& transaction);
    void edit_mask(labels::Transaction& transaction);

    labels::Document& m_document;
    std::mt19937 m_random;
};

inline labels::TrackId Editor::any_track() {
    std::vector<labels::TrackId> ids;
    for (const labels::Asset& asset : m_document.state().assets) {
        for (const labels::TrackId id : m_document.state().tracks_of(asset.id)) ids.push_back(id);
    }
    return ids.empty() ? labels::TrackId{}
                       : ids[static_cast<std::size_t>(below(static_cast<int>(ids.size())))];
}

inline labels::AssetId Editor::any_asset() {
    const auto& assets = m_document.state().assets;
    return assets.empty() ? labels::AssetId{}
                          : assets[static_cast<std::size_t>(below(static_cast<int>(assets.size())))].id;
}

inline labels::Geometry Editor::geometry(labels::ShapeKind shape) {
    using labels::ShapeKind;
    if (shape == ShapeKind::mask) return labels::MaskRuns{below(50) - 10, below(50), 8, 4, {3, 5, 8, 16}};
    if (shape == ShapeKind::box || shape == ShapeKind::ellipse) {
        return labels::Box{coordinate(), coordinate(), coordinate(), coordinate(),
                           below(2) == 0 ? 0.0 : coordinate()};
    }
    labels::Path path;
    for (int i = 0; i < 8; ++i) path.points.push_back({coordinate(), coordinate()});
    if (shape == ShapeKind::polygon && below(2) == 0) path.ring_starts = {4};
    return path;
}

inline labels::Keyframe Editor::keyframe(labels::ShapeKind shape) {
    labels::Keyframe made;
    made.frame = below(60);
    if (below(3) != 0) made.pts = made.frame * 512;
    made.geometry = geometry(shape);
    made.outside = below(5) == 0;
    made.occluded = below(4) == 0;
    made.interpolate = below(4) != 0;
    made.source = static_cast<labels::Source>(below(4));
    if (below(3) == 0) made.confidence = static_cast<float>(below(1000)) / 999.0f;
    if (below(3) == 0)
        labels::set_value(made.attributes, labels::AttributeId::make(),
                          "käse\n\"" + std::to_string(below(9)));
    return made;
}

inline void Editor::edit_ontology(labels::Transaction& transaction) {
    labels::Ontology ontology = m_document.state().ontology;
    labels::LabelClass made = labels::make_class(ontology, "class " + std::to_string(m_random()));
    made.attributes.push_back({labels::AttributeId::make(),
                               "colour",
                               labels::AttributeKind::select,
                               labels::Timing::changing,
                               {"red", "blue"},
                               "red"});
    if (!ontology.classes.empty()) made.parent = ontology.classes.front().id;
    ontology.classes.push_back(made);
    if (below(4) == 0) ontology.classes.front().guidelines += "Only whole ones.";
    transaction.put_ontology(ontology);
}

inline void Editor::edit_asset(labels::Transaction& transaction) {
    const int what = below(8);
    if (what == 0) return transaction.erase_asset(any_asset());
    labels::Asset asset = make_asset("medium " + std::to_string(below(1000)) + ".mp4", below(5));
    if (const labels::Asset* old = m_document.state().find(any_asset()); old != nullptr && what < 4)
        asset.id = old->id;
    if (what > 1) asset.georeference = make_georeference(asset.position);
    transaction.put_asset(asset);
}

inline void Editor::edit_keyframes(labels::Transaction& transaction, labels::TrackId id) {
    const labels::Track* track = m_document.state().find(id);
    if (track == nullptr) return;
    const labels::ShapeKind shape = track->info.shape;
    for (int i = below(12); i >= 0; --i) {
        if (below(4) == 0) {
            transaction.erase_keyframe(id, below(60));
        } else {
            transaction.put_keyframe(id, keyframe(shape));
        }
    }
}

inline void Editor::edit_track(labels::Transaction& transaction) {
    const int what = below(6);
    const labels::TrackId old = any_track();
    if (what == 0) return transaction.erase_track(old);
    if (what < 4 && m_document.state().find(old) != nullptr) {
        labels::TrackInfo info = m_document.state().find(old)->info;
        if (what == 1) info.z_order = below(9) - 4;
        if (what == 2 && below(4) == 0) info.asset = any_asset();
        info.locked = below(2) == 0;
        transaction.put_track(info);
        return edit_keyframes(transaction, old);
    }
    if (m_document.state().assets.empty() || m_document.state().ontology.classes.empty()) return;
    const labels::ClassId class_id = m_document.state().ontology.classes.back().id;
    labels::TrackInfo info = make_info(any_asset(), class_id, m_document.next_number(class_id));
    info.shape = static_cast<labels::ShapeKind>(below(6));
    if (below(3) == 0) labels::set_value(info.attributes, labels::AttributeId::make(), "fixed");
    transaction.put_track(info);
    edit_keyframes(transaction, info.id);
}

// Made, made anew, removed, and marked in ones and in many, in any order within a transaction.
inline void Editor::edit_grid(labels::Transaction& transaction) {
    const labels::AssetId id = any_asset();
    if (id.is_nil()) return;
    for (int step = below(3); step >= 0; --step) {
        const labels::InspectionGrid* grid = m_document.state().grid_of(id);
        const int what = below(8);
        if (grid == nullptr || what == 0) {
            labels::GridLayout layout{{1.0 * below(9), 1.0 * below(9), 0, 0}, 1 + below(40), 0};
            layout.area.x1 = layout.area.x0 + 1 + below(640);
            layout.area.y1 = layout.area.y0 + 1 + below(480);
            layout.overlap_px = below(layout.tile_px + 1);
            transaction.put_grid(labels::make_grid(id, layout));
        } else if (what == 1) {
            transaction.erase_grid(id);
        } else {
            const auto cells = static_cast<int>(grid->marks.size());
            for (int i = below(what == 2 ? 300 : 3); i >= 0; --i)
                transaction.put_mark(id, below(cells), static_cast<labels::Mark>(below(3)));
        }
    }
}

// Made, renamed, removed and painted on, in any order within a transaction.
inline void Editor::edit_mask(labels::Transaction& transaction) {
    const labels::AssetId asset = any_asset();
    if (asset.is_nil()) return;
    for (int step = below(4); step >= 0; --step) {
        const auto layers = m_document.state().mask_layers_of(asset);
        const int what = below(8);
        if (layers.empty() || what == 0) {
            labels::MaskLayerInfo info;
            info.id = labels::MaskLayerId::make();
            info.asset = asset;
            info.name = "mask " + std::to_string(below(9));
            info.width_px = 1 + below(9000);
            info.height_px = 1 + below(900);
            info.depth = below(2) == 0 ? masks::Depth::u8 : masks::Depth::u16;
            transaction.put_mask_layer(info);
            continue;
        }
        const labels::MaskLayer& layer =
            *layers[static_cast<std::size_t>(below(static_cast<int>(layers.size())))];
        labels::MaskLayerInfo info = layer.info;
        if (what == 1) {
            transaction.erase_mask_layer(info.id);
        } else if (what == 2 && !m_document.state().ontology.classes.empty()) {
            info.values = {{static_cast<masks::Value>(1 + below(200)),
                            m_document.state().ontology.classes.back().id, "é"}};
            transaction.put_mask_layer(info);
        } else {
            const base::Point at{1.0 * below(9000), 1.0 * below(900)};
            const double radius = below(400);
            const auto value = static_cast<masks::Value>(below(3));
            transaction.change_mask(info.id, [&](masks::Plane& plane) {
                masks::paint(plane, *masks::stroke(at, at + base::Point{30, 9}, radius), {.value = value});
            });
        }
    }
}

// The blocks of one edit, for reading it back from JSON.
inline labels::BlockSource blocks_of(const labels::Edit& edit) {
    auto blocks = std::make_shared<std::map<base::Sha256, masks::BlockPtr>>();
    for (const auto& [id, mask] : edit.masks) {
        for (const labels::TileChange& tile : mask.tiles) {
            for (const masks::Slot& slot : {tile.before, tile.after}) {
                if (slot.block) (*blocks)[slot.block->hash()] = slot.block;
            }
        }
    }
    return [blocks](const base::Sha256& hash) -> base::Result<masks::BlockPtr> {
        if (const auto it = blocks->find(hash); it != blocks->end()) return it->second;
        return base::fail(base::ErrorKind::missing, "gone");
    };
}

inline void Editor::edit() {
    labels::Transaction transaction(m_document, "Edit");
    switch (below(10)) {
        case 0:
            edit_ontology(transaction);
            break;
        case 1:
        case 2:
            edit_asset(transaction);
            break;
        case 3:
            edit_grid(transaction);
            break;
        case 4:
            edit_mask(transaction);
            break;
        default:
            edit_track(transaction);
            break;
    }
    if (below(10) != 0) transaction.commit();  // else cancelled: everything goes back
}

// Runs `child` in a process of its own and returns its exit code, or minus the signal that ended it.
template <class Child>
int in_child(const Child& child) {
    const pid_t pid = fork();
    REQUIRE(pid >= 0);
    if (pid == 0) _exit(child());
    int status = 0;
    REQUIRE(waitpid(pid, &status, 0) == pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

}  // namespace fixture
