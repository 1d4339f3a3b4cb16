#!/usr/bin/env bash
# Names each CI/CD variable that is missing, weak, unmasked or unprotected, and never its value; ends with 1 when there is one.
#   deployment/check-ci-vars.sh [production|development]     both without an argument
# In a job it reads the job's variables. With GITLAB_TOKEN (scope read_api, role Maintainer) and CI_PROJECT_ID (a number, or group/project) it asks
# GitLab, and then also sees what is masked and protected. CI_API_V4_URL is GitLab's API where that is not https://gitlab.com/api/v4.
set -euo pipefail
set +x

case ${1:-} in
  '') environments=(development production) ;;
  development | production) environments=("$1") ;;
  *)
    echo "Usage: deployment/check-ci-vars.sh [production|development]" >&2
    exit 2
    ;;
esac

if [ -n "${GITLAB_TOKEN:-}" ]; then
  for program in curl jq; do command -v "$program" >/dev/null || { echo "Not installed: $program" >&2 && exit 2; }; done
  [ -n "${CI_PROJECT_ID:-}" ] || { echo 'CI_PROJECT_ID is missing' >&2 && exit 2; }
fi

declare -A values flags problems=()
problem() { # NAME WHAT
  [ -n "${problems["$1 $2"]:-}" ] || echo "$1 $2"
  problems["$1 $2"]=reported
}

# Fills `values` and, per variable, `flags`: the words masked, protected, raw and hidden, as they apply.
ask_gitlab() { # ENVIRONMENT
  local page=1 answer count name scope words value
  values=() flags=()
  while :; do
    answer=$(curl -fsS --max-time 30 --config - <<<"header = \"PRIVATE-TOKEN: $GITLAB_TOKEN\"
url = \"${CI_API_V4_URL:-https://gitlab.com/api/v4}/projects/$(jq -rn --arg id "$CI_PROJECT_ID" '$id | @uri')/variables?per_page=100&page=$page\"") ||
      { echo 'GitLab did not answer with the variables of the project.' >&2 && exit 2; }
    while IFS=$'\t' read -r name scope words value; do
      # shellcheck disable=SC2053 # a scope is a pattern
      [[ $1 == $scope ]] || continue
      # The more specific scope wins, as in GitLab.
      [[ $scope == '*' && -n ${flags[$name]:-} ]] && continue
      flags[$name]=" $words "
      values[$name]=$(base64 -d <<<"$value")
    done < <(jq -r '.[] | [.key, (.environment_scope // "*"),
        ([(select(.masked) | "masked"), (select(.protected) | "protected"), (select(.raw) | "raw"), (select(.hidden) | "hidden"), "set"] | join(" ")),
        (.value // "" | @base64)] | @tsv' <<<"$answer")
    count=$(jq length <<<"$answer")
    [ "$count" -eq 100 ] || break
    page=$((page + 1))
  done
}

read_job() {
  local name
  values=() flags=()
  for name in $(compgen -e); do values[$name]=${!name}; done
}

is_set() { [ -n "${values[$1]:-}" ] || is "$1" hidden; }
is() { [[ ${flags[$1]:-} == *" $2 "* ]]; }

text_of() { # NAME: what base64:… encodes, or what the file of a variable of type File holds
  local value=${values[$1]:-}
  if [[ $value == base64:* ]]; then
    base64 -d <<<"${value#base64:}" 2>/dev/null || true
  elif [ ${#value} -lt 4096 ] && [ -f "$value" ]; then
    cat "$value"
  else
    printf '%s\n' "$value"
  fi
}

is_example() { [[ ${1,,} =~ change[-_]?me ]]; }
has_variety() { # TEXT COUNT: has so many different characters
  [ "$(grep -o . <<<"$1" | sort -u | wc -l)" -ge "$2" ]
}

weakness_of() { # NAME: prints what is wrong with its value
  local value
  value=$(text_of "$1")
  if is_example "$value"; then
    echo 'still holds the value of the example file'
    return
  fi
  case $1 in
    MONGO_URL_*)
      if [[ ! $value =~ ^mongodb(\+srv)?:// ]]; then
        echo 'must start with mongodb:// or mongodb+srv://'
      elif [[ ! $value =~ ^[^/]*//[^/@]+:[^/@]{8,}@ && $value != *authMechanism=* ]]; then
        echo 'is weak: it has no user with a password of 8 characters or more'
      fi
      ;;
    JWT_SECRET_*)
      [ ${#value} -ge 32 ] && has_variety "$value" 10 || echo 'is weak: make it with openssl rand -hex 32'
      ;;
    ENCRYPTION_KEY_*)
      if [[ ! $value =~ ^[0-9a-fA-F]{64}$ && ! $value =~ ^[A-Za-z0-9_+/-]{43}=?$ ]] && [ "$(printf %s "$value" | wc -c)" -ne 32 ]; then
        echo 'must be 32 bytes: 64 hex digits, base64, or exactly 32 characters'
      elif ! has_variety "$value" 8; then
        echo 'is weak: make it with openssl rand -hex 32'
      fi
      ;;
    ADMIN_PASSWORD_* | SMTP_PASSWORD*)
      [ ${#value} -ge 12 ] || echo 'is weak: it has fewer than 12 characters'
      ;;
    LINODE_SSH_PRIVATE_KEY)
      (umask 077 && file=$(mktemp) && trap 'rm -f "$file"' EXIT && tr -d '\r' <<<"$value" >"$file" && ssh-keygen -y -P '' -f "$file" >/dev/null 2>&1) ||
        echo 'must be a private key without a passphrase'
      ;;
    LINODE_SSH_KNOWN_HOSTS)
      local host=${values[LINODE_SSH_HOST]:-} port=${values[LINODE_SSH_PORT]:-22}
      [ "$port" = 22 ] || host=[$host]:$port
      (file=$(mktemp) && trap 'rm -f "$file"' EXIT && tr -d '\r' <<<"$value" >"$file" && ssh-keygen -F "$host" -f "$file" >/dev/null 2>&1) ||
        echo "has no key of the server: it must be the output of ssh-keyscan -p $port -t ed25519 with LINODE_SSH_HOST"
      ;;
  esac
}

check() { # NAME required|optional secret|open
  local weakness
  if ! is_set "$1"; then
    [ "$2" = optional ] || problem "$1" 'is missing'
    return
  fi
  if ! is "$1" hidden; then
    while IFS= read -r weakness; do problem "$1" "$weakness"; done < <(weakness_of "$1")
  fi
  [ -n "${GITLAB_TOKEN:-}" ] || return 0
  if [[ ${values[$1]:-} == *\$* ]] && ! is "$1" raw; then problem "$1" 'holds a $ that GitLab expands: turn off "Expand variable reference"'; fi
  [ "$3" = secret ] || return 0
  is "$1" masked || is "$1" hidden || problem "$1" 'is unmasked: a value that GitLab cannot mask can be given as base64:…'
  is "$1" protected || problem "$1" 'is unprotected'
}

for environment in "${environments[@]}"; do
  if [ -n "${GITLAB_TOKEN:-}" ]; then ask_gitlab "$environment"; else read_job; fi
  if [ "$environment" = production ]; then suffix=PROD mongo=required; else suffix=DEV mongo=optional; fi
  check LINODE_SSH_HOST required open
  check LINODE_SSH_USER required open
  check LINODE_SSH_KNOWN_HOSTS required open
  check LINODE_SSH_PRIVATE_KEY required secret
  check "MONGO_URL_$suffix" $mongo secret
  check "JWT_SECRET_$suffix" required secret
  check "ENCRYPTION_KEY_$suffix" required secret
  for name in "ENCRYPTION_KEY_PREVIOUS_$suffix" "ADMIN_PASSWORD_$suffix" "SMTP_PASSWORD_$suffix" SMTP_PASSWORD; do check "$name" optional secret; done
done
other=$([ "$suffix" = PROD ] && echo DEV || echo PROD)
for name in JWT_SECRET ENCRYPTION_KEY; do
  if [ -n "${values[${name}_$suffix]:-}" ] && [ "${values[${name}_$suffix]}" = "${values[${name}_$other]:-}" ]; then
    problem "${name}_$suffix" "is weak: it is also ${name}_$other"
  fi
done
[ ${#problems[@]} -eq 0 ] || exit 1
echo "All variables of ${environments[*]} are there and strong$([ -z "${GITLAB_TOKEN:-}" ] || echo ', masked and protected')."
