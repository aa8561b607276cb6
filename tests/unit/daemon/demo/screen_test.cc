#include "daemon/demo/screen.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdlib>

namespace alarum::demo {
namespace {

/// What a screen that is no terminal shows of an alert.
std::string told(const ToldAlert& alert, bool is_explained = true) {
  char* text = nullptr;
  std::size_t size = 0;
  std::FILE* const out = open_memstream(&text, &size);
  {
    Screen screen(out, true);
    screen.status("never shown here");
    tell_alert(screen, std::chrono::seconds(75), alert, is_explained);
  }
  std::fclose(out);
  std::string shown(text, size);
  std::free(text);  // NOLINT: open_memstream's
  return shown;
}

const ToldAlert plain = {"6f3e",
                         "PsExec service",
                         "high",
                         "windows-events/3:41",
                         {{"host.name", "ws-17"}},
                         {{"Image", "psexesvc.exe"}, {"User", "ann"}},
                         std::chrono::milliseconds(250)};

}  // namespace

TEST_CASE("an alert is told with its values in columns, whom it is about and how late it came") {
  CHECK(told(plain) ==
        "  1:15    ALERT high     PsExec service\n"
        "          host.name ws-17  detected after 0.250 s\n"
        "          windows-events/3:41  rule 6f3e\n"
        "          Image  psexesvc.exe\n"
        "          User   ann\n");
}

TEST_CASE("an alert that no attack explains is told as such") {
  CHECK(told(plain, false) == told(plain) + "          no attack explains this alert\n");
}

TEST_CASE("nothing of an alert reaches the terminal as a control character") {
  const std::string hostile =
      "a\x1b[2J\r\n\x9b\x7f"
      "b";
  const std::string shown =
      told({hostile, hostile, hostile, hostile, {{hostile, hostile}}, {{hostile, hostile}}, std::nullopt});

  for (const char c : shown) {
    INFO(shown);
    CHECK((c == '\n' || (static_cast<unsigned char>(c) >= 0x20 && static_cast<unsigned char>(c) < 0x7F)));
  }
  CHECK(std::count(shown.begin(), shown.end(), '\n') == 4);
}

TEST_CASE("minutes and seconds are told since the beginning") {
  CHECK(clock_text(std::chrono::seconds(7)) == "  0:07");
  CHECK(clock_text(std::chrono::seconds(754)) == " 12:34");
}

}  // namespace alarum::demo
