import { stringify } from 'csv-stringify/sync'
import { AppError } from '../../../shared/errors.ts'
import { maxJumps } from '../../../shared/partner/connection-schema.ts'
import type { Partner } from '../../../shared/partner/partner-schema.ts'
import { pinOf } from '../../../shared/partner/partner-target.ts'
import { readCsv } from './read-csv.ts'

/** Lines of a cell are the items of a list. */
type Kind = 'text' | 'number' | 'boolean' | 'lines'

const columns: Record<string, Kind> = {
  partnerName: 'text',
  tenantId: 'number',
  timezone: 'text',
  isActive: 'boolean',
  priority: 'number',
  concurrencyLimit: 'number',
  maxConcurrency: 'number',
  pauseNonPriorityCampaigns: 'boolean',
  'db.type': 'text',
  'db.host': 'text',
  'db.port': 'number',
  'db.name': 'text',
  'db.username': 'text',
  'db.password': 'text',
  'ssh.enabled': 'boolean',
  'ssh.host': 'text',
  'ssh.port': 'number',
  'ssh.username': 'text',
  'ssh.password': 'text',
  'ssh.privateKey': 'text',
  'ssh.passphrase': 'text',
  'ssh.certificate': 'text',
  'ssh.hostKeySha256': 'text',
  'ssh.trustOnFirstUse': 'boolean',
  'ssh.hostCa': 'lines',
  'ssh.revokedKeys': 'lines',
}
/** The columns of a hop, which an export has where a partner has so many. */
const jumpColumns = (index: number): Record<string, Kind> =>
  Object.fromEntries(
    Object.entries(columns)
      .filter(([column]) => column.startsWith('ssh.') && column !== 'ssh.enabled')
      .map(([column, kind]) => [column.replace('ssh.', `ssh.jumps.${index}.`), kind]),
  )
const allColumns = Object.assign({ ...columns }, ...[...Array(maxJumps).keys()].map(jumpColumns)) as Record<string, Kind>

const isSecret = (column: string) => /\.(password|privateKey|passphrase)$/.test(column)

/** What a cell says; one that does not fit its kind stays text, for the schema to refuse by name. */
const readCell = (kind: Kind, text: string): unknown => {
  if (kind === 'number' && /^-?\d+(\.\d+)?$/.test(text)) return Number(text)
  if (kind === 'boolean' && /^(true|false)$/i.test(text)) return text.toLowerCase() === 'true'
  if (kind === 'lines') return text.split(/[\r\n]+/).filter((line) => line.trim() !== '')
  return text
}

type Fields = Record<string, unknown>

const nest = (cells: readonly [string, unknown][]): Fields => {
  const row: Fields & { db: Fields; ssh: Fields & { jumps?: Fields[] } } = { db: {}, ssh: {} }
  for (const [column, value] of cells) {
    const [group, ...path] = column.split('.')
    const [, index, jumpField] = path
    if (jumpField !== undefined) {
      row.ssh.jumps ??= []
      row.ssh.jumps[Number(index)] = { ...row.ssh.jumps[Number(index)], [jumpField]: value }
    } else if (path[0] !== undefined && (group === 'db' || group === 'ssh')) row[group][path[0]] = value
    else row[column] = value
  }
  return Object.keys(row.ssh).length > 0 ? row : { ...row, ssh: undefined }
}

const rowOf = (record: Record<string, string>) =>
  nest(
    Object.entries(record)
      .filter(([, cell]) => cell !== '')
      .map(([column, cell]) => [
        column,
        readCell(allColumns[column] ?? 'text', isSecret(column) ? cell : cell.replace(escapedFormula, '')),
      ]),
  )

const checkHeader = (names: readonly string[]) => {
  const unknown = names.flatMap((column, at) =>
    Object.hasOwn(allColumns, column) ? [] : [column || `column ${at + 1}, which has no name`],
  )
  if (unknown.length > 0)
    throw new AppError(
      'invalid',
      `Unknown columns: ${unknown.join(', ')}. Known: ${Object.keys(columns).join(', ')}, and those of ssh for ssh.jumps.0 to ssh.jumps.${maxJumps - 1}.`,
    )
}

/** Reads partners from CSV with a header, as it arrives; an empty cell counts as absent. Throws `invalid` for what is not CSV. */
export async function* readPartnerCsv(pieces: AsyncIterable<string>): AsyncGenerator<unknown> {
  for await (const record of readCsv(pieces, checkHeader)) yield rowOf(record)
}

type LoginView = Omit<Partner['ssh'], 'enabled' | 'host' | 'port' | 'username' | 'jumps'>

const exportedTrust = ({ hostKey, trustOnFirstUse, hostCa, revokedKeys }: LoginView) => ({
  ...(hostKey && { hostKeySha256: pinOf(hostKey) }),
  ...(trustOnFirstUse && { trustOnFirstUse: true }),
  ...(hostCa.length > 0 && { hostCa, revokedKeys }),
})

/** It goes with its private key, which whoever imports the partner has to add. */
const exportedCertificate = ({ certificate }: LoginView) => (certificate === null ? {} : { certificate })

/** A partner in the form that the import takes, without its secrets. */
export const exportedPartner = ({ partnerName, db, ssh, ...view }: Partner) => ({
  partnerName,
  tenantId: view.tenantId,
  timezone: view.timezone,
  isActive: view.isActive,
  priority: view.priority,
  concurrencyLimit: view.concurrencyLimit,
  maxConcurrency: view.maxConcurrency,
  pauseNonPriorityCampaigns: view.pauseNonPriorityCampaigns,
  db: { type: db.type, host: db.host, port: db.port, name: db.name, username: db.username },
  ssh: {
    enabled: ssh.enabled,
    ...(ssh.host && { host: ssh.host }),
    port: ssh.port,
    ...(ssh.username && { username: ssh.username }),
    ...exportedTrust(ssh),
    ...(ssh.enabled && exportedCertificate(ssh)),
    ...(ssh.jumps.length > 0 && {
      jumps: ssh.jumps.map(({ host, port, username, ...login }) => ({
        host,
        port,
        username,
        ...exportedTrust(login),
        ...exportedCertificate(login),
      })),
    }),
  },
})

/** What spreadsheets take for a formula, which the export marks with an apostrophe in front and the import takes back. */
const escapedFormula = /^'(?='*[=+\-@\t\r\uFF1D\uFF0B\uFF0D\uFF20])/

/** Writes partners as CSV that `readPartnerCsv` reads; the secrets' columns are there and empty. */
export const formatPartnerCsv = (partners: readonly ReturnType<typeof exportedPartner>[]): string => {
  const jumps = Math.max(0, ...partners.map(({ ssh }) => ssh.jumps?.length ?? 0))
  return stringify([...partners], {
    bom: true,
    header: true,
    columns: Object.keys(Object.assign({ ...columns }, ...[...Array(jumps).keys()].map(jumpColumns))),
    record_delimiter: 'windows',
    quote_record_delimiter: true,
    escape_formulas: true,
    cast: {
      boolean: String,
      object: (items) => (Array.isArray(items) ? items.join('\n') : ''),
      string: (text) => (escapedFormula.test(text) ? `'${text}` : text),
    },
  })
}
