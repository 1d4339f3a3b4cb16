import { Hono } from 'hono'
import { describeRoute } from 'hono-openapi'
import type { AppEnv } from '../../shared/http/app-env.ts'
import { contract, json, query } from '../../shared/http/contract.ts'
import { type GuardDeps, requireRole, requireUser } from '../../shared/http/guards.ts'
import type { PartnerStore } from '../../shared/node/mongo/partners/partners.ts'
import { Partner } from '../../shared/partner/partner-schema.ts'
import { partnerView } from '../../shared/partner/partner-view.ts'
import { requirePartner } from '../../shared/partner/require-partner.ts'
import { type CreatePartnerDeps, createPartner } from './create-partner.ts'
import { type DeletePartnerDeps, deletePartner } from './delete-partner.ts'
import { type ImportPartnersDeps, importPartners } from './import/import-partners.ts'
import { importSshConfig } from './import/import-ssh-config.ts'
import { exportedPartner, formatPartnerCsv } from './import/partner-csv.ts'
import { readRows } from './import/read-rows.ts'
import { maxRows } from './import/row-limits.ts'
import { ExportedPartners, ExportQuery, ImportQuery, ImportResult, NewPartner, PartnerList, PartnerPatch } from './schema.ts'
import { type UpdatePartnerDeps, updatePartner } from './update-partner.ts'

export type PartnersDeps = GuardDeps &
  CreatePartnerDeps &
  UpdatePartnerDeps &
  DeletePartnerDeps &
  ImportPartnersDeps & { partners: Pick<PartnerStore, 'list'> }

const tag = 'partners'

/** Bytes: an import takes up to 1,000 partners with their keys. */
export const importBodyLimit = { '/api/partners/import': 8 * 1_048_576 }

const listOf = async (deps: PartnersDeps) => (await deps.partners.list()).map(partnerView)

const importBody = describeRoute({
  requestBody: {
    content: {
      'application/json': {
        schema: {
          oneOf: [
            { type: 'array', minItems: 1, maxItems: maxRows, items: { $ref: '#/components/schemas/NewPartner' } },
            {
              type: 'object',
              description: 'With format=ssh-config: the configuration, and by the names of its hosts what it lacks of a partner',
              required: ['sshConfig'],
              additionalProperties: false,
              properties: { sshConfig: { type: 'string' }, partners: { type: 'object', additionalProperties: { type: 'object' } } },
            },
          ],
        },
      },
      'text/csv': { schema: { type: 'string' } },
      'text/plain': { schema: { type: 'string', description: 'An OpenSSH client configuration, with format=ssh-config' } },
    },
  },
})

export const partners = (deps: PartnersDeps) =>
  new Hono<AppEnv>()
    .use(requireUser(deps))
    .get(
      '/',
      contract({ summary: 'List the partners', tag, answers: { 200: PartnerList } }),
      requireRole('VIEWER', 'partners:read'),
      async (c) => c.json(await listOf(deps)),
    )
    .post(
      '/',
      contract({ summary: 'Create a partner', tag, answers: { 201: Partner }, errors: ['bad_request', 'conflict'] }),
      requireRole('ADMIN', 'partners:write'),
      json(NewPartner),
      async (c) => c.json(await createPartner(deps, c.get('actor'), c.req.valid('json')), 201),
    )
    .get(
      '/export',
      contract({ summary: 'Export the partners without their secrets, as JSON or CSV', tag, answers: { 200: ExportedPartners } }),
      requireRole('ADMIN', 'partners:read'),
      query(ExportQuery),
      async (c) => {
        const exported = (await listOf(deps)).map(exportedPartner)
        if (c.req.valid('query').format === 'json') return c.json(exported)
        c.header('Content-Disposition', 'attachment; filename="partners.csv"')
        c.header('Content-Type', 'text/csv; charset=utf-8')
        return c.body(formatPartnerCsv(exported))
      },
    )
    .post(
      '/import',
      contract({
        summary: 'Import up to 1,000 partners, all or none',
        tag,
        answers: { 200: ImportResult },
        errors: ['bad_request', 'conflict'],
      }),
      importBody,
      requireRole('ADMIN', 'partners:write'),
      query(ImportQuery),
      async (c) => {
        const { format, ...query } = c.req.valid('query')
        const dryRun = query.dryRun === 'true'
        if (format === 'ssh-config') return c.json(await importSshConfig(deps, c.get('actor'), c.req.raw, { dryRun }))
        return c.json(await importPartners(deps, c.get('actor'), readRows(c.req.raw), { dryRun }))
      },
    )
    .get(
      '/:id',
      contract({ summary: 'Read a partner', tag, answers: { 200: Partner }, errors: ['not_found'] }),
      requireRole('VIEWER', 'partners:read'),
      async (c) => c.json(partnerView(await requirePartner(deps, c.req.param('id')))),
    )
    .patch(
      '/:id',
      contract({ summary: 'Change a partner', tag, answers: { 200: Partner }, errors: ['bad_request', 'not_found', 'conflict'] }),
      requireRole('ADMIN', 'partners:write'),
      json(PartnerPatch),
      async (c) => c.json(await updatePartner(deps, c.get('actor'), c.req.param('id'), c.req.valid('json'))),
    )
    .delete(
      '/:id',
      contract({ summary: 'Delete a partner and its history', tag, answers: { 204: null }, errors: ['not_found'] }),
      requireRole('ADMIN', 'partners:write'),
      async (c) => {
        await deletePartner(deps, c.get('actor'), c.req.param('id'))
        return c.body(null, 204)
      },
    )

export type PartnersApi = ReturnType<typeof partners>
