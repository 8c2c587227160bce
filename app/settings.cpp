#include "app/settings.h"

#include <algorithm>
#include <system_error>

#include <rapidjson/document.h>
#include <rapidjson/prettywriter.h>
#include <rapidjson/stringbuffer.h>

#include "base/file.h"

namespace app {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t k_recent = 12;

fs::path settings_file() { return base::config_dir() / "settings.json"; }

// Out of the way of the next save, so that the person can still mend it by hand.
base::Result<Settings> keep_aside(const fs::path& file, std::string_view why) {
    fs::path aside = file;
    aside += ".broken";
    std::error_code error;
    fs::rename(file, aside, error);
    if (error)
        return base::fail(base::ErrorKind::malformed,
                          "The settings cannot be read ({}) and the defaults are used; the file could not be "
                          "moved aside ({}), so move it yourself: {}",
                          why, error.message(), file.string());
    return base::fail(
        base::ErrorKind::malformed,
        "The settings cannot be read ({}), so the defaults are used; the old file was kept as: {}", why,
        aside.string());
}

void read_shortcuts(const rapidjson::Value& json, Settings& settings) {
    const auto member = json.FindMember("shortcuts");
    if (member == json.MemberEnd() || !member->value.IsObject()) return;
    for (const auto& [id, chord] : member->value.GetObject())
        if (chord.IsString()) settings.shortcuts[id.GetString()] = chord.GetString();
}

void read_recent(const rapidjson::Value& json, Settings& settings) {
    const auto member = json.FindMember("recent");
    if (member == json.MemberEnd() || !member->value.IsArray()) return;
    for (const auto& path : member->value.GetArray())
        if (path.IsString() && settings.recent.size() < k_recent)
            settings.recent.emplace_back(path.GetString());
}

Settings from_json(const rapidjson::Document& json) {
    Settings settings;
    read_shortcuts(json, settings);
    read_recent(json, settings);
    if (const auto light = json.FindMember("light_theme"); light != json.MemberEnd() && light->value.IsBool())
        settings.light_theme = light->value.GetBool();
    if (const auto scale = json.FindMember("scale"); scale != json.MemberEnd() && scale->value.IsNumber()) {
        const double factor = scale->value.GetDouble();
        settings.scale = factor == 0 ? 0 : std::clamp(factor, 0.5, 4.0);
    }
    if (const auto volume = json.FindMember("volume"); volume != json.MemberEnd() && volume->value.IsNumber())
        settings.volume = std::clamp(volume->value.GetDouble(), 0.0, 1.0);
    if (const auto muted = json.FindMember("muted"); muted != json.MemberEnd() && muted->value.IsBool())
        settings.muted = muted->value.GetBool();
    return settings;
}

std::string to_json(const Settings& settings) {
    rapidjson::StringBuffer buffer;
    rapidjson::PrettyWriter writer{buffer};
    writer.SetIndent(' ', 2);
    writer.StartObject();
    writer.Key("light_theme");
    writer.Bool(settings.light_theme);
    writer.Key("scale");
    writer.Double(settings.scale);
    writer.Key("volume");
    writer.Double(settings.volume);
    writer.Key("muted");
    writer.Bool(settings.muted);
    writer.Key("shortcuts");
    writer.StartObject();
    for (const auto& [id, chord] : settings.shortcuts) {
        writer.Key(id);
        writer.String(chord);
    }
    writer.EndObject();
    writer.Key("recent");
    writer.StartArray();
    for (const auto& path : settings.recent) writer.String(path.string());
    writer.EndArray();
    writer.EndObject();
    return std::string{buffer.GetString(), buffer.GetSize()} + "\n";
}

}  // namespace

base::Result<Settings> load_settings() {
    const fs::path file = settings_file();
    constexpr std::uint64_t k_max_bytes = 4u << 20;
    const auto text = base::read_file(file, k_max_bytes);
    if (!text && text.error().kind == base::ErrorKind::missing) return Settings{};
    if (!text && text.error().kind != base::ErrorKind::refused) return std::unexpected(text.error());
    if (!text) return keep_aside(file, "the file is far too large");
    rapidjson::Document json;
    json.Parse<rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag>(text->data(),
                                                                                       text->size());
    if (json.HasParseError()) return keep_aside(file, "it is not JSON");
    if (!json.IsObject()) return keep_aside(file, "it is JSON of another kind");
    return from_json(json);
}

base::Result<void> save_settings(const Settings& settings) {
    const fs::path file = settings_file();
    std::error_code error;
    fs::create_directories(file.parent_path(), error);
    if (error)
        return base::fail(base::ErrorKind::io,
                          "The settings cannot be saved ({}); make this folder writable: {}", error.message(),
                          file.parent_path().string());
    auto out = base::AtomicFile::create(file);
    if (!out) return std::unexpected(out.error());
    out->write(to_json(settings));
    return out->commit();
}

void remember_recent(Settings& settings, const fs::path& project) {
    std::error_code error;
    fs::path full = fs::absolute(project, error).lexically_normal();
    if (error) full = project;
    std::erase(settings.recent, full);
    settings.recent.insert(settings.recent.begin(), full);
    if (settings.recent.size() > k_recent) settings.recent.resize(k_recent);
}

}  // namespace app
