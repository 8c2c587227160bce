#include "app/commands/mask_values.h"

#include <algorithm>
#include <charconv>

namespace app {

using base::ErrorKind;
using labels::MaskKind;
using labels::MaskValue;
using masks::Value;

std::string class_names(const labels::Ontology& ontology) {
    std::vector<std::string_view> names;
    for (const labels::LabelClass& each : ontology.classes) names.push_back(each.name);
    return names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", "));
}

base::Result<std::vector<Value>> values_named(const MaskWork& work, const std::string& name) {
    if (const labels::LabelClass* of_class = work.ontology.find(name)) {
        std::vector<Value> values;
        for (const MaskValue& each : work.info.values) {
            if (each.class_id == of_class->id) values.push_back(each.value);
        }
        return values;
    }
    if (name == "unlabelled" || name == "0") return std::vector<Value>{0};
    Value number = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
    const bool is_number = error == std::errc{} && end == name.data() + name.size();
    if (is_number && work.info.find(number) != nullptr) return std::vector{number};
    if (is_number)
        return base::fail(ErrorKind::missing,
                          "The mask {:?} has no value {}; its values are listed by "
                          "--stats: {}",
                          work.info.name, number, work.asset.name);
    return base::fail(ErrorKind::missing, "There is no class {:?}; the classes are {}: {}", name,
                      class_names(work.ontology), work.asset.name);
}

base::Result<Value> value_of_class(MaskWork& work, labels::ClassId class_id) {
    labels::MaskLayerInfo& info = work.info;
    const Value value = info.kind == MaskKind::classes
                            ? labels::value_for_class(info, work.ontology, class_id)
                            : info.free_value();
    if (value == 0)
        return base::fail(ErrorKind::refused,
                          "The mask {:?} has no value left; make a new one with --new-layer: {}", info.name,
                          work.asset.name);
    if (info.find(value) == nullptr) labels::add_value(info, {value, class_id, {}});
    return value;
}

base::Result<Value> value_to_paint(MaskWork& work) {
    if (work.erase) return 0;
    if (work.info.kind == MaskKind::instances && work.object != 0) return work.object;
    if (!work.class_id)
        return base::fail(ErrorKind::refused,
                          "Say what to paint with --class, or --erase; the classes are "
                          "{}: {}",
                          class_names(work.ontology), work.asset.name);
    const auto value = value_of_class(work, *work.class_id);
    if (value && work.info.kind == MaskKind::instances) work.object = *value;  // all steps paint one object
    return value;
}

base::Result<masks::Over> values_allowed(const MaskWork& work) {
    const bool erases_object = work.erase && work.object != 0;
    if (work.only_over.empty() && work.never_over.empty() && !erases_object) return masks::Over{};
    auto allowed = std::make_shared<std::bitset<65536>>();
    const auto mark = [&](const std::vector<std::string>& names, bool as) -> base::Result<void> {
        for (const std::string& name : names) {
            const auto values = values_named(work, name);
            if (!values) return std::unexpected(values.error());
            for (const Value value : *values) allowed->set(value, as);
        }
        return {};
    };
    if (work.only_over.empty()) allowed->set();
    if (auto done = mark(work.only_over, true); !done) return std::unexpected(done.error());
    if (auto done = mark(work.never_over, false); !done) return std::unexpected(done.error());
    if (erases_object) {  // of it alone
        const bool may = allowed->test(work.object);
        allowed->reset();
        allowed->set(work.object, may);
    }
    return masks::Over{std::move(allowed)};
}

}  // namespace app
