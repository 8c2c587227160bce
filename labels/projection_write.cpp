#include <algorithm>

#include "labels/json.h"
#include "labels/mask_tables.h"
#include "labels/projection.h"

namespace labels {

namespace {

constexpr std::string_view k_sql[] = {
    "UPDATE ontology SET revision = ?1, json = ?2 WHERE one = 1",
    "INSERT INTO asset (id, position, name, kind, relative_path, absolute_path, fingerprint, size_bytes, "
    "width, height, "
    "frame_count, time_base_num, time_base_den, frame_rate_num, frame_rate_den, rotation, stream, "
    "georeference) "
    "VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17,?18) ON CONFLICT (id) DO UPDATE SET "
    "position=?2, name=?3, kind=?4, relative_path=?5, absolute_path=?6, fingerprint=?7, size_bytes=?8, "
    "width=?9, height=?10, "
    "frame_count=?11, time_base_num=?12, time_base_den=?13, frame_rate_num=?14, frame_rate_den=?15, "
    "rotation=?16, stream=?17, georeference=?18",
    "DELETE FROM asset WHERE id = ?1",
    "SELECT n FROM track WHERE id = ?1",
    "INSERT INTO track (id, asset, class, number, name, shape, extent, attributes, \"group\", z_order, "
    "locked, hidden, "
    "source, source_detail, author) VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15) ON CONFLICT "
    "(id) DO UPDATE "
    "SET asset=?2, class=?3, number=?4, name=?5, shape=?6, extent=?7, attributes=?8, \"group\"=?9, "
    "z_order=?10, locked=?11, "
    "hidden=?12, source=?13, source_detail=?14, author=?15",
    "DELETE FROM track WHERE n = ?1",
    "DELETE FROM keyframe WHERE track_n = ?1",
    "INSERT OR REPLACE INTO keyframe (track_n, frame, pts, outside, occluded, interpolate, source, "
    "confidence, x0, y0, x1, "
    "y1, rotation, geometry, attributes) VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15)",
    "DELETE FROM keyframe WHERE track_n = ?1 AND frame = ?2",
    "SELECT width, tile FROM inspection_grid WHERE asset = ?1",
    "INSERT INTO inspection_grid (asset, x, y, width, height, tile, overlap) VALUES (?1,?2,?3,?4,?5,?6,?7)",
    "DELETE FROM inspection_grid WHERE asset = ?1",
    "DELETE FROM inspection_row WHERE asset = ?1",
    "SELECT marks FROM inspection_row WHERE asset = ?1 AND \"row\" = ?2",
    "INSERT OR REPLACE INTO inspection_row (asset, \"row\", marks) VALUES (?1,?2,?3)",
    "DELETE FROM inspection_row WHERE asset = ?1 AND \"row\" = ?2",
};

}  // namespace

base::Result<Statement*> ProjectionWriter::statement(Query query) {
    static_assert(std::size(k_sql) == query_count);
    if (!m_prepared[query]) {
        auto prepared = m_database->prepare(k_sql[query]);
        if (!prepared) return std::unexpected(prepared.error());
        m_statements[query] = std::move(*prepared);
        m_prepared[query] = true;
    }
    return &m_statements[query];
}

base::Result<void> ProjectionWriter::write(const Edit& edit) {
    if (edit.ontology) {
        if (auto done = write_ontology(edit.ontology->after.value_or(Ontology{})); !done) return done;
    }
    for (const auto& [id, change] : edit.assets) {
        if (auto done = write_asset(id, change); !done) return done;
    }
    for (const auto& [id, track] : edit.tracks) {
        if (auto done = write_track(id, track); !done) return done;
    }
    for (const auto& [id, grid] : edit.grids) {
        if (auto done = write_grid(id, grid); !done) return done;
    }
    for (const auto& [id, mask] : edit.masks) {
        if (auto done = write_mask(*m_database, id, mask); !done) return done;
    }
    return {};
}

base::Result<void> ProjectionWriter::write_ontology(const Ontology& ontology) {
    auto set = statement(set_ontology);
    if (!set) return std::unexpected(set.error());
    const std::string json = to_json(ontology);
    (*set)->bind(1, ontology.revision).bind(2, std::string_view(json));
    return (*set)->run();
}

base::Result<void> ProjectionWriter::write_asset(AssetId id, const Change<Asset>& change) {
    auto query = statement(change.after ? put_asset : drop_asset);
    if (!query) return std::unexpected(query.error());
    Statement& sql = **query;
    sql.bind(1, id.uuid.bytes);
    if (!change.after) return sql.run();
    const Asset& asset = *change.after;
    sql.bind(2, asset.position).bind(3, std::string_view(asset.name)).bind(4, name_of(asset.kind));
    sql.bind(5, std::string_view(asset.relative_path)).bind(6, std::string_view(asset.absolute_path));
    sql.bind(7, std::string_view(asset.fingerprint)).bind(8, asset.size_bytes);
    sql.bind(9, std::int64_t{asset.width_px})
        .bind(10, std::int64_t{asset.height_px})
        .bind(11, asset.frame_count);
    sql.bind(12, asset.time_base.num).bind(13, asset.time_base.den);
    sql.bind(14, asset.frame_rate.num).bind(15, asset.frame_rate.den);
    sql.bind(16, std::int64_t{asset.rotation_deg}).bind(17, std::int64_t{asset.stream_index});
    const bool is_placed = asset.georeference != base::Georeference{};
    const std::string georeference = is_placed ? to_json(asset.georeference) : std::string{};
    is_placed ? sql.bind(18, std::string_view(georeference)) : sql.bind_null(18);
    return sql.run();
}

base::Result<std::int64_t> ProjectionWriter::row_of(TrackId id) {
    if (const auto it = m_track_n.find(id); it != m_track_n.end()) return it->second;
    auto find = statement(find_track);
    if (!find) return std::unexpected(find.error());
    (*find)->bind(1, id.uuid.bytes);
    auto row = (*find)->step();
    if (!row) return std::unexpected(row.error());
    if (!*row) return 0;
    const std::int64_t n = (*find)->integer(0);
    (*find)->reset();
    m_track_n[id] = n;
    return n;
}

base::Result<void> ProjectionWriter::write_info(const TrackInfo& info) {
    auto query = statement(put_track);
    if (!query) return std::unexpected(query.error());
    Statement& sql = **query;
    const std::string attributes =
        info.attributes.empty() ? std::string{} : attributes_to_json(info.attributes);
    sql.bind(1, info.id.uuid.bytes).bind(2, info.asset.uuid.bytes).bind(3, info.class_id.uuid.bytes);
    sql.bind(4, info.number).bind(5, std::string_view(info.name)).bind(6, name_of(info.shape));
    sql.bind(7, name_of(info.extent));
    attributes.empty() ? sql.bind_null(8) : sql.bind(8, std::string_view(attributes));
    sql.bind(9, std::int64_t{info.group}).bind(10, std::int64_t{info.z_order});
    sql.bind(11, std::int64_t{info.locked})
        .bind(12, std::int64_t{info.hidden})
        .bind(13, name_of(info.source));
    sql.bind(14, std::string_view(info.source_detail)).bind(15, std::string_view(info.author));
    return sql.run();
}

base::Result<void> ProjectionWriter::erase_track(TrackId id) {
    auto n = row_of(id);
    if (!n) return std::unexpected(n.error());
    m_track_n.erase(id);
    for (const Query query : {drop_keyframes, drop_track}) {
        auto drop = statement(query);
        if (!drop) return std::unexpected(drop.error());
        (*drop)->bind(1, *n);
        if (auto done = (*drop)->run(); !done) return done;
    }
    return {};
}

base::Result<void> ProjectionWriter::write_track(TrackId id, const TrackEdit& edit) {
    if (edit.info && !edit.info->after) return erase_track(id);
    if (edit.info) {
        if (auto done = write_info(*edit.info->after); !done) return done;
    }
    if (edit.keyframes.empty()) return {};
    auto n = row_of(id);
    if (!n) return std::unexpected(n.error());
    if (*n == 0) return {};  // as in a replay: a keyframe of no track is passed over
    for (const auto& [frame, change] : edit.keyframes) {
        if (change.after) {
            if (auto done = write_keyframe(*n, *change.after); !done) return done;
            continue;
        }
        auto drop = statement(drop_keyframe);
        if (!drop) return std::unexpected(drop.error());
        (*drop)->bind(1, *n).bind(2, frame);
        if (auto done = (*drop)->run(); !done) return done;
    }
    return {};
}

base::Result<void> ProjectionWriter::write_keyframe(std::int64_t track_n, const Keyframe& keyframe) {
    auto query = statement(put_keyframe);
    if (!query) return std::unexpected(query.error());
    Statement& sql = **query;
    sql.bind(1, track_n).bind(2, keyframe.frame);
    keyframe.pts == k_no_pts ? sql.bind_null(3) : sql.bind(3, keyframe.pts);
    sql.bind(4, std::int64_t{keyframe.outside}).bind(5, std::int64_t{keyframe.occluded});
    sql.bind(6, std::int64_t{keyframe.interpolate}).bind(7, static_cast<std::int64_t>(keyframe.source));
    sql.bind(8, short_double(keyframe.confidence));
    std::string geometry;
    if (const auto* box = std::get_if<Box>(&keyframe.geometry)) {
        sql.bind(9, box->x0)
            .bind(10, box->y0)
            .bind(11, box->x1)
            .bind(12, box->y1)
            .bind(13, box->rotation_deg)
            .bind_null(14);
    } else {
        for (int column = 9; column <= 13; ++column) sql.bind_null(column);
        geometry = geometry_to_json(keyframe.geometry);
        sql.bind(14, std::string_view(geometry));
    }
    const std::string attributes =
        keyframe.attributes.empty() ? std::string{} : attributes_to_json(keyframe.attributes);
    attributes.empty() ? sql.bind_null(15) : sql.bind(15, std::string_view(attributes));
    return sql.run();
}

base::Result<void> ProjectionWriter::replace_grid(AssetId id, const std::optional<InspectionGrid>& grid) {
    for (const Query query : {drop_grid_rows, drop_grid}) {
        auto drop = statement(query);
        if (!drop) return std::unexpected(drop.error());
        (*drop)->bind(1, id.uuid.bytes);
        if (auto done = (*drop)->run(); !done) return done;
    }
    if (!grid) return {};
    auto put = statement(put_grid);
    if (!put) return std::unexpected(put.error());
    const GridLayout& layout = grid->layout;
    const auto whole = [](double value) { return static_cast<std::int64_t>(value); };
    (*put)->bind(1, id.uuid.bytes).bind(2, whole(layout.area.x0)).bind(3, whole(layout.area.y0));
    (*put)->bind(4, whole(layout.area.width())).bind(5, whole(layout.area.height()));
    (*put)->bind(6, std::int64_t{layout.tile_px}).bind(7, std::int64_t{layout.overlap_px});
    if (auto done = (*put)->run(); !done) return done;
    const std::int64_t columns = layout.columns();
    for (std::int64_t row = 0; row < layout.rows(); ++row) {
        const auto marks =
            std::span(grid->marks)
                .subspan(static_cast<std::size_t>(row * columns), static_cast<std::size_t>(columns));
        if (std::ranges::all_of(marks, [](Mark mark) { return mark == Mark::todo; })) continue;
        if (auto done = write_marks(id, row, marks); !done) return done;
    }
    return {};
}

base::Result<std::int64_t> ProjectionWriter::columns_of(AssetId id) {
    auto find = statement(find_grid);
    if (!find) return std::unexpected(find.error());
    (*find)->bind(1, id.uuid.bytes);
    auto row = (*find)->step();
    if (!row) return std::unexpected(row.error());
    if (!*row) return 0;
    const std::int64_t width = (*find)->integer(0), tile = std::max<std::int64_t>((*find)->integer(1), 1);
    (*find)->reset();
    return (width + tile - 1) / tile;
}

base::Result<std::vector<Mark>> ProjectionWriter::marks_of(AssetId id, std::int64_t row,
                                                           std::int64_t columns) {
    auto find = statement(find_grid_row);
    if (!find) return std::unexpected(find.error());
    (*find)->bind(1, id.uuid.bytes).bind(2, row);
    auto there = (*find)->step();
    if (!there) return std::unexpected(there.error());
    std::vector<Mark> none(static_cast<std::size_t>(columns), Mark::todo);
    if (!*there) return none;
    auto marks = marks_from_text((*find)->text(0), columns);
    (*find)->reset();
    return std::move(marks).value_or(std::move(none));  // somebody else's damage: a check finds it
}

base::Result<void> ProjectionWriter::write_marks(AssetId id, std::int64_t row, std::span<const Mark> marks) {
    const bool is_empty = std::ranges::all_of(marks, [](Mark mark) { return mark == Mark::todo; });
    auto query = statement(is_empty ? drop_grid_row : put_grid_row);
    if (!query) return std::unexpected(query.error());
    (*query)->bind(1, id.uuid.bytes).bind(2, row);
    const std::string text = marks_to_text(marks);
    if (!is_empty) (*query)->bind(3, std::string_view(text));
    return (*query)->run();
}

// A mark costs one row of the grid, however large the grid is.
base::Result<void> ProjectionWriter::write_grid(AssetId id, const GridEdit& edit) {
    if (edit.grid) return replace_grid(id, edit.grid->after);
    const auto columns = columns_of(id);
    if (!columns) return std::unexpected(columns.error());
    if (*columns == 0) return {};  // as in a replay: a mark of no grid is passed over
    for (auto change = edit.marks.begin(); change != edit.marks.end();) {
        const std::int64_t row = change->first / *columns;
        auto marks = marks_of(id, row, *columns);
        if (!marks) return std::unexpected(marks.error());
        for (; change != edit.marks.end() && change->first / *columns == row; ++change)
            (*marks)[static_cast<std::size_t>(change->first % *columns)] = change->second.after;
        if (auto done = write_marks(id, row, *marks); !done) return done;
    }
    return {};
}

}  // namespace labels
