#!/usr/bin/env bash
# The backend, its stderr as JSON lines.
exec node deployment/node.ts 2> >(exec deployment/json-lines.sh backend)
