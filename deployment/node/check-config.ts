import { writeFileSync } from 'node:fs'
import { nginxProxies } from './nginx-proxies.ts'
import { readConfigOrExit } from './read-config-or-exit.ts'

// The container's entry point runs this, so that it can say once what is wrong instead of starting over and over. Given a path, it writes there
// which proxies nginx is to believe.
const { TRUST_PROXY } = readConfigOrExit(process.env)
const [path] = process.argv.slice(2)
if (path) writeFileSync(path, nginxProxies(TRUST_PROXY.networks))
