#!/usr/bin/env bash
# Runs on the server: deploy.sh and rollback.sh send it there, and it stays in /opt/jobtalk-admin for use by hand.
#   release.sh install ENVIRONMENT DIRECTORY   makes what lies in the directory the running release
#   release.sh list ENVIRONMENT
#   release.sh rollback ENVIRONMENT VERSION
# A release is a directory: the compose file, the env file, what compose reads by itself (.env) and the image's id. `current` leads to the one that runs.
# A release that does not become healthy is taken back, and the exit code is 1.
set -euo pipefail
umask 077

command=${1:-}
environment=${2:-}
argument=${3:-}
base=${DEPLOY_DIR:-/opt/jobtalk-admin}
home=$base/$environment
kept_releases=5
lock_seconds=900
health_wait=${HEALTH_WAIT_SECONDS:-10}
health_interval=${HEALTH_INTERVAL_SECONDS:-2}
health_checks=30

fail() {
  echo "$*" >&2
  exit 1
}

if docker compose version >/dev/null 2>&1; then
  compose_command=(docker compose)
elif command -v docker-compose >/dev/null; then
  compose_command=(docker-compose)
else
  fail 'Neither docker compose nor docker-compose is here: run deployment/server-setup.sh on this server.'
fi

compose() { # RELEASE ARGUMENTS...
  (cd "$home/releases/$1" && "${compose_command[@]}" "${@:2}")
}

setting() { # RELEASE NAME
  sed -n "s/^$2=//p" "$home/releases/$1/.env"
}
version_of() { setting "$1" JOBTALK_TAG; }
image_of() { echo "$(setting "$1" JOBTALK_IMAGE):$(version_of "$1")"; }
image_id_of() { cat "$home/releases/$1/image-id"; }

running_release() {
  [ ! -L "$home/current" ] || basename "$(readlink "$home/current")"
}

releases() { # the newest first
  [ ! -d "$home/releases" ] || find "$home/releases" -mindepth 1 -maxdepth 1 -printf '%f\n' | sort -r
}

await_health() { # RELEASE
  local listen check answer=
  listen=$(setting "$1" JOBTALK_LISTEN)
  [[ $listen == *:* ]] || listen=127.0.0.1:$listen
  sleep "$health_wait"
  for ((check = 1; check <= health_checks; check++)); do
    if answer=$(curl -fsS --noproxy '*' --max-time 5 "http://$listen/health" 2>&1); then
      echo "Healthy at check $check: $answer"
      return 0
    fi
    [ "$check" -eq "$health_checks" ] || sleep "$health_interval"
  done
  echo "Not healthy after $health_checks checks: $answer"
  return 1
}

# What answers must be the release, and not something else on its port.
is_running() { # RELEASE
  local container
  container=$(compose "$1" ps -q jobtalk_app) && [ "$(docker inspect -f '{{.Image}}' "$container")" = "$(image_id_of "$1")" ]
}

# The image goes by its id: its tag can have moved since.
run_instead_of() { # OTHER RELEASE
  [ -z "$1" ] || compose "$1" down || return 1
  docker tag "$(image_id_of "$2")" "$(image_of "$2")" && compose "$2" up -d && await_health "$2" && is_running "$2"
}

put_into_service() { # RELEASE
  local release=$1 previous
  previous=$(running_release)
  if run_instead_of "$previous" "$release"; then
    ln -sfn "releases/$release" "$home/current.new"
    mv -T "$home/current.new" "$home/current"
    echo "Now running in $environment: $(version_of "$release")"
    return 0
  fi
  echo "$(version_of "$release") does not work. Its last 50 log lines:"
  compose "$release" logs --no-color --tail=50 2>&1 || true
  if [ -z "$previous" ]; then
    compose "$release" down || true
    echo "There is no version before it to go back to: nothing runs in $environment."
  elif run_instead_of "$release" "$previous"; then
    echo "Rolled back. Now running in $environment: $(version_of "$previous")"
  else
    echo "Rolled back to $(version_of "$previous"): it is started in $environment, but it is not healthy either."
  fi
  return 1
}

discard() { # RELEASE
  local image id
  image=$(image_of "$1")
  id=$(image_id_of "$1")
  rm -rf "${home:?}/releases/$1"
  if ! grep -qsxF "$id" "$base"/*/releases/*/image-id; then
    echo "Removing the image $image"
    docker image rm "$image" >/dev/null || true
  fi
}

prune() {
  local release count=0
  for release in $(releases); do
    count=$((count + 1))
    [ "$count" -le "$kept_releases" ] || [ "$release" = "$(running_release)" ] || discard "$release"
  done
  find "$home" -maxdepth 1 -name 'incoming.*' -mmin +60 -exec rm -rf {} +
}

pull() ( # IMAGE CREDENTIALS: a directory with the registry's address, user and password; it is gone afterwards
  config=$(mktemp -d)
  registry=$(cat "$2/address")
  trap 'docker --config "$config" logout "$registry" || true; rm -rf "$config" "$2"' EXIT
  docker --config "$config" login --username "$(cat "$2/user")" --password-stdin "$registry" <"$2/password" &&
    docker --config "$config" pull --quiet "$1"
)

install_release() { # DIRECTORY
  local release image running
  incoming=$1
  trap 'rm -rf "$incoming"' EXIT
  mv "$incoming/release.sh" "$base/release.sh"
  image=$(sed -n 's/^JOBTALK_IMAGE=//p' "$incoming/.env"):$(sed -n 's/^JOBTALK_TAG=//p' "$incoming/.env")
  if ! pull "$image" "$incoming/registry"; then
    running=$(running_release)
    [ -n "$running" ] || fail "Could not pull $image, and no version runs in $environment."
    fail "Could not pull $image. Nothing was changed; in $environment runs $(version_of "$running")."
  fi
  docker image inspect -f '{{.Id}}' "$image" >"$incoming/image-id"
  release=$(date -u +%Y%m%dT%H%M%SZ)-${image##*:}
  mkdir -p "$home/releases"
  mv "$incoming" "$home/releases/$release"
  put_into_service "$release" || {
    discard "$release"
    return 1
  }
  prune
}

list() {
  local release mark
  for release in $(releases); do
    mark=
    [ "$release" != "$(running_release)" ] || mark='  running'
    docker image inspect "$(image_id_of "$release")" >/dev/null 2>&1 || mark="$mark  its image is gone"
    echo "$(version_of "$release")  deployed ${release%%-*}$mark"
  done
}

roll_back() { # VERSION, or how it begins
  local release target=
  for release in $(releases); do
    if [ "$release" != "$(running_release)" ] && [[ $(version_of "$release") == "$1"* ]]; then
      target=$release
      break
    fi
  done
  [ -n "$target" ] || fail "There is no version $1 to go back to in $environment."
  docker image inspect "$(image_id_of "$target")" >/dev/null 2>&1 || fail "The image of $1 is no longer on this server: deploy it again."
  put_into_service "$target"
}

work() {
  exec 9>"$base/lock"
  if ! flock -n 9; then
    echo 'Another deployment is at work on this server: waiting for it.'
    flock -w "$lock_seconds" 9 || fail "It did not end within $lock_seconds s: nothing was changed."
  fi
  if [ "$command" = install ]; then install_release "$argument"; else roll_back "$argument"; fi
}

case "$command $environment $argument" in
  'list production ' | 'list development ')
    list
    exit
    ;;
  'install production '?* | 'install development '?* | 'rollback production '?* | 'rollback development '?*) ;;
  *) fail 'Usage: release.sh list|rollback production|development [version]' ;;
esac

# The work writes to a file: when the connection breaks, it goes on to its end, and does not stop between down and up.
trap '' HUP
log=$(mktemp)
work >"$log" 2>&1 </dev/null &
tail -n +1 -f -s 0.2 --pid=$! "$log" || true
status=0
wait $! || status=$?
rm -f "$log"
exit $status
