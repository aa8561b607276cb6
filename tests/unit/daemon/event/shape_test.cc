#include "daemon/event/shape.h"

#include "tests/unit/support/event_world.h"

#include <catch2/catch.hpp>

namespace alarum {
namespace {

/// What `field` says in an event of a Windows source.
std::string windows(std::string bytes, const std::string& field) {
  return test::EventWorld("windows", {field}).values(std::move(bytes), field);
}

/// The same for events whose `Event.System` holds `system`, and whose `Event` goes on with `data`.
std::string evtx(const std::string& system, const std::string& data, const std::string& field) {
  return windows(R"({"Event":{"System":{)" + system + "}" + (data.empty() ? "" : "," + data) + "}}", field);
}

}  // namespace

TEST_CASE("plain events have the names that rules use") {
  test::EventWorld world("product=linux", {"Image", "a.b"});
  CHECK(world.values(R"({"Image":"x","NewProcessName":"y"})", "Image") == "[x]");
  CHECK(world.values(R"({"NewProcessName":"y"})", "Image").empty());
  CHECK(world.values(R"({"a":{"b":1}})", "a.b") == "[1]");
}

TEST_CASE("a field of a rule is found whatever its spaces") {
  test::EventWorld world("product=linux", {"c s"});
  CHECK(world.values(R"({"cs":1})", "cs") == "[1]");
  CHECK(world.values(R"({" c  s":1})", "c s") == "[1]");
}

TEST_CASE("a field takes the first of its names that the event has") {
  CHECK(windows(R"({"NewProcessName":"b","Image":"a"})", "Image") == "[a]");
  CHECK(windows(R"({"NewProcessName":"b"})", "Image") == "[b]");
  CHECK(windows(R"({"ParentProcessName":"b"})", "ParentImage") == "[b]");
  CHECK(windows(R"({"SourceName":"b"})", "Provider_Name") == "[b]");
  CHECK(windows(R"({"Hostname":"b"})", "Computer") == "[b]");
  CHECK(windows(R"({"Hostname":"b","Computer":"a"})", "Computer") == "[a]");
}

TEST_CASE("a null, an empty array or an invalid value leaves the field to its next name") {
  CHECK(windows(R"({"Image":null,"NewProcessName":"b"})", "Image") == "[b]");
  CHECK(windows(R"({"Image":[],"NewProcessName":"b"})", "Image") == "[b]");
  CHECK(windows(R"({"Image":nonsense,"NewProcessName":"b"})", "Image") == "[b]");
}

TEST_CASE("an empty text is a value and leaves nothing to the next name") {
  CHECK(windows(R"({"Image":"","NewProcessName":"b"})", "Image") == "[]");
}

TEST_CASE("which name is taken is told anew for each event") {
  test::EventWorld world("windows", {"Image"});
  CHECK(world.values(R"({"Image":"a"})", "Image") == "[a]");
  CHECK(world.values(R"({"NewProcessName":"b"})", "Image") == "[b]");
  CHECK(world.values(R"({})", "Image").empty());
  CHECK(world.values(R"({"Image":"a"})", "Image") == "[a]");
}

TEST_CASE("an alias works one way only") {
  CHECK(windows(R"({"Image":"a"})", "NewProcessName").empty());
  CHECK(windows(R"({"Computer":"a"})", "Hostname").empty());
}

TEST_CASE("null is true of a field where none of its names has a value") {
  test::LaneWorld world("windows",
                        test::rule_text("r", "product: windows", "s: {ParentImage: null}, condition: s"));

  world.feed({R"({"ParentImage":"a"})", R"({"ParentProcessName":"a"})",
              R"({"ParentImage":null,"ParentProcessName":"a"})"});
  CHECK(world.output.matches.empty());
  world.feed({R"({"a":1})", R"({"ParentImage":null})", R"({"ParentImage":null,"ParentProcessName":null})"});
  CHECK(world.output.matches.size() == 3);
}

TEST_CASE("a field reference reads the other field by its aliases too") {
  test::LaneWorld world(
      "windows", test::rule_text("r", "product: windows", "s: {Image|fieldref: ParentImage}, condition: s"));

  CHECK(world.feed({R"({"NewProcessName":"a","ParentProcessName":"A"})"}).matches() == "r");
  CHECK(world.feed({R"({"Image":"a","ParentProcessName":"a"})"}).matches() == "r");
  CHECK(world.feed({R"({"NewProcessName":"a","ParentProcessName":"b"})"}).matches().empty());
  CHECK(world.feed({R"({"NewProcessName":"a"})"}).matches().empty());
}

TEST_CASE("XML events keep their fields in EventData, UserData and System") {
  CHECK(evtx(R"("Level":4)", R"("EventData":{"Image":"a"})", "Image") == "[a]");
  CHECK(evtx(R"("Level":4)", R"("UserData":{"EventXML":{"Param1":"a"}})", "Param1") == "[a]");
  CHECK(evtx(R"("Level":4)", R"("UserData":{"Param1":"a"})", "Param1") == "[a]");
  CHECK(evtx(R"("Level":4)", "", "Level") == "[4]");
}

TEST_CASE("of two elements in UserData that say the same field the first in the record counts") {
  CHECK(evtx(R"("Level":4)", R"("UserData":{"A":{"Param1":"a"},"B":{"Param1":"b"}})", "Param1") == "[a]");
}

TEST_CASE("of two elements in UserData a null does not hide the value of the other") {
  const auto user_data = [](std::string_view members) {
    return evtx(R"("Level":4)", R"("UserData":{)" + std::string(members) + "}", "Param1");
  };
  CHECK(user_data(R"("A":{"Param1":null},"B":{"Param1":"b"})") == "[b]");
  CHECK(user_data(R"("A":{"Param1":"a"},"B":{"Param1":null})") == "[a]");
  CHECK(user_data(R"("A":{"Param1":[]},"B":{"Param1":null})").empty());
}

TEST_CASE("XML events have the aliases of Windows itself") {
  CHECK(evtx(R"("Level":4)", R"("EventData":{"NewProcessName":"b"})", "Image") == "[b]");
  CHECK(evtx(R"("Level":4)", R"("EventData":{"NewProcessName":"b","Image":"a"})", "Image") == "[a]");
}

TEST_CASE("attributes in the System of an XML event join by an underscore") {
  CHECK(evtx(R"("Provider":{"#attributes":{"Name":"p"}})", "", "Provider_Name") == "[p]");
  CHECK(evtx(R"("Execution":{"#attributes":{"ProcessID":7}})", "", "Execution_ProcessID") == "[7]");
}

TEST_CASE("an XML element with attributes says its own text") {
  CHECK(evtx(R"("EventID":{"#attributes":{"Qualifiers":0},"#text":400})", "", "EventID") == "[400]");
  CHECK(evtx(R"("Level":4)", R"("EventData":{"Data":{"#attributes":{"Name":"x"},"#text":"y"}})", "Data") ==
        "[y]");
  CHECK(evtx(R"("Level":4)", R"("EventData":{"Data":{"#text":["y","z"]}})", "Data") == "[y][z]");
  CHECK(evtx(R"("Level":4)", R"("EventData":{"Data":{"#attributes":{"Name":"x"}}})", "Data") == "{}");
}

TEST_CASE("what an XML event is stands in its System, whatever EventData says") {
  const std::string data =
      R"("EventData":{"Channel":"b","EventID":2,"Computer":"b","Provider_Name":"b","Level":5})";
  CHECK(evtx(R"("Channel":"a")", data, "Channel") == "[a]");
  CHECK(evtx(R"("EventID":1)", data, "EventID") == "[1]");
  CHECK(evtx(R"("Computer":"a")", data, "Computer") == "[a]");
  CHECK(evtx(R"("Provider":{"#attributes":{"Name":"a"}})", data, "Provider_Name") == "[a]");
  CHECK(evtx(R"("Level":4)", data, "Level") == "[5]");
}

TEST_CASE("an event is XML where it has Event.System, else flat") {
  CHECK(windows(R"({"Event":{"EventData":{"Image":"a"}}})", "Image").empty());
  CHECK(windows(R"({"Event":{"System":{},"EventData":{"Image":"a"}},"Image":"b"})", "Image") == "[a]");
  CHECK(windows(R"({"Event.System":1,"Image":"b"})", "Image").empty());
}

TEST_CASE("a bound shape tells the names that somebody asks for") {
  FieldTable fields;
  const FieldId image = fields.intern("Image");
  const BoundShape bound(windows_flat_shape, fields);

  CHECK(bound.names_of(image).size() == 2);
  CHECK(bound.time_names().size() == 2);
  CHECK(bound.name_count() == 4);
  CHECK(bound.find("NewProcessName") != nullptr);
  CHECK(bound.find("CommandLine") == nullptr);
}

TEST_CASE("fields whose names differ by spaces are one") {
  FieldTable fields;
  const FieldId first = fields.intern("a b");

  CHECK(fields.intern("ab") == first);
  CHECK(fields.intern(" a b ") == first);
  CHECK(fields.name(first) == "ab");
  CHECK_FALSE(fields.intern("A b") == first);
  CHECK(fields.size() == 2);
}

}  // namespace alarum
