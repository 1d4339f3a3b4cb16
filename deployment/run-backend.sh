#!/usr/bin/env bash
# The backend, its stderr as JSON lines. The flags are those of `npm start`.
exec node --max-semi-space-size=16 --heap-growing-percent=40 deployment/node.ts 2> >(exec deployment/json-lines.sh backend)
