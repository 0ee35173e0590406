#include "broker/device_name.h"

#include <gtest/gtest.h>

namespace latchkey::broker {
namespace {

struct Row {
  const char* name;
  const char* user_agent;
};

// As browsers send them.
const Row kTable[] = {
    {"Firefox on Linux", "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"},
    {"Chrome on Windows",
     "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
     "Chrome/128.0.0.0 Safari/537.36"},
    {"Edge on Windows",
     "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
     "Chrome/128.0.0.0 Safari/537.36 Edg/128.0.0.0"},
    {"Opera on macOS",
     "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) "
     "Chrome/127.0.0.0 Safari/537.36 OPR/113.0.0.0"},
    {"Safari on macOS",
     "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
     "Version/17.5 Safari/605.1.15"},
    {"Safari on iPhone",
     "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
     "Gecko) Version/17.5 Mobile/15E148 Safari/604.1"},
    {"Chrome on iPad",
     "Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
     "CriOS/128.0.6613.34 Mobile/15E148 Safari/604.1"},
    {"Chrome on Android",
     "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/128.0.0.0 "
     "Mobile Safari/537.36"},
    {"Samsung Internet on Android",
     "Mozilla/5.0 (Linux; Android 13; SAMSUNG SM-G991B) AppleWebKit/537.36 (KHTML, like Gecko) "
     "SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36"},
    {"Chrome on ChromeOS",
     "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) "
     "Chrome/128.0.0.0 Safari/537.36"},
    {"curl", "curl/8.4.0"},
    {"okhttp", "okhttp/4.12.0"},
    {"Linux", "Mozilla/5.0 (X11; Linux x86_64)"},
    {"Unknown device", ""},
    {"Unknown device", "Mozilla/5.0"},
    {"Unknown device", "<script>alert(1)</script>"},
    {"Unknown device", "\xff\xfe\r\nSubject: bought"},
};

TEST(DeviceName, IsWhatAPersonCallsIt) {
  for (const Row& row : kTable) EXPECT_EQ(device_name(row.user_agent), row.name) << row.user_agent;
}

TEST(DeviceName, IsShortWhateverTheHeader) {
  EXPECT_EQ(device_name(std::string(100'000, 'A')), "Unknown device");
  EXPECT_LE(device_name(std::string(40, 'A') + "/1 Windows").size(), 64U);
}

TEST(DeviceName, IsTheOnlyDetailOfASignIn) {
  EXPECT_EQ(device_details("curl/8.4.0"), R"({"device":"curl"})");
}

}  // namespace
}  // namespace latchkey::broker
