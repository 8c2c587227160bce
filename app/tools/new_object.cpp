#include "app/tools/new_object.h"

namespace app {

NewObject begin_object(ToolContext& context, labels::Transaction& gesture, labels::ShapeKind shape) {
    const labels::Ontology& ontology = context.document.state().ontology;
    const labels::LabelClass* chosen = ontology.find(context.active_class);
    NewObject object;
    object.ask_class = ontology.classes.empty();
    if (chosen == nullptr && !ontology.classes.empty()) chosen = &ontology.classes.front();
    labels::ClassId class_id = chosen != nullptr ? chosen->id : labels::ClassId{};
    if (chosen == nullptr) {
        labels::Ontology with_object = ontology;
        with_object.classes.push_back(labels::make_class(ontology, "object"));
        class_id = with_object.classes.back().id;
        gesture.put_ontology(with_object);
    }
    object.info = {.id = labels::TrackId::make(),
                   .asset = context.asset,
                   .class_id = class_id,
                   .shape = shape,
                   .author = context.author};
    const labels::Asset* medium = context.document.state().find(context.asset);
    if (medium != nullptr && medium->kind == labels::MediaKind::raster)
        object.info.extent = labels::Extent::picture;
    object.info.number = context.document.next_number(class_id);
    gesture.put_track(object.info);
    gesture.rename("Add " + labels::display_name(object.info, context.document.state().ontology));
    return object;
}

void finish_object(ToolContext& context, const NewObject& object) {
    context.selection = {object.info.id};
    context.active_class = object.info.class_id;
    if (object.ask_class && context.ask_class) context.ask_class(object.info.id);
}

}  // namespace app
