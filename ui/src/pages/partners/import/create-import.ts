import { createSignal } from 'solid-js'
import type { ImportResult } from '../../../../../functions/partners/schema.ts'
import { ApiError } from '../../../api/api-error.ts'
import { type Client, read } from '../../../api/client.ts'

export type RowProblem = ImportResult['errors'][number]
export type ImportFormat = 'json' | 'csv' | 'ssh-config'

const contentTypes = { json: 'application/json', csv: 'text/csv', 'ssh-config': 'text/plain' } as const
/** Enough of a file to tell its format by. */
const headBytes = 10_000

/** JSON begins with a bracket, and an SSH configuration has a Host line; everything else is read as CSV. */
export const formatOf = (text: string): ImportFormat => {
  if (/^\s*[[{]/.test(text)) return 'json'
  return /^\s*host[ \t=]+\S/im.test(text) && !/^.*partnerName/.test(text) ? 'ssh-config' : 'csv'
}

/** What a refused import says of its rows: an issue's path begins with the row (`3.ssh.host`). */
const rowProblems = (error: ApiError): RowProblem[] =>
  error.issues.flatMap(({ path, message }) => {
    const [row = '', ...field] = path.split('.')
    return /^\d+$/.test(row) ? [{ row: Number(row), path: field.join('.'), message }] : []
  })

/** An import: a text or a file, its dry run, and then the import itself. */
export const createImport = (client: Client) => {
  const [text, setText] = createSignal('')
  const [file, setFile] = createSignal<File>()
  const [format, setFormat] = createSignal<ImportFormat>('csv')
  const [isBusy, setBusy] = createSignal(false)
  const [checked, setChecked] = createSignal<ImportResult>()
  const [problems, setProblems] = createSignal<readonly RowProblem[]>([])
  const [error, setError] = createSignal<unknown>()

  const send = async (dryRun: boolean): Promise<ImportResult | null> => {
    setBusy(true)
    setError(undefined)
    setProblems([])
    setChecked(undefined)
    try {
      const dry = dryRun ? 'true' : 'false'
      const query = format() === 'ssh-config' ? ({ dryRun: dry, format: 'ssh-config' } as const) : ({ dryRun: dry } as const)
      const headers = { 'Content-Type': contentTypes[format()] }
      // A file goes as it is: its encoding is the server's to tell.
      return await read(client.partners.import.$post({ query }, { headers, init: { body: file() ?? text() } }))
    } catch (cause) {
      const rows = cause instanceof ApiError ? rowProblems(cause) : []
      setProblems(rows)
      if (rows.length === 0) setError(cause)
      return null
    } finally {
      setBusy(false)
    }
  }
  const clear = () => {
    setChecked(undefined)
    setProblems([])
    setError(undefined)
  }
  return {
    text,
    /** The file that is imported instead of the text. */
    file,
    format,
    isEmpty: () => file() === undefined && text().trim() === '',
    isBusy,
    /** The dry run that found nothing wrong, as long as the text is the same. */
    checked: () => (problems().length === 0 ? checked() : undefined),
    problems,
    error,
    enter: (next: string) => {
      setText(next)
      setFile(undefined)
      setFormat(formatOf(next))
      clear()
    },
    take: async (next: File) => {
      const head = await next.slice(0, headBytes).text()
      setText('')
      setFile(next)
      setFormat(formatOf(head))
      clear()
    },
    check: async () => {
      const result = await send(true)
      setProblems(result?.errors ?? problems())
      if (result) setChecked(result)
    },
    /** Resolves to what was created, or `null` where nothing was. */
    run: () => send(false),
  }
}
