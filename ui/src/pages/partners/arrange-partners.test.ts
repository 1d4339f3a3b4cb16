import { expect, test } from 'vitest'
import { arrangePartners, type ListedPartner } from './arrange-partners.ts'

const listed = (
  partnerName: string,
  fields: { priority?: number; host?: string; lastSyncAt?: string; state?: ListedPartner['state'] } = {},
) =>
  ({
    state: fields.state ?? 'ok',
    partner: {
      ...{ partnerName, timezone: 'America/Denver', priority: fields.priority ?? 4 },
      db: { host: '10.0.0.5', name: 'calls' },
      ssh: { enabled: true, host: fields.host ?? 'ssh.example' },
      sync: { lastSyncAt: fields.lastSyncAt ?? null },
    },
  }) as ListedPartner

const all = [
  listed('beta', { priority: 10, lastSyncAt: '2026-01-02T00:00:00.000Z' }),
  listed('Alpha', { priority: 9, host: 'north.example' }),
  listed('Gamma', { priority: 2, state: 'error', lastSyncAt: '2026-01-01T00:00:00.000Z' }),
]
const by = { search: '', state: null, sort: 'name' as const, isDescending: false }
const names = (options: Partial<Parameters<typeof arrangePartners>[1]>) =>
  arrangePartners(all, { ...by, ...options }).map(({ partner }) => partner.partnerName)

test('sorts names without case, numbers as numbers, and those that were never captured first', () => {
  expect(names({})).toEqual(['Alpha', 'beta', 'Gamma'])
  expect(names({ sort: 'priority' })).toEqual(['Gamma', 'Alpha', 'beta'])
  expect(names({ sort: 'sync' })).toEqual(['Alpha', 'Gamma', 'beta'])
  expect(names({ sort: 'priority', isDescending: true })).toEqual(['beta', 'Alpha', 'Gamma'])
})

test('finds every word in the name, the hosts, the database and the zone', () => {
  expect(names({ search: 'NORTH calls' })).toEqual(['Alpha'])
  expect(names({ search: 'north gamma' })).toEqual([])
  expect(names({ search: ' denver ', state: 'error' })).toEqual(['Gamma'])
})
