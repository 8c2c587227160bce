#pragma once
// GDAL as Limn uses it: set up once, silent, never writing beside the user's files.

#include <string>
#include <vector>

namespace geo {

// Registers the drivers and sets what holds for the whole program: limits of time for what comes over a
// network, a small block cache (the tile caches are ours). Any thread, any number of times; before any other
// call of GDAL.
void set_up_gdal();

// While it lives, what GDAL complains about on this thread is kept here and not printed. May be nested.
class GdalMessages {
public:
    GdalMessages();
    GdalMessages(const GdalMessages&) = delete;
    GdalMessages& operator=(const GdalMessages&) = delete;
    ~GdalMessages();

    // The last error, else the last warning, else `otherwise`: one line, without a full stop.
    [[nodiscard]] std::string reason(std::string otherwise = "GDAL gives no reason") const;
    [[nodiscard]] const std::vector<std::string>& warnings() const {
        return m_warnings;
    }  // each once, at most 20
    [[nodiscard]] bool failed() const { return !m_error.empty(); }  // an error came since clear()
    void clear();

private:
    friend void take_gdal_message(int severity, int number, const char* text);
    std::string m_error;
    std::vector<std::string> m_warnings;
};

}  // namespace geo
