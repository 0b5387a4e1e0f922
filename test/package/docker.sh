#!/usr/bin/env bash
# Does what examples/docker/Dockerfile does, in a clean folder and without Docker: installs the packed package, and starts the
# server with the command, environment and user's rights of the image. Where it can, on a read-only copy.
set -euo pipefail
cd "$(dirname "$0")/../.."
repository=$PWD
folder=$(mktemp -d)
server=
finish() {
  [ -z "$server" ] || kill "$server" 2> /dev/null || true
  chmod -R u+w "$folder" && rm -rf "$folder"
}
trap finish EXIT

archive=${1:-}
if [ -z "$archive" ]; then
  archive=$(npm pack --silent --pack-destination "$folder" | tail -1)
  archive=$folder/$archive
fi
mkdir "$folder/app" "$folder/models" "$folder/tmp"
cp examples/docker/package.json "$folder/app/"
cp "$archive" "$folder/app/maskwright.tgz"
(cd "$folder/app" && npm install --omit=dev --no-audit --no-fund --silent ./maskwright.tgz)
chmod -R a-w "$folder/app"

# ENTRYPOINT and CMD, as the image has them; port 0 is a free one, and the tiny model needs no download.
mapfile -t words < <(sed -nE 's/^(ENTRYPOINT|CMD) \[(.*)\]$/\2/p' examples/docker/Dockerfile | tr ',' '\n' | sed -E 's/^ *"|" *$//g')
words[0]=$folder${words[0]}
for i in "${!words[@]}"; do
  [ "${words[$i]}" != 8765 ] || words[i]=0
done
cd "$folder/models"
if "${words[@]}" > /dev/null 2> "$folder/refused"; then
  echo "it listens at an open address without a token" >&2
  exit 1
fi
grep -q -- --token "$folder/refused"
env -i PATH="$PATH" HOME="$folder/models" TMPDIR="$folder/tmp" NODE_ENV=production HF_HOME="$folder/models" \
  MASKWRIGHT_MODEL=tiny MASKWRIGHT_TOKEN=secret "${words[@]}" > "$folder/address" &
server=$!
for _ in $(seq 100); do
  [ ! -s "$folder/address" ] || break
  sleep 0.2
done
address=$(head -1 "$folder/address")

status=$(curl -s -o /dev/null -w '%{http_code}' "${address}healthz")
[ "$status" = 401 ] || { echo "without the token: $status instead of 401" >&2; exit 1; }
answer=$(curl -sf -H 'Authorization: Bearer secret' -F "image=@$repository/examples/still-life.png" -F prompt=orange "${address}v1/detect")
case $answer in
  *'"presence":"present"'*) echo "docker example: the orange is found" ;;
  *) echo "unexpected answer: $answer" >&2; exit 1 ;;
esac
