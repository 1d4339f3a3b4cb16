import { readConfigOrExit } from './read-config-or-exit.ts'

// The container's entry point runs this, so that it can say once what is wrong instead of starting over and over.
readConfigOrExit(process.env)
