#!/usr/bin/env bash
# Prints the env file of `production` or `development` from the environment's variables: NAME_PROD or NAME_DEV, else, where it is no secret of one
# environment, NAME. A value that compose might read otherwise is written as base64:…, which shared/node/config.ts undoes.
set -euo pipefail
set +x
LC_ALL=C

case ${1:-} in
  production) suffix=PROD ;;
  development) suffix=DEV ;;
  *)
    echo "Usage: deployment/release/make-env.sh production|development" >&2
    exit 2
    ;;
esac

own=(MONGO_URL JWT_SECRET ENCRYPTION_KEY ENCRYPTION_KEY_PREVIOUS ADMIN_PASSWORD)
common=(
  DB_NAME JWT_EXPIRY_MINUTES SESSION_DAYS CORS_ORIGINS TRUST_PROXY SMTP_HOST SMTP_PORT SMTP_USERNAME SMTP_PASSWORD SMTP_FROM_EMAIL
  ALLOW_PRIVATE_WEBHOOKS APP_NAME LOG_LEVEL
)
plain='^[A-Za-z0-9_.,:;/@%+=?&~^*()!<>|-]+( [A-Za-z0-9_.,:;/@%+=?&~^*()!<>|-]+)*$'

write() { # NAME VALUE
  if [[ $2 =~ $plain ]]; then
    printf '%s=%s\n' "$1" "$2"
  else
    printf '%s=base64:%s\n' "$1" "$(printf '%s' "$2" | base64 | tr -d '\n')"
  fi
}

for name in "${own[@]}"; do
  scoped=${name}_$suffix
  [ -z "${!scoped:-}" ] || write "$name" "${!scoped}"
done
for name in "${common[@]}"; do
  scoped=${name}_$suffix
  value=${!scoped:-${!name:-}}
  [ -z "$value" ] || write "$name" "$value"
done
