#!/usr/bin/env bash
# nginx, its stderr as JSON lines. A master that was killed leaves its workers, in its process group, on the port.
[ ! -f /tmp/nginx.pid ] || kill -KILL -- "-$(</tmp/nginx.pid)" 2>/dev/null
exec nginx -c /app/deployment/nginx.conf -g 'daemon off;' 2> >(exec deployment/container/json-lines.sh nginx)
