#!/usr/bin/env bash
# Prints the part of nginx's configuration that names the proxies whose X-Forwarded-For and X-Forwarded-Proto hold, from TRUST_PROXY in $1.
set -euo pipefail
trusted=$1
[[ $trusted != base64:* ]] || trusted=$(base64 -d <<<"${trusted#base64:}")
IFS=', ' read -r -a proxies <<<"${trusted//loopback/127.0.0.0\/8,::1}"
for proxy in "${proxies[@]}"; do echo "set_real_ip_from $proxy;"; done
# shellcheck disable=SC2016 # nginx's variables
echo 'geo $realip_remote_addr $from_trusted_proxy {'
echo '  default 0;'
for proxy in "${proxies[@]}"; do echo "  $proxy 1;"; done
echo '}'
