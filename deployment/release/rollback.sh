#!/usr/bin/env bash
# Lists the versions of `production` or `development` that the server can go back to, or goes back to one, with the health check of a deployment.
set -euo pipefail
cd "$(dirname "$0")/../.."

environment=production
case ${1:-} in
  production | development)
    environment=$1
    shift
    ;;
  -*)
    echo "Usage: deployment/release/rollback.sh [production|development] [version]" >&2
    exit 2
    ;;
esac

# shellcheck source=deployment/release/server-connection.sh
. deployment/release/server-connection.sh

if [ $# -eq 0 ]; then
  on_server "$(remote_settings) bash -s list $environment" <deployment/release/release.sh
else
  on_server "$(remote_settings) bash -s rollback $environment $(printf %q "$1")" <deployment/release/release.sh
fi
