#!/usr/bin/env bash
# The backend, or the module in $1, its stderr as JSON lines; its process id, for watch-programs.sh, is in a file. For small machines: the nursery is smaller than that of `npm start`, and glibc
# keeps one heap for all threads and gives large blocks, such as the 16 MB of each password's hash, back to the system. Without these it takes some 50 MB more.
export MALLOC_ARENA_MAX=1 MALLOC_MMAP_THRESHOLD_=131072 MALLOC_TRIM_THRESHOLD_=131072
echo $$ >/tmp/backend.pid
exec node --max-semi-space-size=1 --heap-growing-percent=20 "${1:-deployment/node/node.ts}" 2> >(exec deployment/container/json-lines.sh backend)
