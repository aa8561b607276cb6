#!/usr/bin/env bash
# A generated attack story through the shipped rules: demo.sh FOLDER_OF_PROGRAMS [OPTIONS]
# Prints each alert with the values that made it fire, then which attacks of the story were found.
# The options are those of alarum-demo-story; all platforms run unless --platform names one.
set -euo pipefail
programs=$(cd "$1" && pwd)
shift
rules=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../rules/signatures" && pwd)
story=$programs/alarum-demo-story
platforms=(windows linux web)
options=()
while [ $# -gt 0 ]; do
  case $1 in
    --list | --help) exec "$story" "$1" ;;
    --platform) platforms=("${2:?--platform needs windows, linux or web}") && shift ;;
    *) options+=("$1") ;;
  esac
  shift
done

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# replay NAME LOG_SOURCE STORY_OPTIONS…: tells one part of the story and what the rules say to it
replay() {
  local name=$1 log_source=$2
  shift 2
  "$story" "$@" "${options[@]}" >"$scratch/$name.jsonl"
  (cd "$scratch" && "$programs/alarum" replay --format human --log-source "$log_source" \
    --rules "$rules/${name%%-*}" -- "$name.jsonl")
}

# Wrong options are said once, before anything runs.
"$story" --platform "${platforms[0]}" --events 0 "${options[@]}" >/dev/null

for platform in "${platforms[@]}"; do
  printf '\n── %s ──\n\n' "$platform"
  if [ "$platform" = windows ]; then
    replay windows windows --platform windows
  elif [ "$platform" = web ]; then
    replay web category=webserver --platform web
  else
    for category in process_creation file_event; do
      replay "linux-$category" "product=linux,category=$category" --platform linux --category "$category"
    done
  fi
done
printf '\nTake one attack out and its alert is gone: ./dev demo --without ATTACK. The attacks:\n'
"$story" --list
