#pragma once
// Tiles of a mask on the GPU, as class numbers, side by side in one texture, each with a border of one texel
// from the tiles around it.

#include <array>
#include <cstdint>
#include <list>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "masks/pyramid.h"
#include "render/texture.h"

namespace render {

struct MaskTextureCounters {
    std::int64_t hits = 0, uploads = 0, uploaded_bytes = 0, evictions = 0, borders_mended = 0;
    std::size_t bytes = 0;  // on the GPU now
};

// Of a tile within the texture: its texel (0, 0).
struct MaskPlace {
    std::int32_t x = 0, y = 0;
    bool operator==(const MaskPlace&) const = default;
};

enum class MaskBorders : std::uint8_t { as_they_are, right };  // only outlines look at them

// Lives and dies on the GL thread. One for each mask that is shown; another mask may follow, and what differs
// is uploaded. Holds the blocks that it shows, so that the next one written to is another.
class MaskTextures {
public:
    // Besides the budget, what one draw needs is always kept.
    explicit MaskTextures(std::size_t budget_bytes = std::size_t{64} << 20) : m_budget_bytes{budget_bytes} {}

    // Where these tiles of one level are, all of them at once; uploads what is not there or differs. At most
    // most_tiles(). Holds until the next call.
    std::vector<MaskPlace> hold(const masks::Pyramid& pyramid, int level,
                                std::span<const masks::TileIndex> tiles, MaskBorders borders);
    [[nodiscard]] static std::size_t most_tiles();
    // A normalised texture of the mask's depth. Only after hold().
    [[nodiscard]] const Texture& texture() const { return *m_texture; }

    [[nodiscard]] const MaskTextureCounters& counters() const { return m_counters; }
    void clear();

private:
    using Key = std::uint64_t;
    struct Held {
        std::optional<masks::Slot> slot;
        std::optional<std::array<masks::Slot, 8>> around;  // as the border shows them
        MaskPlace place;
        std::uint64_t used = 0;  // number of the last hold()
        std::list<Key>::iterator use;
    };
    void fit_texture(const masks::Pyramid& pyramid, std::size_t needed, std::size_t missing);
    MaskPlace free_place();
    Held& held_at(Key key);
    void upload(const masks::Plane& plane, const masks::Slot& slot, MaskPlace place);
    void mend_border(const masks::Plane& plane, masks::TileIndex tile, Held& held);

    std::size_t m_budget_bytes;
    std::optional<Texture> m_texture;
    std::unordered_map<Key, Held> m_held;
    std::list<Key> m_by_use;  // front: used last
    std::vector<MaskPlace> m_free;
    std::uint64_t m_holds = 0;
    MaskTextureCounters m_counters;
};

}  // namespace render
