import { Hono } from 'hono'
import type { AppEnv } from '../../shared/http/app-env.ts'
import { contract, query } from '../../shared/http/contract.ts'
import { type GuardDeps, requireRole, requireUser } from '../../shared/http/guards.ts'
import { type ListAuditDeps, listAudit } from './list-audit.ts'
import { AuditPage, AuditQuery } from './schema.ts'

export type AuditDeps = GuardDeps & ListAuditDeps

export const audit = (deps: AuditDeps) =>
  new Hono<AppEnv>()
    .use(requireUser(deps), requireRole('ADMIN'))
    .get(
      '/',
      contract({ summary: 'List who changed what, newest first', tag: 'audit', answers: { 200: AuditPage } }),
      query(AuditQuery),
      async (c) => c.json(await listAudit(deps, c.req.valid('query'))),
    )

export type AuditApi = ReturnType<typeof audit>
