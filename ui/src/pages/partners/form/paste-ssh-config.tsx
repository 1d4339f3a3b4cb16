import ClipboardPaste from 'lucide-solid/icons/clipboard-paste'
import { createSignal, For, Show } from 'solid-js'
import { reconcile } from 'solid-js/store'
import { useClient } from '../../../api/api-context.tsx'
import { ApiError } from '../../../api/api-error.ts'
import { read } from '../../../api/client.ts'
import { Button } from '../../../components/button.tsx'
import { ChoiceField } from '../../../components/choice-field.tsx'
import { Dialog } from '../../../components/dialog.tsx'
import { TextField } from '../../../components/text-field.tsx'
import type { PartnerFormModel } from './create-partner-form.ts'
import { labelOf } from './field-labels.ts'
import { describeWay, fillFromConfig, type HostDraft } from './fill-from-config.ts'

type Reading = { drafts: readonly HostDraft[]; problemOf: (draft: HostDraft) => string | undefined }

const createReading = () => {
  const client = useClient()
  const [reading, setReading] = createSignal<Reading>()
  const [problem, setProblem] = createSignal<string>()
  const [isBusy, setBusy] = createSignal(false)
  const clear = () => {
    setReading(undefined)
    setProblem(undefined)
  }
  return {
    reading,
    problem,
    isBusy,
    clear,
    read: async (text: string): Promise<Reading | undefined> => {
      setBusy(true)
      clear()
      try {
        const query = { dryRun: 'true', format: 'ssh-config' } as const
        const init = { headers: { 'Content-Type': 'text/plain' }, init: { body: text } }
        const { drafts = [], errors } = await read(client.partners.import.$post({ query }, init))
        // What is wrong with a host as a whole: that it cannot be reached as the configuration says.
        const problemOf = ({ row }: HostDraft) => errors.find((error) => error.row === row && error.path === 'ssh')?.message
        return setReading({ drafts, problemOf })
      } catch (error) {
        setProblem(error instanceof ApiError ? error.message : 'Something went wrong.')
        return undefined
      } finally {
        setBusy(false)
      }
    },
  }
}

const PasteDialog = (props: { onTake: (draft: HostDraft) => void; onClose: () => void }) => {
  const model = createReading()
  const [text, setText] = createSignal('')
  const [chosen, setChosen] = createSignal('')
  const draft = () => model.reading()?.drafts.find(({ host }) => host === chosen())
  const problem = () => {
    const [reading, each] = [model.reading(), draft()]
    return model.problem() ?? (reading && each && reading.problemOf(each))
  }
  const take = (each: HostDraft) => {
    props.onTake(each)
    props.onClose()
  }
  const submit = async (event: Event) => {
    event.preventDefault()
    const each = draft()
    if (each) {
      if (!problem()) take(each)
      return
    }
    const reading = await model.read(text())
    const [first, ...others] = reading?.drafts ?? []
    if (!reading || !first) return
    setChosen(first.host)
    if (others.length === 0 && !reading.problemOf(first)) take(first)
  }
  return (
    <Dialog
      isOpen
      wide
      onClose={props.onClose}
      title="Paste from ~/.ssh/config"
      description="What ~/.ssh/config says of the host and of its jump hosts, and below it the lines of ~/.ssh/known_hosts, which pin their keys. Nothing is saved, and no key file is read."
      actions={
        <>
          <Button onClick={props.onClose}>Cancel</Button>
          <Button
            type="submit"
            form="paste-ssh-config"
            look="primary"
            busy={model.isBusy()}
            disabled={text().trim() === '' || problem() !== undefined}
          >
            {model.reading() ? 'Fill in the form' : 'Read'}
          </Button>
        </>
      }
    >
      <form id="paste-ssh-config" onSubmit={submit} class="flex flex-col gap-4">
        <TextField
          label="SSH configuration"
          lines={model.reading() ? 4 : 12}
          value={text()}
          onInput={(next) => {
            setText(next)
            model.clear()
            setChosen('')
          }}
          spellcheck={false}
          placeholder={'Host acme\n  HostName db.acme.example\n  User ops\n  ProxyJump bastion.acme.example'}
        />
        <Show when={model.reading()}>
          {(reading) => (
            <ChoiceField
              label="Host"
              options={reading().drafts.map((each) => ({ value: each.host, label: each.host, description: describeWay(each) }))}
              value={chosen()}
              onChange={setChosen}
            />
          )}
        </Show>
        <Show when={problem()}>
          <p role="alert" class="text-sm text-critical">
            {problem()}
          </p>
        </Show>
      </form>
    </Dialog>
  )
}

/** What the form still asks for of a host that was taken: the files that the configuration names, and unknown host keys. */
const StillNeeded = (props: { draft: HostDraft }) => (
  <div role="status" class="flex flex-col gap-1 rounded-md bg-sunken px-3 py-2 text-sm">
    <p>
      Filled in from <code class="font-mono">{props.draft.host}</code> of the SSH configuration: {describeWay(props.draft)}.
    </p>
    <ul class="list-disc pl-5 empty:hidden">
      <For each={Object.entries(props.draft.files)}>
        {([path, files]) => (
          <li>
            {labelOf(path)}: paste what is in <code class="font-mono break-all">{files.join(' or ')}</code>
          </li>
        )}
      </For>
      <For each={props.draft.notes}>{(note) => <li>{note}</li>}</For>
    </ul>
  </div>
)

/** Fills in how a host is reached from the user's own SSH configuration. */
export const PasteSshConfig = (props: { form: PartnerFormModel['form'] }) => {
  const [isOpen, setOpen] = createSignal(false)
  const [taken, setTaken] = createSignal<HostDraft>()
  const take = (draft: HostDraft) => {
    props.form.setValues(reconcile(fillFromConfig(props.form.values, draft)))
    setTaken(draft)
  }
  return (
    <>
      <div>
        <Button size="small" onClick={() => setOpen(true)}>
          <ClipboardPaste size={14} aria-hidden="true" />
          Paste from ~/.ssh/config
        </Button>
      </div>
      <Show when={taken()}>{(draft) => <StillNeeded draft={draft()} />}</Show>
      <Show when={isOpen()}>
        <PasteDialog onTake={take} onClose={() => setOpen(false)} />
      </Show>
    </>
  )
}
