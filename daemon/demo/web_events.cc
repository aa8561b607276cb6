// Access logs as flat JSON in the field names of Sigma's category webserver. The background holds near misses
// on purpose: what scanners ask for every day and are refused, uploads, and searches for the words that an
// injection is made of. A rule that fires on them is too wide.
#include "daemon/demo/web_events.h"

#include "daemon/base/json_writer.h"

#include <array>

namespace alarum::demo {
namespace {

struct WebServer {
  std::string_view name;
  std::string_view ip;
};

constexpr std::array<WebServer, 2> servers = {{{"web-01", "192.0.2.81"}, {"web-02", attacked_server}}};
constexpr std::string_view site = "shop.example.com";
constexpr std::array<std::string_view, 3> people = {"anna", "ben", "chris"};

constexpr std::string_view firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";
constexpr std::array<std::string_view, 3> browsers = {
    firefox,
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 "
    "Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.1 Mobile/15E148 Safari/604.1",
};
constexpr std::string_view scanner_agent = "Mozilla/5.0 zgrab/0.x";
constexpr std::string_view scanner = "203.0.113.200";

/// What is asked for, and the answer. `path` and `query`: patterns for `filled`.
struct Request {
  unsigned weight = 1;
  std::string_view method;
  std::string_view path;
  std::string_view query;
  unsigned status = 200;
  unsigned bytes_max = 20'000;
};

/// Who asks.
struct Client {
  std::string_view ip;
  std::string_view agent;
};

constexpr std::array visits = {
    Request{20, "GET", "/", "-"},
    Request{20, "GET", "/products/{word}-{number}", "-"},
    Request{12, "GET", "/products", "page=2&sort=price"},
    Request{16, "GET", "/static/app-{number}.js", "v=12", 200, 300'000},
    Request{12, "GET", "/images/{word}.webp", "w=640", 200, 90'000},
    Request{8, "GET", "/images/{word}.webp", "w=640", 304, 1},
    Request{6, "POST", "/cart/items", "-", 201, 400},
    Request{4, "POST", "/login", "-", 302, 1},
    Request{2, "POST", "/login", "-", 401, 900},
    Request{6, "GET", "/api/v2/stock", "sku={number}&branch=12", 200, 600},
    Request{3, "GET", "/favicon.ico", "-", 404, 300},
    // Near misses.
    Request{3, "GET", "/search", "q={word}+and+{word}"},
    Request{1, "GET", "/search", "q=western+union+select+branch,+opening+hours"},
    Request{1, "GET", "/search", "q=O%27Brien+or+O%27Neill"},
    Request{1, "GET", "/blog/what-is-in-etc-passwd", "-"},
    Request{1, "GET", "/css/../images/{word}.png", "-", 200, 9'000},
    Request{2, "POST", "/account/upload.php", "kind=avatar", 200, 200},
    Request{2, "GET", "/uploads/{number}/avatar.png", "-", 200, 40'000},
};

/// What whole networks are scanned for; the server refuses it.
constexpr std::array scans = {
    Request{3, "GET", "/wp-login.php", "-", 404, 300},
    Request{3, "GET", "/.env", "-", 404, 300},
    Request{2, "GET", "/cgi-bin/.%2e/.%2e/.%2e/.%2e/etc/passwd", "-", 400, 200},
    Request{1, "GET", "/index.php", "id=1%27+union+select+1,2,3--", 403, 200},
    Request{1, "POST", "/uploads/shell.php", "cmd=id", 404, 300},
};

const WebServer& any_server(Scene& scene) { return scene.random.pick(std::span<const WebServer>(servers)); }

/// An address of one of some hundred visitors, IPv6 now and then.
std::string visitor_address(Random& random) {
  const std::uint64_t number = 1 + random.below(250);
  if (random.below(5) == 0) return "2001:db8:17::" + std::to_string(number);
  return "198.51.100." + std::to_string(number);
}

StoryEvent access(const Request& request, const Client& client, const WebServer& server, Scene& scene) {
  const std::string_view person = scene.random.pick(std::span<const std::string_view>(people));
  const std::string path = filled(request.path, person, scene.random);
  const std::string query = filled(request.query, person, scene.random);
  StoryEvent out{{}, {}};
  JsonWriter json(out.line);
  json.begin_object().key("@timestamp").text(format_time(scene.time));
  json.key("s-computername").text(server.name).key("s-ip").text(server.ip).key("s-port").number(443);
  json.key("cs-host").text(site).key("c-ip").text(client.ip).key("cs-username").text("-");
  json.key("cs-method").text(request.method).key("cs-uri-stem").text(path).key("cs-uri-query").text(query);
  json.key("cs-version").text("HTTP/1.1").key("sc-status").number(request.status);
  json.key("sc-bytes").number(static_cast<std::int64_t>(scene.random.below(request.bytes_max)));
  json.key("time-taken").number(static_cast<std::int64_t>(1 + scene.random.below(180)));
  json.key("cs-user-agent").text(client.agent).key("cs-referer").text("-");
  json.end_object();
  return out;
}

StoryEvent visit(Scene& scene) {
  const Request& request = pick_weighted(std::span<const Request>(visits), scene.random);
  const std::string address = visitor_address(scene.random);
  const std::string_view browser = scene.random.pick(std::span<const std::string_view>(browsers));
  return access(request, {address, browser}, any_server(scene), scene);
}

StoryEvent scan(Scene& scene) {
  const Request& request = pick_weighted(std::span<const Request>(scans), scene.random);
  return access(request, {scanner, scanner_agent}, any_server(scene), scene);
}

/// One request of the attacker, always to the server on which nothing else happens.
StoryEvent attack(const Request& request, Scene& scene) {
  return access(request, {attacking_client, firefox}, servers[1], scene);
}

StoryEvent quote_probe(Scene& scene) {
  return attack({1, "GET", "/products", "category=17%27", 500, 900}, scene);
}

StoryEvent column_probe(Scene& scene) {
  return attack({1, "GET", "/products", "category=17%27+order+by+4--+-", 200, 20'000}, scene);
}

StoryEvent sql_injection(Scene& scene) {
  return attack({1, "GET", "/products", "category=-1%27+UNION+ALL+SELECT+1,login,password,4+FROM+users--+-",
                 200, 400'000},
                scene);
}

StoryEvent stolen_logon(Scene& scene) { return attack({1, "POST", "/admin/login", "-", 302, 1}, scene); }

constexpr std::array background = {BackgroundKind{40, visit}, BackgroundKind{1, scan}};

constexpr std::array<std::string_view, 1> injection_rules = {
    "6d0c9a7b-3f2e-4b81-8a5d-1e4f7c6b9032",  // SQL Injection in a Request
};
constexpr std::array<EventMaker, 4> injection_steps = {quote_probe, column_probe, sql_injection,
                                                       stolen_logon};
constexpr std::array attack_scripts = {
    AttackScript{{"web-sql-injection", Platform::web_servers, "T1190",
                  "a visitor appends the table of accounts to the shop's list of products", injection_rules},
                 injection_steps}};

}  // namespace

Script web_script() { return {background, attack_scripts}; }

}  // namespace alarum::demo
