#pragma once
// What the workbench's jobs hand over to the UI thread. Written by one worker before its job is done, read
// after.

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "app/workbench.h"

namespace app {

struct Workbench::Opened {
    std::shared_ptr<base::Job> job;
    std::unique_ptr<Project> project;  // null: the media are for the project that is open
    std::vector<labels::Asset> media;
    std::shared_ptr<media::OpenFilm> film;  // of the first of them
    Project* for_project = nullptr;     // identity only: the project that was open; never followed by the job
    std::filesystem::path current;      // its path
    bool same_project = false;          // what was asked for is open already
    std::vector<std::string> problems;  // media that could not be read; the others are added all the same
};

struct Workbench::Located {
    std::shared_ptr<base::Job> job;
    labels::AssetId asset;
    std::filesystem::path path;
    std::filesystem::path pyramid;  // of a raster, where one has been made
};

struct Workbench::Imported {
    std::shared_ptr<base::Job> job;
    std::shared_ptr<const labels::Edit>
        edit;  // computed on a snapshot; adopted by the live document in one step
};

}  // namespace app
