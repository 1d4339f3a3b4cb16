import { AppError } from '../../../../shared/errors.ts'

/** A line of a configuration: its keyword in lower case and its arguments without quotes. */
export type ConfigLine = { line: number; keyword: string; args: string[] }
/** What is said between two `Host` lines; the first block is for all hosts. */
export type HostBlock = { patterns: string[]; options: ConfigLine[] }
/** `line` counts in the text as it was sent. */
export type KnownHostLine = { line: number; marker: string | null; hosts: string; type: string; key: string }

const knownHost = /^(?:(@[\w-]+)\s+)?(\S+)\s+((?:ssh|ecdsa|sk)-[\w.@-]+)\s+([A-Za-z0-9+/]{30,}={0,2})(?:\s|$)/
const keywordAndRest = /^([^\s=]+)(?:\s*=\s*|\s+|$)(.*)$/
const word = /"((?:\\.|[^"\\])*)"|'([^']*)'|(\S+)/g

const readArgs = (rest: string): string[] => {
  const args = [...rest.matchAll(word)].map(([, double, single, bare]) => double?.replace(/\\(["\\])/g, '$1') ?? single ?? bare ?? '')
  const comment = args.findIndex((arg) => arg.startsWith('#'))
  return comment < 0 ? args : args.slice(0, comment)
}

/** More than anybody writes; each host is looked for in all of them. */
const maxLines = 10_000

/** What would change any host's values by what is not in the text. */
const refused: Readonly<Record<string, string>> = {
  match: 'Match depends on what only ssh itself knows: write its lines into a Host block, or delete it',
  include: 'Include names a file that is not here: put its lines in its place, or delete it',
}

/**
 * The Host blocks of an OpenSSH client configuration, and the lines of known_hosts, which may stand anywhere in the text.
 * @throws AppError `invalid` that names each `Match` and `Include` with its line
 */
export const parseSshConfig = (text: string): { blocks: HostBlock[]; knownHosts: KnownHostLine[] } => {
  let block: HostBlock = { patterns: ['*'], options: [] }
  const blocks = [block]
  const knownHosts: KnownHostLine[] = []
  const problems: string[] = []
  let lines = 0
  for (const [index, raw] of text.split(/\r\n|\n|\r/).entries()) {
    const line = index + 1
    const trimmed = raw.trim()
    if (trimmed === '' || trimmed.startsWith('#')) continue
    const [known, marker, hosts = '', type = '', key = ''] = knownHost.exec(trimmed) ?? []
    if (known !== undefined) {
      if (key.length % 4 === 0) knownHosts.push({ line, marker: marker ?? null, hosts, type, key })
      else problems.push(`line ${line}: the key of this known host is not whole`)
      continue
    }
    lines += 1
    if (lines > maxLines) throw new AppError('invalid', `The SSH configuration has more than ${maxLines} lines.`)
    const [, name = '', rest = ''] = keywordAndRest.exec(trimmed) ?? []
    const [keyword, args] = [name.toLowerCase(), readArgs(rest)]
    if (keyword in refused) problems.push(`line ${line}: ${refused[keyword]}`)
    else if (keyword === 'host') {
      block = { patterns: args, options: [] }
      blocks.push(block)
    } else block.options.push({ line, keyword, args })
  }
  if (problems.length > 0) throw new AppError('invalid', `The SSH configuration cannot be read whole. ${problems.slice(0, 10).join('; ')}.`)
  return { blocks, knownHosts }
}
