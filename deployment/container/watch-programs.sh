#!/usr/bin/env bash
# Logs each change of state that supervisord tells, and ends supervisord, and with it the container, when a program cannot be kept up.
# Kills a backend that runs and answers nothing for 30 s; supervisord starts it again.
# The protocol: http://supervisord.org/events.html#event-listener-notification-protocol
export TZ=UTC
silence_limit=${SILENCE_LIMIT_SECONDS:-30}
backend_pid=''
answered_at=''

say() { printf '{"level":"%s","time":"%(%FT%TZ)T","program":"%s","msg":"%s"}\n' "$1" -1 "$2" "$3" >&2; }

# Any answer will do, a 503 too. /health has deadlines of its own, of 3 s.
backend_answers() {
  timeout -k 1 4 bash -c "exec 3<>/dev/tcp/127.0.0.1/${PORT:-8001} && printf 'GET /health HTTP/1.0\r\nHost: localhost\r\n\r\n' >&3 && read -r -N 5 <&3" \
    2>/dev/null
}

# What has not answered yet may be at work on its start.
watch_backend() {
  local pid
  pid=$(cat "${BACKEND_PID_FILE:-/tmp/backend.pid}" 2>/dev/null)
  [[ $pid == "$backend_pid" ]] || { backend_pid=$pid && answered_at=''; }
  if [[ -z $pid ]] || backend_answers; then
    answered_at=$SECONDS
  elif [[ -n $answered_at ]] && ((SECONDS - answered_at >= silence_limit)); then
    say error backend "it answered nothing for $((SECONDS - answered_at)) s and is started again"
    kill -KILL "$pid" 2>/dev/null
    answered_at=''
  fi
}

while printf 'READY\n' && read -r header; do
  IFS= read -r -N "${header##*len:}" payload
  event=${header##*eventname:}
  event=${event%% *}
  if [[ $event == TICK_5 ]]; then
    watch_backend
  else
    state=${event#PROCESS_STATE_}
    program=${payload#processname:}
    program=${program%% *}
    level=info
    [[ $state != EXITED && $state != BACKOFF ]] || level=warn
    [[ $state != FATAL ]] || level=fatal
    say "$level" "$program" "${state,,}"
    [[ $state != FATAL ]] || kill -TERM "$PPID"
  fi
  printf 'RESULT 2\nOK'
done
