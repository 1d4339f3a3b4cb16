#!/usr/bin/env bash
# Logs each change of state that supervisord tells, and ends supervisord, and with it the container, when a program cannot be kept up.
# The protocol: http://supervisord.org/events.html#event-listener-notification-protocol
export TZ=UTC
while printf 'READY\n' && read -r header; do
  IFS= read -r -N "${header##*len:}" payload
  state=${header##*eventname:PROCESS_STATE_}
  state=${state%% *}
  program=${payload#processname:}
  program=${program%% *}
  level=info
  [[ $state != EXITED && $state != BACKOFF ]] || level=warn
  [[ $state != FATAL ]] || level=fatal
  printf '{"level":"%s","time":"%(%FT%TZ)T","program":"%s","msg":"%s"}\n' "$level" -1 "$program" "${state,,}" >&2
  [[ $state != FATAL ]] || kill -TERM "$PPID"
  printf 'RESULT 2\nOK'
done
