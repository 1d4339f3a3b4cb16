import { type ComponentProps, type JSX, Show, splitProps } from 'solid-js'
import { Spinner } from './spinner.tsx'

const looks = {
  primary: 'bg-accent-fill text-white hover:brightness-110 border-transparent',
  secondary: 'bg-surface text-ink border-line hover:bg-sunken',
  ghost: 'bg-transparent text-ink border-transparent hover:bg-sunken',
  danger: 'bg-critical-fill text-white hover:brightness-110 border-transparent',
} as const

const sizes = { small: 'h-8 px-2.5 text-sm gap-1.5', medium: 'h-9 px-3.5 text-sm gap-2' } as const

export type ButtonLook = keyof typeof looks

/** The classes of a button, for links that look like one. */
export const buttonClass = (look: ButtonLook = 'secondary', size: keyof typeof sizes = 'medium') =>
  `inline-flex items-center justify-center rounded-md border font-medium whitespace-nowrap select-none disabled:opacity-55 aria-disabled:opacity-55 ${looks[look]} ${sizes[size]}`

type ButtonProps = ComponentProps<'button'> & {
  look?: ButtonLook
  size?: keyof typeof sizes
  /** Work is under way: shows it, and takes no second click. */
  busy?: boolean | undefined
}

export const Button = (props: ButtonProps) => {
  const [own, rest] = splitProps(props, ['look', 'size', 'busy', 'class', 'children', 'disabled'])
  return (
    <button
      type="button"
      {...rest}
      disabled={own.disabled || own.busy}
      aria-busy={own.busy || undefined}
      class={`${buttonClass(own.look, own.size)} ${own.class ?? ''}`}
    >
      <Show when={own.busy}>
        <Spinner />
      </Show>
      {own.children}
    </button>
  )
}

/** A button that shows an icon only; `label` names it for everybody else. */
export const IconButton = (props: Omit<ButtonProps, 'children'> & { label: string; children: JSX.Element }) => {
  const [own, rest] = splitProps(props, ['label', 'class', 'look'])
  return (
    <Button
      {...rest}
      look={own.look ?? 'ghost'}
      size="small"
      aria-label={own.label}
      title={own.label}
      class={`w-8 px-0! ${own.class ?? ''}`}
    />
  )
}
