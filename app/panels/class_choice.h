#pragma once
// What choosing a class in the picker does, apart from how it is drawn.

#include <string>

#include "app/workbench.h"

namespace app {

// The class goes to the object the picker was opened for (all selected ones when it is among them), else it
// becomes the active class.
void choose_class(Workbench& bench, labels::ClassId id);

// Makes a class of that name for the object, in one edit. Where the object is the only one of the class
// "object" that the first box of a project gets unasked, that class is renamed instead.
void choose_new_class(Workbench& bench, const std::string& name);
[[nodiscard]] bool picks_rename(const Workbench& bench);

}  // namespace app
