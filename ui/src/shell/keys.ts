import { sections } from './sections.ts'

/** The keys, as the help lists them. */
export const keys: readonly { group: string; keys: readonly { press: readonly string[]; does: string }[] }[] = [
  {
    group: 'Everywhere',
    keys: [
      { press: ['Ctrl K', '⌘ K'], does: 'Find a partner, a page or an action' },
      { press: ['?'], does: 'Show these keys' },
      { press: ['Esc'], does: 'Close what is open' },
      ...sections.map(({ name, key }) => ({ press: [`g ${key}`], does: `Go to ${name}` })),
    ],
  },
  {
    group: 'Dashboard',
    keys: [
      { press: ['/'], does: 'Filter the partners' },
      { press: ['j', '↓'], does: 'Next partner' },
      { press: ['k', '↑'], does: 'Previous partner' },
      { press: ['Enter'], does: 'Open the partner' },
    ],
  },
]
