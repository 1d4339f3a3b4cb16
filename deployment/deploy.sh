#!/usr/bin/env bash
# Deploys the image of one commit to the server, as `production` (port 80) or `development` (port 8080). In a CI job the variables are there;
# by hand they are exported first: DEPLOYMENT.md lists them. Ends with 1 when the version does not become healthy; the one before it runs again then.
set -euo pipefail
cd "$(dirname "$0")/.."

environment=${1:-${CI_ENVIRONMENT_NAME:-}}
case $environment in
  production) port=80 listen=JOBTALK_LISTEN_PROD compose_file=docker-compose.prod.yml project=jobtalk-prod ;;
  development) port=8080 listen=JOBTALK_LISTEN_DEV compose_file=docker-compose.dev.yml project=jobtalk-dev ;;
  *)
    echo "Usage: deployment/deploy.sh production|development" >&2
    exit 2
    ;;
esac

# shellcheck source=deployment/release/server-connection.sh
. deployment/release/server-connection.sh
require_variables CI_REGISTRY CI_REGISTRY_IMAGE CI_REGISTRY_USER CI_REGISTRY_PASSWORD
[ "$environment" = development ] || require_variables MONGO_URL_PROD JWT_SECRET_PROD ENCRYPTION_KEY_PROD
version=${CI_COMMIT_SHA:-$(git rev-parse HEAD)}

mkdir -p "$work/release/registry"
cp deployment/release/release.sh "$compose_file" "$work/release/"
deployment/release/make-env.sh "$environment" >"$work/release/app.env"
(
  { set +x; } 2>/dev/null
  cd "$work/release/registry"
  printf '%s' "$CI_REGISTRY" >address
  printf '%s' "$CI_REGISTRY_USER" >user
  printf '%s' "$CI_REGISTRY_PASSWORD" >password
)
cat >"$work/release/.env" <<SETTINGS
COMPOSE_PROJECT_NAME=$project
COMPOSE_FILE=$compose_file
JOBTALK_IMAGE=$CI_REGISTRY_IMAGE
JOBTALK_TAG=$version
JOBTALK_ENV_FILE=app.env
JOBTALK_LISTEN=${!listen:-$port}
SETTINGS

echo "Deploying $version to $environment on $LINODE_SSH_HOST."
# shellcheck disable=SC2016 # the server expands it
receive='umask 077
  mkdir -p "$DEPLOY_DIR/$1" && incoming=$(mktemp -d "$DEPLOY_DIR/$1/incoming.XXXXXX") || exit 1
  tar -x --no-same-owner -C "$incoming" || { rm -rf "$incoming"; exit 1; }
  exec bash "$incoming/release.sh" install "$1" "$incoming"'
tar -c -C "$work/release" . | on_server "$(remote_settings) bash -c '$receive' receive $environment"
