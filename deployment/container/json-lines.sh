#!/usr/bin/env bash
# Turns what the program $1 prints, which cannot write JSON itself, into JSON lines on stderr. nginx says the level of a line.
export LC_ALL=C TZ=UTC
nginx_line='^[0-9/]{10} [0-9:]{8} \[([a-z]+)\] (.*)$'
while IFS= read -r line || [ -n "$line" ]; do
  [ -n "$line" ] || continue
  level=warn
  if [[ $line =~ $nginx_line ]]; then
    line=${BASH_REMATCH[2]}
    case ${BASH_REMATCH[1]} in
      emerg | alert | crit) level=fatal ;;
      error) level=error ;;
      notice | info) level=info ;;
    esac
  fi
  line=${line//[^ -~]/?}
  line=${line//\\/\\\\}
  line=${line//\"/\\\"}
  printf '{"level":"%s","time":"%(%FT%TZ)T","program":"%s","msg":"%s"}\n' "$level" -1 "$1" "$line" >&2
done
