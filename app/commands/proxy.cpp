// limn proxy: the preview proxy of a video, as the window makes it.

#include "media/proxy.h"

#include <CLI/CLI.hpp>

#include "app/command.h"
#include "app/commands/json_out.h"
#include "app/commands/progress.h"
#include "app/commands/support.h"

namespace app {

namespace {

struct Options {
    std::string video;
    std::optional<int> stream;
    bool force = false, json = false;
};

void report(const media::Proxy& proxy, const Options& options) {
    if (options.json) {
        JsonOut json;
        json.begin_object().field("video", options.video).field("proxy", proxy.file.string());
        json.field("made", proxy.made).field("frames", proxy.frame_count);
        json.field("width", proxy.width_px).field("height", proxy.height_px);
        json.field("bytes", proxy.size_bytes).end_object();
        return;
    }
    fmt::print("{} {}: {}, {} x {} px, {}\n", proxy.made ? "Made" : "There is", proxy.file.string(),
               count_text(proxy.frame_count, "frame"), proxy.width_px, proxy.height_px,
               bytes_text(proxy.size_bytes));
}

base::Result<void> run(const Options& options) {
    const Interrupt interrupt;
    base::Result<media::Proxy> proxy;
    {
        ProgressLine progress{"Making the proxy"};
        proxy = media::make_proxy(
            options.video,
            {.stream_index = options.stream, .again = options.force, .progress = progress.callback()},
            interrupt.stop_token());
    }
    if (!proxy) return std::unexpected(proxy.error());
    report(*proxy, options);
    return {};
}

RunCommand setup(CLI::App& cli) {
    auto options = std::make_shared<Options>();
    cli.add_option("VIDEO", options->video, "The video")->required()->type_name("");
    cli.add_flag("--force", options->force, "Make it again, also when there is a sound one");
    cli.add_option("--stream", options->stream, "Another stream of the file than its first video")
        ->type_name("N");
    cli.add_flag("--json", options->json, "As JSON");
    return [options] { return run(*options); };
}

}  // namespace

extern const Command proxy_command = {"proxy", "Make the small copy that the window shows while scrubbing",
                                      setup};

}  // namespace app
