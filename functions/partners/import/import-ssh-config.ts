import { AppError, invalidField } from '../../../shared/errors.ts'
import type { Actor } from '../../../shared/http/app-env.ts'
import { describeIssues } from '../../../shared/http/describe-issues.ts'
import { type ImportResult, SshConfigImport } from '../schema.ts'
import { type ImportPartnersDeps, importPartners, nothingImported } from './import-partners.ts'
import { readPieces } from './read-pieces.ts'
import { parseJson } from './read-rows.ts'
import { maxRows, tooManyRows } from './row-limits.ts'
import { type HostDraft, readSshConfig } from './ssh-config/read-ssh-config.ts'

/** Characters: known_hosts of a thousand servers with three keys each has fewer. */
const maxLength = 1_000_000

const readText = async (body: ReadableStream<Uint8Array> | null): Promise<string> => {
  let text = ''
  for await (const piece of readPieces(body)) {
    text += piece
    if (text.length > maxLength) throw new AppError('invalid', `The SSH configuration is longer than ${maxLength} characters.`)
  }
  return text
}

/** Why a field is missing: the configuration names its file, which only its owner can read. */
const askFor = (drafts: readonly HostDraft[], { row, path, message }: ImportResult['errors'][number]) => {
  const files = drafts[row - 1]?.files[path]
  return { row, path, message: files ? `is asked for: what is in ${files.join(' or ')}` : message }
}

/** A value with what `more` has beside it or otherwise, lists by their places. */
const complete = (value: unknown, more: unknown): unknown => {
  if (typeof value !== 'object' || value === null || typeof more !== 'object' || more === null) return more ?? value
  if (Array.isArray(value)) return value.map((item, at) => complete(item, (more as Record<number, unknown>)[at]))
  const added = Object.entries(more).map(([name, item]) => [name, complete((value as Record<string, unknown>)[name], item)])
  return { ...value, ...Object.fromEntries(added) }
}

/** As text, a configuration alone; as JSON, with what it lacks of the partners that are to be made of it. */
const readBody = async (request: Request): Promise<SshConfigImport> => {
  const text = await readText(request.body)
  if (!request.headers.get('content-type')?.startsWith('application/json')) return { sshConfig: text }
  const parsed = SshConfigImport.safeParse(parseJson(text))
  if (parsed.success) return parsed.data
  throw new AppError('invalid', 'The body is no SSH configuration with its partners.', { issues: describeIssues(parsed.error.issues) })
}

const readDrafts = async ({ sshConfig, partners }: SshConfigImport): Promise<HostDraft[]> => {
  const drafts = await readSshConfig(sshConfig)
  if (drafts.length === 0) throw invalidField('sshConfig', 'names no host: a Host line with a name is needed')
  if (!partners) return drafts
  const unknown = Object.keys(partners).find((name) => !drafts.some(({ host }) => host === name))
  if (unknown !== undefined) throw invalidField(`partners.${unknown}`, 'is no host of the configuration')
  return drafts.filter(({ host }) => Object.hasOwn(partners, host))
}

/**
 * Makes partners of the hosts of an OpenSSH client configuration, with host keys from lines of known_hosts, all or none. What is missing of
 * a host is listed, with the file that the configuration names for it; `drafts` are what the configuration says, to be completed.
 */
export const importSshConfig = async (
  deps: ImportPartnersDeps,
  actor: Actor,
  request: Request,
  options: { dryRun: boolean },
): Promise<ImportResult> => {
  const sent = await readBody(request)
  const drafts = await readDrafts(sent)
  if (drafts.length > maxRows) throw tooManyRows()
  const partners = drafts.map(({ host, partner }) => complete(partner, sent.partners?.[host]))
  const checked = await importPartners(deps, actor, partners, { dryRun: true })
  const errors = drafts.flatMap(({ problem }, at) => {
    const row = at + 1
    if (problem) return [{ row, path: 'ssh', message: problem }]
    return checked.errors.filter((error) => error.row === row).map((error) => askFor(drafts, error))
  })
  if (!options.dryRun && errors.length > 0) throw nothingImported(errors)
  if (!options.dryRun) return importPartners(deps, actor, partners, options)
  return { ...checked, errors, drafts: drafts.map(({ problem: _, ...draft }, at) => ({ row: at + 1, ...draft })) }
}
