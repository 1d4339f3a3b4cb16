import { createUniqueId, type JSX, Show } from 'solid-js'
import { useClient } from '../../../api/api-context.tsx'
import { Button } from '../../../components/button.tsx'
import { FormProblem } from '../../../form/form-problem.tsx'
import { UnsavedChanges } from '../../../form/unsaved-changes.tsx'
import { ConflictNotice } from './conflict-notice.tsx'
import { DatabaseFields, SshFields } from './connection-fields.tsx'
import { createPartnerForm } from './create-partner-form.ts'
import { fieldsOf } from './field-labels.ts'
import type { SavedPartner } from './partner-values.ts'
import { ProbeBeforeSaving } from './probe-before-saving.tsx'
import { ProfileFields } from './profile-fields.tsx'

const FieldGroup = (props: { title: string; children: JSX.Element }) => {
  const heading = createUniqueId()
  return (
    <section aria-labelledby={heading} class="card flex flex-col gap-4 p-4">
      <h2 id={heading} class="font-semibold">
        {props.title}
      </h2>
      {props.children}
    </section>
  )
}

/** Creates a partner or, with `saved`, changes one. `onSaved` gets whether to go on with a probe. */
export const PartnerForm = (props: {
  saved: SavedPartner | null
  onSaved: (partnerId: string, next: { probe: boolean }) => void
  onCancel: () => void
}) => {
  let probeAfterwards = false
  const model = createPartnerForm({
    client: useClient(),
    saved: props.saved,
    onSaved: (partnerId) => props.onSaved(partnerId, { probe: probeAfterwards }),
  })
  const { form } = model
  const save = async (event: Event | undefined, probe: boolean) => {
    probeAfterwards = probe
    const isTaken = await form.submit(event)
    if (!isTaken) document.querySelector<HTMLElement>('form [aria-invalid="true"]')?.focus()
  }
  return (
    <form noValidate onSubmit={(event) => save(event, false)} class="flex flex-col gap-4">
      <UnsavedChanges isDirty={model.isDirty()} />
      <ConflictNotice model={model} />
      <div class="grid items-start gap-4 lg:grid-cols-2">
        <div class="flex min-w-0 flex-col gap-4">
          <FieldGroup title="Partner">
            <ProfileFields form={form} />
          </FieldGroup>
          <FieldGroup title="Database">
            <DatabaseFields model={model} />
          </FieldGroup>
        </div>
        <div class="flex min-w-0 flex-col gap-4">
          <FieldGroup title="SSH">
            <SshFields model={model} />
          </FieldGroup>
          <ProbeBeforeSaving model={model} />
        </div>
      </div>
      <Show when={!model.theirs()}>
        <FormProblem form={form} fields={fieldsOf(form.values)} />
      </Show>
      <div class="flex flex-wrap justify-end gap-2">
        <Button onClick={props.onCancel}>Cancel</Button>
        <Show when={props.saved}>
          <Button disabled={form.isBusy() || model.theirs() !== undefined} onClick={() => save(undefined, true)}>
            Save and probe
          </Button>
        </Show>
        <Button type="submit" look="primary" busy={form.isBusy()} disabled={model.theirs() !== undefined}>
          {props.saved ? 'Save' : 'Create the partner'}
        </Button>
      </div>
    </form>
  )
}
