import { type Context, Hono } from 'hono'
import { partnerTarget } from '../../shared/audit.ts'
import { AppError } from '../../shared/errors.ts'
import type { AppEnv } from '../../shared/http/app-env.ts'
import { contract, json, query } from '../../shared/http/contract.ts'
import { eventStream, jsonEvent, type ServerEvent, type StreamDeps, wantsEvents } from '../../shared/http/event-stream.ts'
import { requireRole, requireUser } from '../../shared/http/guards.ts'
import { relay } from '../../shared/http/relay.ts'
import type { ConnectionLogStore } from '../../shared/node/mongo/partners/connection-logs.ts'
import { newConnectionTarget } from '../../shared/partner/partner-target.ts'
import { type PrivateKeyDeps, privateKeyIssue } from '../../shared/partner/private-key-issue.ts'
import { requirePartner } from '../../shared/partner/require-partner.ts'
import { type ProbeOptions, probeConnection } from './probe-connection.ts'
import { type ProbePartnerDeps, probePartner } from './probe-partner.ts'
import { LogPage, LogQuery, ProbeEvent, ProbeRequest, ProbeResult, Trust, TrustedKey } from './schema.ts'
import { type TrustHostKeyDeps, trustHostKey } from './trust-host-key.ts'

export type ProbeDeps = StreamDeps &
  ProbePartnerDeps &
  TrustHostKeyDeps &
  PrivateKeyDeps & {
    /** Keeps the process from ending before the work has; returns it. */
    track: <Result>(work: Promise<Result>) => Promise<Result>
    logs: Pick<ConnectionLogStore, 'insert' | 'page' | 'clear'>
  }

const tag = 'probe'

/** Answers with the result, or, to a client that accepts events, with each stage as it ends and then the result. */
const answer = async (c: Context<AppEnv>, deps: ProbeDeps, run: (options: ProbeOptions) => Promise<ProbeResult>) => {
  if (!wantsEvents(c)) return c.json(await run({ signal: c.req.raw.signal }))
  const start = (signal: AbortSignal) =>
    relay<ServerEvent>(async (emit) => {
      const result = await deps.track(run({ signal, onStage: (stage) => emit(jsonEvent('stage', stage)) }))
      return jsonEvent('result', result)
    })
  return eventStream(c, deps, start)
}

export const probe = (deps: ProbeDeps) =>
  new Hono<AppEnv>()
    .use(requireUser(deps))
    .post(
      '/',
      contract({
        summary: 'Probe a configuration that is not saved',
        tag,
        answers: { 200: ProbeResult },
        events: ProbeEvent,
        errors: ['bad_request', 'too_many_requests'],
      }),
      requireRole('ADMIN', 'probe:run'),
      json(ProbeRequest),
      async (c) => {
        const connection = c.req.valid('json')
        const issue = await privateKeyIssue(deps, connection)
        if (issue) throw new AppError('invalid', `${issue.path}: ${issue.message}`, { issues: [issue] })
        const openTarget = (networks: readonly string[]) => newConnectionTarget(connection, deps.newId(), networks)
        const probed = { partnerId: null, by: c.get('actor').name, openTarget }
        return answer(c, deps, (options) => probeConnection(deps, probed, options))
      },
    )
    .post(
      '/:partnerId',
      contract({
        summary: 'Probe a partner',
        tag,
        answers: { 200: ProbeResult },
        events: ProbeEvent,
        errors: ['not_found', 'too_many_requests'],
      }),
      requireRole('ADMIN', 'probe:run'),
      (c) => answer(c, deps, (options) => probePartner(deps, c.req.param('partnerId'), c.get('actor').name, options)),
    )
    .post(
      '/:partnerId/trust',
      contract({
        summary: 'Trust the host key that the server presented',
        tag,
        answers: { 200: TrustedKey },
        errors: ['bad_request', 'not_found', 'conflict'],
      }),
      requireRole('ADMIN', 'partners:write'),
      json(Trust),
      async (c) => {
        const hostKey = await trustHostKey(deps, c.get('actor'), c.req.param('partnerId'), c.req.valid('json').sha256)
        return c.json({ hostKey: { ...hostKey, trustedAt: hostKey.trustedAt.toISOString() } })
      },
    )
    .get(
      '/:partnerId/logs',
      contract({ summary: 'List the attempts to reach a partner, newest first', tag, answers: { 200: LogPage }, errors: ['not_found'] }),
      requireRole('VIEWER', 'probe:read'),
      query(LogQuery),
      async (c) => {
        const { _id } = await requirePartner(deps, c.req.param('partnerId'))
        const { limit, before } = c.req.valid('query')
        const docs = await deps.logs.page(_id, { limit, before })
        const logs = docs.map(({ _id: id, partnerId: _, expiresAt: __, at, ...log }) => ({ id, at: at.toISOString(), ...log }))
        return c.json({ logs, next: docs.length === limit ? (docs.at(-1)?._id ?? null) : null })
      },
    )
    .delete(
      '/:partnerId/logs',
      contract({ summary: "Clear a partner's connection log", tag, answers: { 204: null }, errors: ['not_found'] }),
      requireRole('ADMIN', 'partners:write'),
      async (c) => {
        const partner = await requirePartner(deps, c.req.param('partnerId'))
        const removed = await deps.logs.clear(partner._id)
        await deps.audit.record({
          actor: c.get('actor'),
          action: 'probe.logs.clear',
          target: partnerTarget(partner),
          before: { logs: removed },
          after: { logs: 0 },
        })
        return c.body(null, 204)
      },
    )

export type ProbeApi = ReturnType<typeof probe>
