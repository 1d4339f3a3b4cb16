import { type ListedUser, NewUser, UserPatch } from '../../../../functions/users/schema.ts'
import type { Role } from '../../../../shared/http/app-env.ts'
import { useClient } from '../../api/api-context.tsx'
import { read } from '../../api/client.ts'
import { SelectField } from '../../components/select-field.tsx'
import { TextField } from '../../components/text-field.tsx'
import { createForm } from '../../form/create-form.ts'
import { FormDialog } from '../../form/form-dialog.tsx'

const roleOptions = [
  { value: 'VIEWER', label: 'Viewer: sees everything but settings' },
  { value: 'ADMIN', label: 'Administrator: can change everything' },
] as const

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
    <FormDialog title="New user" action="Create the user" form={form} fields={['username', 'password', 'role']} onClose={props.onClose}>
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
        description="At least 12 characters. Give it to the user, who can change it in the settings."
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
      form={form}
      fields={['username', 'password', 'role']}
      onClose={props.onClose}
    >
      <RoleField value={form.values.role} onChange={(role) => form.setValues('role', role)} error={form.error('role')} />
      <TextField
        label="New password"
        type="password"
        autocomplete="new-password"
        description="Leave empty to keep the current one. A new one ends the user's sessions."
        value={form.values.password}
        onInput={(text) => form.setValues('password', text)}
        error={form.error('password')}
      />
    </FormDialog>
  )
}
