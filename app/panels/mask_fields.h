#pragma once
// The masks of the shown medium in the panels: brush, what it keeps to, how masks look, the area of each
// class.

#include "app/panels/properties.h"

namespace app {

void draw_brush_fields(Properties& p);  // while a tool is chosen that paints
void draw_mask_fields(Properties& p);   // of the mask that is painted into
// Of a class in the mask that is painted into: "18 %", or nothing where there is no such mask.
class ClassShares {
public:
    explicit ClassShares(const Workbench& bench);
    [[nodiscard]] std::string of(labels::ClassId class_id) const;

private:
    std::unordered_map<labels::ClassId, std::int64_t> m_pixels;
    std::int64_t m_all = 0;  // pixels of the mask; 0: there is none
};

}  // namespace app
