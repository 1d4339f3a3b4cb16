import { DropdownMenu } from '@kobalte/core/dropdown-menu'
import type { JSX } from 'solid-js'

/** The button of a menu: `trigger` is what it shows, `label` names it. */
export type MenuButton = { label: string; trigger: JSX.Element; triggerClass: string; defaultOpen?: boolean }

/** A menu under a button. */
export const Menu = (props: MenuButton & { children: JSX.Element }) => (
  <DropdownMenu gutter={4} placement="bottom-end" defaultOpen={props.defaultOpen ?? false}>
    <DropdownMenu.Trigger aria-label={props.label} title={props.label} class={props.triggerClass}>
      {props.trigger}
    </DropdownMenu.Trigger>
    <DropdownMenu.Portal>
      <DropdownMenu.Content class="z-60 min-w-44 rounded-lg border border-line bg-surface p-1 shadow-pop outline-none">
        {props.children}
      </DropdownMenu.Content>
    </DropdownMenu.Portal>
  </DropdownMenu>
)

export const MenuItem = (props: { onSelect: () => void; children: JSX.Element; disabled?: boolean; danger?: boolean }) => (
  <DropdownMenu.Item
    onSelect={props.onSelect}
    disabled={props.disabled ?? false}
    class={`flex items-center gap-2 rounded-md px-2 py-1.5 text-sm outline-none data-[disabled]:opacity-50 data-[highlighted]:bg-sunken ${props.danger ? 'text-critical' : ''}`}
  >
    {props.children}
  </DropdownMenu.Item>
)

export const MenuCheck = (props: { checked: boolean; onChange: (checked: boolean) => void; children: JSX.Element }) => (
  <DropdownMenu.CheckboxItem
    checked={props.checked}
    onChange={props.onChange}
    closeOnSelect={false}
    class="flex items-center gap-2 rounded-md px-2 py-1.5 text-sm outline-none data-[highlighted]:bg-sunken"
  >
    <span aria-hidden="true" class="w-4">
      {props.checked ? '✓' : ''}
    </span>
    {props.children}
  </DropdownMenu.CheckboxItem>
)
