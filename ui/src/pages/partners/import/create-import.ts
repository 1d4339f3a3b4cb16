import { createSignal } from 'solid-js'
import type { ImportResult } from '../../../../../functions/partners/schema.ts'
import { ApiError } from '../../../api/api-error.ts'
import { type Client, read } from '../../../api/client.ts'

export type RowProblem = ImportResult['errors'][number]
export type ImportFormat = 'json' | 'csv'

/** JSON begins with a bracket; everything else is read as CSV. */
export const formatOf = (text: string): ImportFormat => (/^\s*[[{]/.test(text) ? 'json' : 'csv')

/** What a refused import says of its rows: an issue's path begins with the row (`3.ssh.host`). */
const rowProblems = (error: ApiError): RowProblem[] =>
  error.issues.flatMap(({ path, message }) => {
    const [row = '', ...field] = path.split('.')
    return /^\d+$/.test(row) ? [{ row: Number(row), path: field.join('.'), message }] : []
  })

/** An import: a text, its dry run, and then the import itself. */
export const createImport = (client: Client) => {
  const [text, setText] = createSignal('')
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
      const headers = { 'Content-Type': formatOf(text()) === 'json' ? 'application/json' : 'text/csv' }
      const request = client.partners.import.$post({ query: { dryRun: dryRun ? 'true' : 'false' } }, { headers, init: { body: text() } })
      return await read(request)
    } catch (cause) {
      const rows = cause instanceof ApiError ? rowProblems(cause) : []
      setProblems(rows)
      if (rows.length === 0) setError(cause)
      return null
    } finally {
      setBusy(false)
    }
  }
  return {
    text,
    isBusy,
    /** The dry run that found nothing wrong, as long as the text is the same. */
    checked: () => (problems().length === 0 ? checked() : undefined),
    problems,
    error,
    enter: (next: string) => {
      setText(next)
      setChecked(undefined)
      setProblems([])
      setError(undefined)
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
