#include <atomic>
#include <fstream>
#include <set>
#include <thread>

#include <doctest/doctest.h>

#include "base/digest.h"
#include "base/file.h"
#include "base/geometry.h"
#include "base/id.h"
#include "base/job_pool.h"
#include "base/rational.h"

namespace fs = std::filesystem;

static fs::path fresh_folder(const char* name) {
    const fs::path folder =
        fs::temp_directory_path() / ("limn-base-test-" + std::to_string(::getpid())) / name;
    fs::remove_all(folder);
    fs::create_directories(folder);
    return folder;
}

TEST_CASE("uuids_are_unique_and_sort_by_creation") {
    std::set<base::Uuid> seen;
    base::Uuid last;
    for (int i = 0; i < 20000; ++i) {
        const base::Uuid uuid = base::new_uuid();
        CHECK(last < uuid);
        CHECK((uuid.bytes[6] >> 4) == 7);
        CHECK((uuid.bytes[8] >> 6) == 2);
        seen.insert(uuid);
        last = uuid;
    }
    CHECK(seen.size() == 20000);
}

TEST_CASE("uuid_text_round_trips_and_bad_text_is_refused") {
    const base::Uuid uuid = base::new_uuid();
    CHECK(base::parse_uuid(base::to_string(uuid)) == uuid);
    for (const char* bad :
         {"", "0192", "0192f0c8-0000-7000-8000-00000000000g", "0192f0c8+0000-7000-8000-000000000000"})
        CHECK_FALSE(base::parse_uuid(bad));
}

TEST_CASE("sha256_gives_the_published_vector") {
    const std::string abc = "abc";
    CHECK(base::to_hex(base::sha256(std::as_bytes(std::span{abc}))) ==
          "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_CASE("fingerprint_follows_content_not_name") {
    const fs::path folder = fresh_folder("fingerprint");
    for (const char* name : {"a", "b"}) std::ofstream{folder / name} << std::string(300000, 'x');
    std::ofstream{folder / "c"} << std::string(299999, 'x') << 'y';
    CHECK(base::fingerprint(folder / "a").value() == base::fingerprint(folder / "b").value());
    CHECK(base::fingerprint(folder / "a").value() != base::fingerprint(folder / "c").value());
    CHECK(base::fingerprint(folder / "none").error().kind == base::ErrorKind::missing);
}

TEST_CASE("atomic_file_appears_whole_or_not_at_all") {
    const fs::path file = fresh_folder("atomic") / "out.txt";
    {
        auto abandoned = base::AtomicFile::create(file);
        REQUIRE(abandoned);
        abandoned->write("half");
    }
    CHECK(fs::is_empty(file.parent_path()));
    auto out = base::AtomicFile::create(file);
    REQUIRE(out);
    out->write(std::string(3 << 20, 'z'));
    CHECK_FALSE(fs::exists(file));
    REQUIRE(out->commit());
    CHECK(base::read_file(file).value().size() == (3u << 20));
    CHECK(base::read_file(file, 10).error().kind == base::ErrorKind::refused);
    CHECK(base::read_file(file.parent_path()).error().kind == base::ErrorKind::malformed);
}

TEST_CASE("an_unwritable_place_is_refused_before_anything_is_written") {
    auto out = base::AtomicFile::create("/proc/limn-cannot-write-here");
    CHECK_FALSE(out);
}

TEST_CASE("rescale_is_exact_and_rounds_to_nearest") {
    CHECK(base::rescale(150, {1, 30}, {1, 15360}) == 76800);
    CHECK(base::rescale(1, {1, 3}, {1, 10}) == 3);
    CHECK(base::rescale(-1, {1, 2}, {1, 1}) == -1);
    CHECK(base::rescale(std::int64_t{1} << 52, {1, 1000}, {1, 1000000}) == (std::int64_t{1} << 52) * 1000);
}

TEST_CASE("iou_of_half_overlapping_boxes_is_a_third") {
    CHECK(base::iou({0, 0, 2, 1}, {1, 0, 3, 1}) == doctest::Approx(1.0 / 3));
    CHECK(base::iou({0, 0, 1, 1}, {1, 0, 2, 1}) == 0);
}

TEST_CASE("jobs_run_report_and_cancel") {
    std::atomic<int> wakeups{0};
    {
        base::JobPool pool{2, [&] { ++wakeups; }};
        auto good = pool.submit("good", [](base::Job& job) -> base::Result<std::string> {
            job.set_progress(0.5);
            return "done";
        });
        auto endless = pool.submit("endless", [](base::Job& job) -> base::Result<std::string> {
            while (!job.stop_token().stop_requested()) std::this_thread::yield();
            return base::fail(base::ErrorKind::cancelled, "stopped");
        });
        while (!good->done()) std::this_thread::yield();
        CHECK(good->result().value() == "done");
        endless->cancel();
        while (!endless->done()) std::this_thread::yield();
        CHECK(endless->result().error().kind == base::ErrorKind::cancelled);
        pool.submit("left running", [](base::Job& job) -> base::Result<std::string> {
            while (!job.stop_token().stop_requested()) std::this_thread::yield();
            return "x";
        });
    }
    CHECK(wakeups >= 2);
}
