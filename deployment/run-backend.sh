#!/usr/bin/env bash
# The backend, or the module in $1, its stderr as JSON lines. On a small machine memory counts more than the pace of a large fleet: the nursery is smaller than that
# of `npm start`, and the allocator has two arenas.
export MALLOC_ARENA_MAX=2
exec node --max-semi-space-size=2 --heap-growing-percent=40 "${1:-deployment/node.ts}" 2> >(exec deployment/json-lines.sh backend)
