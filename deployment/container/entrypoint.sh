#!/usr/bin/env bash
# Starts the container: checks the configuration, tells nginx which proxies to believe, and hands over to supervisord.
set -euo pipefail
cd /app
export NODE_ENV=${NODE_ENV:-production} DATA_DIR=/data PORT=8001

fail() {
  deployment/container/json-lines.sh entrypoint <<<"$1"
  exit 1
}
[ -w "$DATA_DIR" ] || fail "DATA_DIR: $DATA_DIR is not writable for the user $(id -u)"
# What TRUST_PROXY names is before nginx; before the backend is only nginx.
node deployment/node/check-config.ts /tmp/nginx-trusted-proxies.conf 2>&1 | deployment/container/json-lines.sh entrypoint

export TRUST_PROXY=loopback
rm -f /tmp/nginx.pid /tmp/backend.pid
exec supervisord -c deployment/supervisord.conf
