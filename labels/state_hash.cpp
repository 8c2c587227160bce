#include <algorithm>
#include <bit>

#include "base/digest.h"
#include "labels/json.h"
#include "labels/state.h"

namespace labels {

namespace {

// Bytes that are equal for equal values: integers and doubles little-endian, texts after their length.
class Canonical {
public:
    void integer(std::int64_t value) {
        const auto bits = std::bit_cast<std::array<std::byte, 8>>(value);
        static_assert(std::endian::native == std::endian::little);
        m_bytes.insert(m_bytes.end(), bits.begin(), bits.end());
    }
    void real(double value) { integer(std::bit_cast<std::int64_t>(value + 0.0)); }  // -0 is 0
    void text(std::string_view text) {
        integer(static_cast<std::int64_t>(text.size()));
        const auto part = std::as_bytes(std::span(text));
        m_bytes.insert(m_bytes.end(), part.begin(), part.end());
    }
    void id(const base::Uuid& uuid) {
        const auto part = std::as_bytes(std::span(uuid.bytes));
        m_bytes.insert(m_bytes.end(), part.begin(), part.end());
    }
    void digest(const base::Sha256& digest) {
        const auto part = std::as_bytes(std::span(digest));
        m_bytes.insert(m_bytes.end(), part.begin(), part.end());
    }
    [[nodiscard]] base::Sha256 hash() const { return base::sha256(m_bytes); }
    void clear() { m_bytes.clear(); }

private:
    std::vector<std::byte> m_bytes;
};

void put(Canonical& out, const AttributeValues& values) {
    out.integer(static_cast<std::int64_t>(values.size()));
    for (const auto& [id, value] : values) {
        out.id(id.uuid);
        out.text(value);
    }
}

void put(Canonical& out, const Box& box) {
    for (const double value : {box.x0, box.y0, box.x1, box.y1, box.rotation_deg}) out.real(value);
}

void put(Canonical& out, const Path& path) {
    out.integer(static_cast<std::int64_t>(path.points.size()));
    for (const base::Point& point : path.points) {
        out.real(point.x);
        out.real(point.y);
    }
    out.integer(static_cast<std::int64_t>(path.ring_starts.size()));
    for (const std::uint32_t start : path.ring_starts) out.integer(start);
}

void put(Canonical& out, const MaskRuns& mask) {
    for (const std::int32_t value : {mask.left, mask.top, mask.width, mask.height}) out.integer(value);
    out.integer(static_cast<std::int64_t>(mask.runs.size()));
    for (const std::uint32_t run : mask.runs) out.integer(run);
}

void put(Canonical& out, const Keyframe& keyframe) {
    out.integer(keyframe.frame);
    out.integer(keyframe.pts);
    out.integer(static_cast<std::int64_t>(keyframe.geometry.index()));
    std::visit([&](const auto& geometry) { put(out, geometry); }, keyframe.geometry);
    out.integer(keyframe.outside | keyframe.occluded << 1 | keyframe.interpolate << 2);
    out.integer(static_cast<std::int64_t>(keyframe.source));
    out.real(keyframe.confidence);
    put(out, keyframe.attributes);
}

void put(Canonical& out, const TrackInfo& info) {
    out.id(info.id.uuid);
    out.id(info.asset.uuid);
    out.id(info.class_id.uuid);
    out.integer(info.number);
    out.text(info.name);
    out.integer(static_cast<std::int64_t>(info.shape));
    out.integer(static_cast<std::int64_t>(info.extent));
    put(out, info.attributes);
    out.integer(info.group);
    out.integer(info.z_order);
    out.integer(info.locked | info.hidden << 1);
    out.integer(static_cast<std::int64_t>(info.source));
    out.text(info.source_detail);
    out.text(info.author);
}

// Of its samples: zstd packs the same ones differently from version to version. Leaves them packed, so that
// a large mask is not unpacked all at once.
base::Sha256 hash_of(const masks::Block& block) {
    const auto samples = block.samples();
    const base::Sha256 hash =
        base::sha256({samples.get(), masks::k_tile_samples * static_cast<std::size_t>(block.depth())});
    block.let_go_of_samples();
    return hash;
}

// The tiles that are not unlabelled, one by one, however they are kept.
void put(Canonical& out, const masks::Plane& plane) {
    std::vector<std::pair<masks::TileIndex, masks::Slot>> tiles;
    plane.each([&](const masks::TileRect& at, const masks::Slot& slot) {
        for (std::int32_t i = 0; i < at.columns * at.rows; ++i)
            tiles.push_back({{at.x + i % at.columns, at.y + i / at.columns}, slot});
    });
    std::ranges::sort(tiles, {}, [](const auto& tile) { return std::pair(tile.first.y, tile.first.x); });
    for (const auto& [at, slot] : tiles) {
        out.integer(at.x);
        out.integer(at.y);
        if (slot.block)
            out.digest(hash_of(*slot.block));
        else
            out.integer(slot.value);
    }
}

}  // namespace

// A hash of hashes, so that no more than one track is laid out at a time.
std::string state_hash(const State& state) {
    Canonical whole;
    whole.text(to_json(state.ontology));
    std::vector<const Asset*> assets;
    for (const Asset& asset : state.assets) assets.push_back(&asset);
    std::ranges::sort(assets, {}, &Asset::id);
    for (const Asset* asset : assets) whole.text(to_json(*asset));
    std::vector<const Track*> tracks;
    for (const auto& [id, track] : state.tracks) tracks.push_back(track.get());
    std::ranges::sort(tracks, {}, [](const Track* track) { return track->info.id; });
    Canonical one;
    for (const Track* track : tracks) {
        one.clear();
        put(one, track->info);
        for (const Keyframe& keyframe : track->keyframes) put(one, keyframe);
        whole.digest(one.hash());
    }
    std::vector<const InspectionGrid*> grids;
    for (const auto& [id, grid] : state.grids) grids.push_back(grid.get());
    std::ranges::sort(grids, {}, &InspectionGrid::asset);
    for (const InspectionGrid* grid : grids) whole.text(to_json(*grid));
    std::vector<const MaskLayer*> layers;
    for (const auto& [id, layer] : state.mask_layers) layers.push_back(layer.get());
    std::ranges::sort(layers, {}, [](const MaskLayer* layer) { return layer->info.id; });
    for (const MaskLayer* layer : layers) {
        one.clear();
        one.text(to_json(layer->info));
        put(one, layer->plane);
        whole.digest(one.hash());
    }
    return base::to_hex(whole.hash());
}

}  // namespace labels
