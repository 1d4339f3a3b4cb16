/** The part of nginx's configuration that names the proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` hold. */
export const nginxProxies = (networks: readonly string[]): string =>
  [
    ...networks.map((network) => `set_real_ip_from ${network};`),
    'geo $realip_remote_addr $from_trusted_proxy {',
    '  default 0;',
    ...networks.map((network) => `  ${network} 1;`),
    '}\n',
  ].join('\n')
