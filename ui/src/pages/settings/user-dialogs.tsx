import { type JSX, Show } from 'solid-js'
import { type ListedUser, NewUser, UserPatch } from '../../../../functions/users/schema.ts'
import type { Role } from '../../../../shared/http/app-env.ts'
import { useClient } from '../../api/api-context.tsx'
import type { ApiError } from '../../api/api-error.ts'
import { read } from '../../api/client.ts'
import { Button } from '../../components/button.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { SelectField } from '../../components/select-field.tsx'
import { TextField } from '../../components/text-field.tsx'
import { createForm } from '../../form/create-form.ts'

const roleOptions = [
  { value: 'VIEWER', label: 'Viewer: sees everything but settings' },
  { value: 'ADMIN', label: 'Administrator: may change everything' },
] as const

const FormDialog = (props: {
  title: string
  action: string
  isBusy: boolean
  problem: ApiError | undefined
  onClose: () => void
  onSubmit: () => Promise<boolean>
  children: JSX.Element
}) => {
  const submit = async (event: Event) => {
    event.preventDefault()
    if (await props.onSubmit()) props.onClose()
  }
  return (
    <Dialog isOpen onClose={props.onClose} title={props.title}>
      <form onSubmit={submit} class="flex flex-col gap-4">
        {props.children}
        <Show when={props.problem}>
          {(problem) => (
            <p role="alert" class="text-sm text-critical">
              {problem().message}
            </p>
          )}
        </Show>
        <div class="flex justify-end gap-2">
          <Button onClick={props.onClose}>Cancel</Button>
          <Button type="submit" look="primary" busy={props.isBusy}>
            {props.action}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

const RoleField = (props: { value: Role; onChange: (role: Role) => void; error: string | undefined }) => (
  <SelectField label="Role" options={roleOptions} value={props.value} onChange={props.onChange} error={props.error} />
)

type UserDialogProps = { onClose: () => void; onSaved: () => Promise<unknown> }

export const NewUserDialog = (props: UserDialogProps) => {
  const client = useClient()
  const form = createForm<NewUser, NewUser>({
    initial: { username: '', password: '', role: 'VIEWER' },
    schema: NewUser,
    toInput: (values) => ({ ...values }),
    submit: async (json) => {
      await read(client.users.index.$post({ json }))
      await props.onSaved()
    },
  })
  return (
    <FormDialog
      title="New user"
      action="Create the user"
      isBusy={form.isBusy()}
      problem={form.problem()}
      onClose={props.onClose}
      onSubmit={form.submit}
    >
      <TextField
        label="Username"
        autocomplete="off"
        value={form.values.username}
        onInput={(text) => form.setValues('username', text)}
        error={form.error('username')}
      />
      <TextField
        label="First password"
        type="password"
        autocomplete="new-password"
        description="At least 12 characters. Tell it to the user, who changes it in the settings."
        value={form.values.password}
        onInput={(text) => form.setValues('password', text)}
        error={form.error('password')}
      />
      <RoleField value={form.values.role} onChange={(role) => form.setValues('role', role)} error={form.error('role')} />
    </FormDialog>
  )
}

export const EditUserDialog = (props: UserDialogProps & { user: ListedUser }) => {
  const client = useClient()
  const form = createForm<{ role: Role; password: string }, UserPatch>({
    initial: { role: props.user.role, password: '' },
    schema: UserPatch,
    toInput: ({ role, password }) => ({ ...(role !== props.user.role && { role }), ...(password && { password }) }),
    submit: async (json) => {
      await read(client.users[':id'].$patch({ param: { id: props.user.id }, json }))
      await props.onSaved()
    },
  })
  return (
    <FormDialog
      title={`Change ${props.user.username}`}
      action="Save"
      isBusy={form.isBusy()}
      problem={form.problem()}
      onClose={props.onClose}
      onSubmit={form.submit}
    >
      <RoleField value={form.values.role} onChange={(role) => form.setValues('role', role)} error={form.error('role')} />
      <TextField
        label="New password"
        type="password"
        autocomplete="new-password"
        description="Leave it empty to keep the present one. A new one ends the user's sessions."
        value={form.values.password}
        onInput={(text) => form.setValues('password', text)}
        error={form.error('password')}
      />
    </FormDialog>
  )
}
