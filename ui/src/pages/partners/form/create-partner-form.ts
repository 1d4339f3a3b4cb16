import { createSignal } from 'solid-js'
import { reconcile } from 'solid-js/store'
import { NewPartner } from '../../../../../functions/partners/schema.ts'
import { describeIssues } from '../../../../../shared/http/describe-issues.ts'
import { NewConnection } from '../../../../../shared/partner/connection-schema.ts'
import { ApiError } from '../../../api/api-error.ts'
import { type Client, read } from '../../../api/client.ts'
import { createForm } from '../../../form/create-form.ts'
import { createProbe } from '../../../probe/create-probe.ts'
import { toConnection, toNewPartner, toPatch, usesStoredSecrets } from './partner-input.ts'
import { newPartnerValues, rebaseValues, type SavedPartner, valuesOfPartner } from './partner-values.ts'

type PartnerFormOptions = { client: Client; saved: SavedPartner | null; onSaved: (partnerId: string) => void }

/** The form of a new partner or, with `saved`, of a change to one. */
export const createPartnerForm = ({ client, ...options }: PartnerFormOptions) => {
  const [saved, setSaved] = createSignal(options.saved)
  const [theirs, setTheirs] = createSignal<SavedPartner>()
  const [isDone, setDone] = createSignal(false)
  const startingValues = () => {
    const partner = saved()
    return partner ? valuesOfPartner(partner) : newPartnerValues()
  }

  const save = (input: NewPartner) => {
    const partner = saved()
    return partner
      ? read(client.partners[':id'].$patch({ param: { id: partner.id }, json: toPatch(form.values, partner) }))
      : read(client.partners.index.$post({ json: input }))
  }
  const lookForConflict = async (error: unknown) => {
    const partner = saved()
    const isStale = error instanceof ApiError && error.status === 409 && error.issues.length === 0
    if (!partner || !isStale) return
    const current = await read(client.partners[':id'].$get({ param: { id: partner.id } })).catch(() => null)
    if (current && current.version !== partner.version) setTheirs(current)
  }
  const form = createForm({
    initial: startingValues(),
    schema: NewPartner,
    toInput: (values) => toNewPartner(values, saved()),
    submit: async (input) => {
      try {
        const { id } = await save(input)
        setDone(true)
        options.onSaved(id)
      } catch (error) {
        await lookForConflict(error)
        throw error
      }
    },
  })

  const probe = createProbe((init) => client.probe.index.$post({ json: toConnection(form.values, saved()) }, init))
  const connectionIssues = () => {
    const parsed = NewConnection.safeParse(toConnection(form.values, saved()))
    return parsed.success ? [] : describeIssues(parsed.error.issues)
  }

  return {
    form,
    probe,
    saved,
    isDirty: () => !isDone() && JSON.stringify(form.values) !== JSON.stringify(startingValues()),
    /** The partner as somebody else saved it meanwhile. */
    theirs,
    /** Continues with what somebody else saved; what was entered here stays. */
    takeTheirs: () => {
      const [before, now] = [saved(), theirs()]
      if (!before || !now) return
      form.setValues(reconcile(rebaseValues(form.values, valuesOfPartner(before), valuesOfPartner(now))))
      setSaved(now)
      setTheirs(undefined)
    },
    /** Secrets that the form does not know cannot be probed with before they are saved. */
    canProbe: () => !usesStoredSecrets(form.values, saved()),
    /** Probes the connection as entered, or shows at the fields what is missing. */
    runProbe: async () => {
      const issues = connectionIssues()
      // A missing password is reported at the key's field.
      form.leave(...issues.map(({ path }) => path))
      if (issues.length > 0) return probe.clear()
      await probe.run()
      if (probe.state.error instanceof ApiError && probe.state.error.issues.length > 0) form.refuse(probe.state.error)
    },
  }
}

export type PartnerFormModel = ReturnType<typeof createPartnerForm>
