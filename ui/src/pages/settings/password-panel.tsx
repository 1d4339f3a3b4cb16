import { z } from 'zod'
import { PasswordChange } from '../../../../functions/login/schema.ts'
import { useClient, useUser } from '../../api/api-context.tsx'
import { read } from '../../api/client.ts'
import { Button } from '../../components/button.tsx'
import { TextField } from '../../components/text-field.tsx'
import { toastDone } from '../../components/toast.tsx'
import { createForm } from '../../form/create-form.ts'
import { FormProblem } from '../../form/form-problem.tsx'

const empty = { currentPassword: '', newPassword: '', repeated: '' }
const Repeated = PasswordChange.extend({ repeated: z.string() }).refine((values) => values.newPassword === values.repeated, {
  path: ['repeated'],
  message: 'is not the same as the new password',
})

/** Changes the password of whoever is signed in. */
const PasswordPanel = () => {
  const client = useClient()
  const { user } = useUser()
  const form = createForm({
    initial: empty,
    schema: Repeated,
    toInput: (values) => ({ ...values }),
    submit: async ({ currentPassword, newPassword }) => {
      await read(client.login.password.$post({ json: { currentPassword, newPassword } }))
      form.reset()
      toastDone('Your password was changed. Your other sessions have ended.')
    },
  })
  const field = (name: keyof typeof empty, label: string, autocomplete: 'current-password' | 'new-password', description?: string) => (
    <TextField
      label={label}
      name={name}
      type="password"
      autocomplete={autocomplete}
      value={form.values[name]}
      onInput={(text) => form.setValues(name, text)}
      error={form.error(name)}
      {...(description && { description })}
    />
  )
  return (
    <form onSubmit={form.submit} class="card flex max-w-md flex-col gap-4 p-4">
      <input type="text" name="username" autocomplete="username" value={user().username} readOnly hidden />
      {field('currentPassword', 'Current password', 'current-password')}
      {field('newPassword', 'New password', 'new-password', 'At least 12 characters. Your other sessions end when it is changed.')}
      {field('repeated', 'Repeat the new password', 'new-password')}
      <FormProblem form={form} fields={Object.keys(empty)} />
      <div>
        <Button type="submit" look="primary" busy={form.isBusy()}>
          Change the password
        </Button>
      </div>
    </form>
  )
}

export default PasswordPanel
