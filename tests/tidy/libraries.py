"""Checks that each third-party library is included from one place only: to replace it, edit one place.

An include in angle brackets is the C++ standard library, the system, or a line of the table below; anything
else is a violation. No header of ours includes a third-party one, so that no type of a library crosses it.
Tests, too, reach libraries through our walls only, except for Catch2 and in the yardsticks and harnesses of
tests/bench and tests/kafka.
"""
import sys

import tree

# What an include begins with → what the path of the file that includes it begins with.
LIBRARIES = {
    "CLI/": ["daemon/cli/command_line"],
    "absl/": ["daemon/base/time_zone"],
    "archive.h": ["daemon/files/"],
    "archive_entry.h": ["daemon/files/"],
    "boost/asio": ["daemon/respond/", "daemon/api/"],
    "boost/beast": ["daemon/api/http_server"],
    "catch2/": ["tests/"],
    "curl/": ["daemon/http_client/"],
    "emmintrin.h": ["daemon/base/contains"],  # the vector instructions that every x86-64 has
    "fmt/": ["daemon/base/log"],
    "hs.h": ["detectors/signature/literal_scanner"],
    "hs/": ["detectors/signature/literal_scanner"],
    "librdkafka/": ["daemon/kafka/", "daemon/demo/"],  # the demo broker is librdkafka's mock cluster
    "nftables/": ["daemon/enforcer/"],
    "openssl/": ["daemon/base/digest"],
    "prometheus/": ["daemon/metric_family"],
    "re2/": ["daemon/sigma/regex"],
    "rocksdb/": ["daemon/pipeline/state_store"],
    "simdjson.h": ["daemon/event/json_decoder"],
    "spdlog/": ["daemon/base/log"],
    "sqlite3.h": ["daemon/respond/ledger"],
    "systemd/": ["daemon/systemd_notify"],
    "utf8proc.h": ["daemon/base/fold"],
    "yaml-cpp/": ["config/yaml_writer"],
    "yaml.h": ["config/yaml_source"],
    "zlib.h": ["daemon/files/gzip_stream"],
}
ANY_LIBRARY = ("tests/bench/", "tests/kafka/")

# C++20, without <source_location>: clang-tidy 14 cannot read it from libstdc++ 12.
STANDARD = set("""
    algorithm any array atomic barrier bit bitset cassert cctype cerrno cfenv cfloat charconv chrono
    cinttypes climits clocale cmath codecvt compare complex concepts condition_variable coroutine csetjmp
    csignal cstdarg cstddef cstdint cstdio cstdlib cstring ctime cuchar cwchar cwctype deque exception
    execution filesystem format forward_list fstream functional future initializer_list iomanip ios iosfwd
    iostream istream iterator latch limits list locale map memory memory_resource mutex new numbers
    numeric optional ostream queue random ranges ratio regex scoped_allocator semaphore set shared_mutex
    span sstream stack stdexcept stop_token streambuf string string_view syncstream system_error thread
    tuple type_traits typeindex typeinfo unordered_map unordered_set utility valarray variant vector
    version""".split())

SYSTEM = set("""
    arpa/inet.h dirent.h endian.h fcntl.h getopt.h glob.h grp.h ifaddrs.h malloc.h net/if.h netdb.h
    netinet/in.h netinet/tcp.h poll.h pthread.h pwd.h sched.h signal.h spawn.h termios.h unistd.h""".split())
SYSTEM_FOLDERS = ("sys/", "linux/")


def check(path, target):
    """Why `path` may not have this include, or None. `target` comes with its quotes or brackets."""
    if target.startswith('"'):
        return None  # our own; layers.py checks that
    name = target.strip("<>")
    if not target.startswith("<"):
        return f"an include names a file: '{target}' is neither \"…\" nor <…>"
    if name in STANDARD or name in SYSTEM or name.startswith(SYSTEM_FOLDERS):
        return None
    library = next((start for start in LIBRARIES if name.startswith(start)), None)
    if library is None:
        return f"<{name}> is neither standard nor system nor a library we use: see the tables in libraries.py"
    if not path.startswith(tuple(LIBRARIES[library]) + ANY_LIBRARY):
        return f"<{name}> belongs to {' and '.join(LIBRARIES[library])} only"
    if path.endswith(tree.HEADERS) and not path.startswith("tests/"):
        return f"<{name}> is in a header: keep the library's types in the source file"
    return None


def main():
    root = tree.root_folder()
    paths = tree.files(root)
    violations = [f"{path}:{line}: {message}" for path in paths for line, target in tree.includes(root, path)
                  if (message := check(path, target))]
    return tree.report("libraries", len(paths), violations)


if __name__ == "__main__":
    sys.exit(main())
