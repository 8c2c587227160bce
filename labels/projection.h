#pragma once
// The current state as tables: what an edit changes in them, and reading them whole.

#include <unordered_map>

#include "labels/edit.h"
#include "labels/sqlite.h"

namespace labels {

// Writes edits into the tables, inside the caller's SQLite transaction.
class ProjectionWriter {
public:
    explicit ProjectionWriter(Database& database) : m_database{&database} {}
    [[nodiscard]] base::Result<void> write(const Edit& edit);
    void forget() { m_track_n.clear(); }  // after a rollback: row numbers may have been taken back

private:
    enum Query {
        set_ontology,
        put_asset,
        drop_asset,
        find_track,
        put_track,
        drop_track,
        drop_keyframes,
        put_keyframe,
        drop_keyframe,
        find_grid,
        put_grid,
        drop_grid,
        drop_grid_rows,
        find_grid_row,
        put_grid_row,
        drop_grid_row,
        query_count
    };
    base::Result<Statement*> statement(Query query);
    base::Result<void> write_ontology(const Ontology& ontology);
    base::Result<void> write_asset(AssetId id, const Change<Asset>& change);
    base::Result<void> write_track(TrackId id, const TrackEdit& edit);
    base::Result<void> write_info(const TrackInfo& info);
    base::Result<void> erase_track(TrackId id);
    base::Result<void> write_keyframe(std::int64_t track_n, const Keyframe& keyframe);
    base::Result<std::int64_t> row_of(TrackId id);  // 0: it has none
    base::Result<void> write_grid(AssetId id, const GridEdit& edit);
    base::Result<void> replace_grid(AssetId id, const std::optional<InspectionGrid>& grid);
    base::Result<std::int64_t> columns_of(AssetId id);  // of its grid; 0: it has none
    base::Result<std::vector<Mark>> marks_of(AssetId id, std::int64_t row, std::int64_t columns);
    base::Result<void> write_marks(AssetId id, std::int64_t row, std::span<const Mark> marks);

    Database* m_database;
    Statement m_statements[query_count];
    bool m_prepared[query_count] = {};
    std::unordered_map<TrackId, std::int64_t> m_track_n;
};

// Errors: malformed, naming the row.
[[nodiscard]] base::Result<State> read_projection(Database& database, const std::filesystem::path& shown);

}  // namespace labels
