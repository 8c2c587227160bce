#include "labels/project_schema.h"

#include <chrono>

namespace labels {

namespace {

using base::ErrorKind;

constexpr const char* k_tables = R"sql(
CREATE TABLE meta (key TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE ontology (one INTEGER PRIMARY KEY CHECK (one = 1), revision INTEGER NOT NULL, json TEXT NOT NULL);
INSERT INTO ontology VALUES (1, 0, '{"revision":0,"classes":[]}');

CREATE TABLE asset (
    n INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, position INTEGER NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL,
    relative_path TEXT NOT NULL, absolute_path TEXT NOT NULL, fingerprint TEXT NOT NULL, size_bytes INTEGER NOT NULL,
    width INTEGER NOT NULL, height INTEGER NOT NULL, frame_count INTEGER NOT NULL,
    time_base_num INTEGER NOT NULL, time_base_den INTEGER NOT NULL,
    frame_rate_num INTEGER NOT NULL, frame_rate_den INTEGER NOT NULL,
    rotation INTEGER NOT NULL, stream INTEGER NOT NULL, georeference TEXT);

CREATE TABLE track (
    n INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, asset BLOB NOT NULL, class BLOB NOT NULL, number INTEGER NOT NULL,
    name TEXT NOT NULL, shape TEXT NOT NULL, extent TEXT NOT NULL, attributes TEXT, "group" INTEGER NOT NULL,
    z_order INTEGER NOT NULL, locked INTEGER NOT NULL, hidden INTEGER NOT NULL, source TEXT NOT NULL,
    source_detail TEXT NOT NULL, author TEXT NOT NULL);

CREATE TABLE keyframe (
    track_n INTEGER NOT NULL, frame INTEGER NOT NULL, pts INTEGER,
    outside INTEGER NOT NULL, occluded INTEGER NOT NULL, interpolate INTEGER NOT NULL,
    source INTEGER NOT NULL, confidence REAL NOT NULL DEFAULT 1,
    x0 REAL, y0 REAL, x1 REAL, y1 REAL, rotation REAL, geometry TEXT, attributes TEXT,
    PRIMARY KEY (track_n, frame)) WITHOUT ROWID;

CREATE TABLE event (
    seq INTEGER PRIMARY KEY, id BLOB NOT NULL, time_us INTEGER NOT NULL, author TEXT NOT NULL, kind TEXT NOT NULL,
    name TEXT NOT NULL, target INTEGER NOT NULL, encoding TEXT NOT NULL, prev_hash BLOB NOT NULL, hash BLOB NOT NULL,
    changes BLOB NOT NULL);
)sql";

constexpr const char* k_grid_tables = R"sql(
CREATE TABLE inspection_grid (
    asset BLOB PRIMARY KEY NOT NULL, x INTEGER NOT NULL, y INTEGER NOT NULL, width INTEGER NOT NULL,
    height INTEGER NOT NULL, tile INTEGER NOT NULL, overlap INTEGER NOT NULL) WITHOUT ROWID;

CREATE TABLE inspection_row (
    asset BLOB NOT NULL, "row" INTEGER NOT NULL, marks TEXT NOT NULL, PRIMARY KEY (asset, "row")) WITHOUT ROWID;
)sql";

// A page is 16 × 16 tiles of 256 × 256 pixels; its slots are runs, "255x0 1x*". Blocks are what the log names
// by hash.
constexpr const char* k_mask_tables = R"sql(
CREATE TABLE mask_layer (id BLOB PRIMARY KEY NOT NULL, info TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE mask_page (
    layer BLOB NOT NULL, y INTEGER NOT NULL, x INTEGER NOT NULL, slots TEXT NOT NULL,
    PRIMARY KEY (layer, y, x)) WITHOUT ROWID;

CREATE TABLE mask_tile (
    n INTEGER PRIMARY KEY, layer BLOB NOT NULL, y INTEGER NOT NULL, x INTEGER NOT NULL, hash BLOB NOT NULL,
    data BLOB NOT NULL, UNIQUE (layer, y, x));

CREATE TABLE mask_block (n INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, data BLOB NOT NULL);
)sql";

// For people and scripts: ids as text, the class by its name, numbers as words. Limn itself does not read
// them.
constexpr const char* k_views = R"sql(
CREATE VIEW class_readable AS
SELECT json_extract(c.value, '$.id') AS id, json_extract(c.value, '$.name') AS name, json_extract(c.value, '$.color') AS color
FROM ontology, json_each(ontology.json, '$.classes') AS c;

CREATE VIEW track_readable AS
SELECT n, lower(substr(hex(id),1,8)||'-'||substr(hex(id),9,4)||'-'||substr(hex(id),13,4)||'-'||substr(hex(id),17,4)||'-'||
       substr(hex(id),21)) AS id,
       (SELECT name FROM asset WHERE asset.id = track.asset) AS asset,
       (SELECT c.name FROM class_readable AS c WHERE replace(c.id, '-', '') = lower(hex(track.class))) AS class,
       number, name, shape, extent, attributes, "group", z_order, locked, hidden, source, source_detail, author
FROM track;

CREATE VIEW keyframe_readable AS
SELECT t.asset, t.class, t.number, t.id AS track, k.frame, k.pts, k.outside, k.occluded, k.interpolate,
       CASE k.source WHEN 0 THEN 'human' WHEN 1 THEN 'model' WHEN 2 THEN 'import' ELSE 'interpolated' END AS source,
       k.confidence, k.x0, k.y0, k.x1, k.y1, k.rotation, k.geometry, k.attributes
FROM keyframe AS k JOIN track_readable AS t ON t.n = k.track_n;

CREATE VIEW event_readable AS
SELECT seq, datetime(time_us / 1000000, 'unixepoch') AS time_utc, author, kind, name, target, length(changes) AS bytes,
       lower(hex(hash)) AS hash
FROM event;
)sql";

// Version 1 kept neither the time of a keyframe in the stream nor how sure a model was, and had no views.
base::Result<void> migrate_1_to_2(Database& database) {
    if (auto done = database.run("ALTER TABLE keyframe ADD COLUMN pts INTEGER;"
                                 "ALTER TABLE keyframe ADD COLUMN confidence REAL NOT NULL DEFAULT 1;");
        !done) {
        return done;
    }
    return database.run(k_views);
}

// Version 2 did not know where a raster lies.
base::Result<void> migrate_2_to_3(Database& database) {
    return database.run("ALTER TABLE asset ADD COLUMN georeference TEXT;");
}

// Version 3 had no inspection grids.
base::Result<void> migrate_3_to_4(Database& database) { return database.run(k_grid_tables); }

// Version 4 had no masks.
base::Result<void> migrate_4_to_5(Database& database) { return database.run(k_mask_tables); }

// [i] leads from version i + 1 to i + 2. A step, once released, is never changed.
using Migration = base::Result<void> (*)(Database&);
constexpr Migration k_migrations[] = {migrate_1_to_2, migrate_2_to_3, migrate_3_to_4, migrate_4_to_5};
static_assert(std::size(k_migrations) == k_schema_version - 1);

base::Result<void> set_version(Database& database) {
    return database.run(fmt::format("PRAGMA user_version = {}", k_schema_version).c_str());
}

}  // namespace

base::Result<void> create_schema(Database& database) {
    auto transaction = SqlTransaction::begin(database);
    if (!transaction) return std::unexpected(transaction.error());
    if (auto done = database.run(k_tables); !done) return done;
    if (auto done = database.run(k_grid_tables); !done) return done;
    if (auto done = database.run(k_mask_tables); !done) return done;
    if (auto done = database.run(k_views); !done) return done;
    if (auto done = database.run(fmt::format("PRAGMA application_id = {}", k_application_id).c_str()); !done)
        return done;
    if (auto done = set_version(database); !done) return done;
    return transaction->commit();
}

base::Result<std::int64_t> schema_version_of(const Database& database, const std::filesystem::path& shown) {
    const auto application = database.integer("PRAGMA application_id");
    if (!application) return std::unexpected(application.error());
    const auto version = database.integer("PRAGMA user_version");
    if (!version) return version;
    if (*application != k_application_id || *version < 1) {
        return base::fail(ErrorKind::malformed,
                          "This is a database of another program and no Limn project: {}", shown.string());
    }
    if (*version > k_schema_version) {
        return base::fail(ErrorKind::unsupported,
                          "A newer Limn wrote this project (its form is {}, this Limn knows up to {}); "
                          "install the newer one: {}",
                          *version, k_schema_version, shown.string());
    }
    return version;
}

base::Result<void> migrate_schema(Database& database, std::int64_t from) {
    auto transaction = SqlTransaction::begin(database);
    if (!transaction) return std::unexpected(transaction.error());
    for (std::int64_t version = from; version < k_schema_version; ++version) {
        if (auto done = k_migrations[version - 1](database); !done) return done;
    }
    if (auto done = set_version(database); !done) return done;
    return transaction->commit();
}

}  // namespace labels
