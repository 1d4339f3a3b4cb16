# Sourced by what works on the server: checks the variables of the connection and defines `on_server COMMAND`, which sends it standard input.
# shellcheck shell=bash

# Its test never expands to a value, which a trace (bash -x) would show.
require_variables() {
  local name missing=()
  for name in "$@"; do
    [ -n "${!name:+set}" ] || missing+=("$name")
  done
  [ ${#missing[@]} -eq 0 ] || fail "Missing variables: ${missing[*]}"
}

fail() {
  printf '%s\n' "$@" >&2
  exit 1
}

# The text of a variable that is plain, base64:… or, as GitLab's type File, the path of a file.
text_of() { # NAME
  { set +x; } 2>/dev/null
  local value=${!1}
  if [[ $value == base64:* ]]; then
    printf '%s' "${value#base64:}" | base64 -d
  elif [ -f "$value" ]; then
    cat "$value"
  else
    printf '%s\n' "$value"
  fi
}

require_variables LINODE_SSH_HOST LINODE_SSH_USER LINODE_SSH_PRIVATE_KEY
ssh_port=${LINODE_SSH_PORT:-22}
[ -n "${LINODE_SSH_KNOWN_HOSTS:+set}" ] || fail \
  'LINODE_SSH_KNOWN_HOSTS is not set: without the key of the server, nothing is sent. Its value is the output of' '' \
  "  ssh-keyscan -p $ssh_port -t ed25519 $LINODE_SSH_HOST" '' \
  'once its fingerprint (pipe it into: ssh-keygen -lf -) is the one that the server itself shows:' '' \
  '  ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub'

umask 077
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
(text_of LINODE_SSH_PRIVATE_KEY) | tr -d '\r' >"$work/key"
(text_of LINODE_SSH_KNOWN_HOSTS) | tr -d '\r' >"$work/known_hosts"

on_server() { # COMMAND
  ssh -F none -T -i "$work/key" -p "$ssh_port" -l "$LINODE_SSH_USER" \
    -o IdentitiesOnly=yes -o IdentityAgent=none -o BatchMode=yes -o StrictHostKeyChecking=yes -o UpdateHostKeys=no \
    -o UserKnownHostsFile="$work/known_hosts" -o GlobalKnownHostsFile=none -o ConnectTimeout=20 -o ServerAliveInterval=15 -o LogLevel=ERROR \
    "$LINODE_SSH_HOST" "$1"
}

# What release.sh reads from its environment, as the beginning of a command.
remote_settings() {
  printf 'DEPLOY_DIR=%q ' "${DEPLOY_DIR:-/opt/jobtalk-admin}"
  [ -z "${HEALTH_WAIT_SECONDS:-}" ] || printf 'HEALTH_WAIT_SECONDS=%q ' "$HEALTH_WAIT_SECONDS"
  [ -z "${HEALTH_INTERVAL_SECONDS:-}" ] || printf 'HEALTH_INTERVAL_SECONDS=%q ' "$HEALTH_INTERVAL_SECONDS"
}
