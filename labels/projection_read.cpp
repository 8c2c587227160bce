#include <algorithm>
#include <cmath>
#include <limits>

#include "labels/json.h"
#include "labels/json_node.h"
#include "labels/json_ontology.h"
#include "labels/mask_tables.h"
#include "labels/projection.h"
#include "labels/state_write.h"
#include "labels/text.h"

namespace labels {

namespace {

using base::ErrorKind;

// Reads the columns of one row and keeps the first thing that is not as it must be.
class Row {
public:
    explicit Row(const Statement& row) : m_row{row} {}

    template <class T = std::int64_t>
    T integer(int column) {
        const std::int64_t value = m_row.integer(column);
        const bool right = m_row.type(column) == SQLITE_INTEGER && std::in_range<T>(value);
        if (!right) fail(column, "no whole number in its range");
        return right ? static_cast<T>(value) : T{};
    }
    bool truth(int column) { return integer(column) != 0; }
    double real(int column) {
        const int type = m_row.type(column);
        const double value = m_row.real(column);
        const bool right = (type == SQLITE_FLOAT || type == SQLITE_INTEGER) && std::isfinite(value);
        if (!right) fail(column, "no number");
        return right ? value : 0;
    }
    std::string text(int column) {
        std::string value(m_row.text(column));
        if (m_row.type(column) != SQLITE_TEXT || !is_utf8(value)) fail(column, "no text");
        return value;
    }
    template <class Id>
    Id id(int column) {
        Id id;
        const auto bytes = m_row.bytes(column);
        if (m_row.type(column) != SQLITE_BLOB || bytes.size() != id.uuid.bytes.size()) {
            fail(column, "no id");
        } else {
            std::ranges::copy(bytes, id.uuid.bytes.begin());
        }
        return id;
    }
    template <class E>
    E named(int column, std::optional<E> (*from)(std::string_view), E otherwise) {
        const auto value = from(m_row.text(column));
        if (!value) fail(column, "no word Limn knows");
        return value.value_or(otherwise);
    }
    AttributeValues attributes(int column) {
        if (m_row.is_null(column)) return {};
        auto values = attributes_from_json(m_row.text(column));
        if (!values) fail(column, values.error().message);
        return values ? std::move(*values) : AttributeValues{};
    }
    base::Georeference georeference(int column) {
        if (m_row.is_null(column)) return {};
        auto read = georeference_from_json(m_row.text(column));
        if (!read) fail(column, read.error().message);
        return read ? std::move(*read) : base::Georeference{};
    }
    void fail(int column, std::string_view what) {
        if (m_fault.empty()) m_fault = fmt::format("column {} holds {}", column + 1, what);
    }
    [[nodiscard]] const std::string& fault() const { return m_fault; }

private:
    const Statement& m_row;
    std::string m_fault;
};

std::unexpected<base::Error> bad_row(std::string_view row, std::string_view fault,
                                     const std::filesystem::path& shown) {
    return base::fail(ErrorKind::malformed, "The {} is damaged ({}); run limn check --repair: {}", row, fault,
                      shown.string());
}

Asset read_asset(Row& row) {
    Asset asset;
    asset.id = row.id<AssetId>(0);
    asset.position = row.integer(1);
    asset.name = row.text(2);
    asset.kind = row.named(3, media_kind_from, MediaKind::video);
    asset.relative_path = row.text(4);
    asset.absolute_path = row.text(5);
    asset.fingerprint = row.text(6);
    asset.size_bytes = row.integer(7);
    asset.width_px = row.integer<int>(8);
    asset.height_px = row.integer<int>(9);
    asset.frame_count = row.integer(10);
    asset.time_base = {row.integer(11), row.integer(12)};
    asset.frame_rate = {row.integer(13), row.integer(14)};
    asset.rotation_deg = row.integer<int>(15);
    asset.stream_index = row.integer<int>(16);
    asset.georeference = row.georeference(17);
    if (asset.time_base.den <= 0 || asset.frame_rate.den <= 0) row.fail(12, "a ratio over zero");
    return asset;
}

TrackInfo read_info(Row& row) {
    TrackInfo info;
    info.id = row.id<TrackId>(1);
    info.asset = row.id<AssetId>(2);
    info.class_id = row.id<ClassId>(3);
    info.number = row.integer(4);
    info.name = row.text(5);
    info.shape = row.named(6, shape_kind_from, ShapeKind::box);
    info.extent = row.named(7, extent_from, Extent::track);
    info.attributes = row.attributes(8);
    info.group = row.integer<std::int32_t>(9);
    info.z_order = row.integer<std::int32_t>(10);
    info.locked = row.truth(11);
    info.hidden = row.truth(12);
    info.source = row.named(13, source_from, Source::human);
    info.source_detail = row.text(14);
    info.author = row.text(15);
    return info;
}

void read_keyframe(const Statement& from, Row& row, Keyframe& keyframe) {
    keyframe.frame = row.integer(1);
    keyframe.pts = from.is_null(2) ? k_no_pts : row.integer(2);
    keyframe.outside = row.truth(3);
    keyframe.occluded = row.truth(4);
    keyframe.interpolate = row.truth(5);
    keyframe.source = static_cast<Source>(row.integer<std::uint8_t>(6));
    if (keyframe.source > Source::interpolated) row.fail(6, "no source that Limn knows");
    const double confidence = row.real(7);
    if (confidence < 0 || confidence > 1) row.fail(7, "a confidence that is not in 0…1");
    keyframe.confidence = static_cast<float>(std::clamp(confidence, 0.0, 1.0));
    if (from.is_null(13)) {
        keyframe.geometry = Box{row.real(8), row.real(9), row.real(10), row.real(11), row.real(12)};
    } else if (auto geometry = geometry_from_json(from.text(13))) {
        keyframe.geometry = std::move(*geometry);
    } else {
        row.fail(13, geometry.error().message);
    }
    if (!from.is_null(14)) keyframe.attributes = row.attributes(14);
}

struct NumberedTrack {
    std::int64_t n = 0;
    std::shared_ptr<Track> track;
};

class Reader {
public:
    Reader(Database& database, const std::filesystem::path& shown) : m_database{database}, m_shown{shown} {}

    base::Result<State> read() {
        State state;
        if (auto done = read_ontology_row(state.ontology); !done) return std::unexpected(done.error());
        if (auto done = read_assets(); !done) return std::unexpected(done.error());
        if (auto done = read_tracks(); !done) return std::unexpected(done.error());
        if (auto done = read_keyframes(); !done) return std::unexpected(done.error());
        std::vector<TrackPtr> tracks;
        tracks.reserve(m_tracks.size());
        for (NumberedTrack& track : m_tracks) tracks.push_back(std::move(track.track));
        fill_state(state, std::move(m_assets), std::move(tracks));
        if (auto done = read_grids(); !done) return std::unexpected(done.error());
        if (auto done = read_grid_rows(); !done) return std::unexpected(done.error());
        for (auto& [id, grid] : m_grids) state.grids[id] = std::make_shared<InspectionGrid>(std::move(grid));
        if (auto done = read_masks(m_database, state, m_shown); !done) return std::unexpected(done.error());
        return state;
    }

private:
    base::Result<void> read_ontology_row(Ontology& ontology) {
        auto rows = m_database.prepare("SELECT json FROM ontology WHERE one = 1");
        if (!rows) return std::unexpected(rows.error());
        auto row = rows->step();
        if (!row) return std::unexpected(row.error());
        if (!*row) return bad_row("ontology", "its row is gone", m_shown);
        auto read = read_json(rows->text(0), read_ontology);
        if (!read) return bad_row("ontology", read.error().message, m_shown);
        ontology = std::move(*read);
        return {};
    }

    base::Result<void> read_assets() {
        auto rows = m_database.prepare(
            "SELECT id, position, name, kind, relative_path, absolute_path, fingerprint, size_bytes, width, "
            "height, "
            "frame_count, time_base_num, time_base_den, frame_rate_num, frame_rate_den, rotation, stream, "
            "georeference "
            "FROM asset ORDER BY n");
        if (!rows) return std::unexpected(rows.error());
        auto there = rows->step();
        for (; there && *there; there = rows->step()) {
            Row row(*rows);
            m_assets.push_back(read_asset(row));
            if (!row.fault().empty())
                return bad_row(fmt::format("asset in row {}", m_assets.size()), row.fault(), m_shown);
        }
        if (!there) return std::unexpected(there.error());
        return {};
    }

    base::Result<void> read_tracks() {
        auto rows = m_database.prepare(
            "SELECT n, id, asset, class, number, name, shape, extent, attributes, \"group\", z_order, "
            "locked, hidden, source, "
            "source_detail, author FROM track ORDER BY n");
        if (!rows) return std::unexpected(rows.error());
        auto there = rows->step();
        for (; there && *there; there = rows->step()) {
            Row row(*rows);
            auto track = std::make_shared<Track>();
            track->info = read_info(row);
            const std::int64_t n = row.integer(0);
            const bool in_order = m_tracks.empty() || m_tracks.back().n < n;
            if (!in_order) row.fail(0, "a number out of order");
            if (!row.fault().empty()) return bad_row(fmt::format("track in row {}", n), row.fault(), m_shown);
            m_tracks.push_back({n, std::move(track)});
        }
        if (!there) return std::unexpected(there.error());
        return {};
    }

    // One pass over the table in the order it is stored; tracks are walked alongside. Each track gets a
    // vector of just the right size.
    base::Result<void> read_keyframes() {
        auto rows = m_database.prepare(
            "SELECT track_n, frame, pts, outside, occluded, interpolate, source, confidence, x0, y0, x1, y1, "
            "rotation, "
            "geometry, attributes FROM keyframe ORDER BY track_n, frame");
        if (!rows) return std::unexpected(rows.error());
        auto track = m_tracks.begin();
        auto there = rows->step();
        for (; there && *there; there = rows->step()) {
            const std::int64_t n = rows->integer(0);
            while (track != m_tracks.end() && track->n < n) take_keyframes(*track++);
            Row row(*rows);
            if (track == m_tracks.end() || track->n != n) row.fail(0, "the number of no track");
            Keyframe& keyframe = m_keyframes.emplace_back();
            read_keyframe(*rows, row, keyframe);
            const bool in_order =
                m_keyframes.size() < 2 || m_keyframes[m_keyframes.size() - 2].frame < keyframe.frame;
            if (!in_order) row.fail(1, "a frame out of order");
            if (!row.fault().empty()) {
                return bad_row(fmt::format("keyframe at frame {} of the track in row {}", keyframe.frame, n),
                               row.fault(), m_shown);
            }
        }
        if (!there) return std::unexpected(there.error());
        if (track != m_tracks.end()) take_keyframes(*track);
        return {};
    }

    base::Result<void> read_grids() {
        auto rows = m_database.prepare(
            "SELECT asset, x, y, width, height, tile, overlap FROM inspection_grid ORDER BY asset");
        if (!rows) return std::unexpected(rows.error());
        auto there = rows->step();
        for (; there && *there; there = rows->step()) {
            Row row(*rows);
            const auto asset = row.id<AssetId>(0);
            const auto real = [&](int column) { return static_cast<double>(row.integer(column)); };
            GridLayout layout;
            layout.area = {real(1), real(2), real(1) + real(3), real(2) + real(4)};
            layout.tile_px = row.integer<int>(5);
            layout.overlap_px = row.integer<int>(6);
            if (!is_sound(layout)) row.fail(3, "what is no grid");
            if (!row.fault().empty()) return bad_row("inspection grid", row.fault(), m_shown);
            m_grids[asset] = make_grid(asset, layout);
        }
        if (!there) return std::unexpected(there.error());
        return {};
    }

    base::Result<void> read_grid_rows() {
        auto rows =
            m_database.prepare("SELECT asset, \"row\", marks FROM inspection_row ORDER BY asset, \"row\"");
        if (!rows) return std::unexpected(rows.error());
        auto there = rows->step();
        for (; there && *there; there = rows->step()) {
            Row row(*rows);
            const auto asset = row.id<AssetId>(0);
            const std::int64_t n = row.integer(1);
            const auto grid = m_grids.find(asset);
            if (grid == m_grids.end() || n < 0 || n >= grid->second.layout.rows())
                row.fail(1, "a row of no grid");
            else if (const std::int64_t columns = grid->second.layout.columns();
                     const auto marks = marks_from_text(rows->text(2), columns))
                std::ranges::copy(*marks, grid->second.marks.begin() + n * columns);
            else
                row.fail(2, fmt::format("no {} marks", columns));
            if (!row.fault().empty())
                return bad_row(fmt::format("row {} of an inspection grid", n), row.fault(), m_shown);
        }
        if (!there) return std::unexpected(there.error());
        return {};
    }

    void take_keyframes(NumberedTrack& track) {
        track.track->keyframes.assign(std::make_move_iterator(m_keyframes.begin()),
                                      std::make_move_iterator(m_keyframes.end()));
        m_keyframes.clear();
    }

    Database& m_database;
    const std::filesystem::path& m_shown;
    std::vector<Asset> m_assets;
    std::vector<NumberedTrack> m_tracks;
    std::vector<Keyframe> m_keyframes;  // of the track being read
    std::map<AssetId, InspectionGrid> m_grids;
};

}  // namespace

base::Result<State> read_projection(Database& database, const std::filesystem::path& shown) {
    return Reader(database, shown).read();
}

}  // namespace labels
