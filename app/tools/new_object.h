#pragma once
// What every tool that draws does first: a track of the active class.

#include "app/tool.h"

namespace app {

struct NewObject {
    labels::TrackInfo info;
    bool ask_class = false;  // it is the project's first, of a class nobody has thought of yet
};

// Puts the track, without a keyframe yet, into the gesture and names the gesture after it. The first object
// of a project comes before anybody thought of classes: it gets one called "object".
[[nodiscard]] NewObject begin_object(ToolContext& context, labels::Transaction& gesture,
                                     labels::ShapeKind shape);
// After the gesture was committed: selects it, and asks for its class where that is due.
void finish_object(ToolContext& context, const NewObject& object);

}  // namespace app
