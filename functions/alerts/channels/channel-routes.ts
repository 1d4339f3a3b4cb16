import { Hono } from 'hono'
import { z } from 'zod'
import type { AppEnv } from '../../../shared/http/app-env.ts'
import { contract, json } from '../../../shared/http/contract.ts'
import { requireRole } from '../../../shared/http/guards.ts'
import { channelView } from './channel-view.ts'
import { createChannel } from './create-channel.ts'
import { deleteChannel } from './delete-channel.ts'
import type { ChangeChannelDeps } from './require-channel.ts'
import { Channel, ChannelPatch, NewChannel, TestResult } from './schema.ts'
import { testChannel } from './test-channel.ts'
import { updateChannel } from './update-channel.ts'

const tag = 'alerts'

export const channelRoutes = (deps: ChangeChannelDeps) =>
  new Hono<AppEnv>()
    .get(
      '/',
      contract({ summary: 'List the channels', tag, answers: { 200: z.array(Channel) } }),
      requireRole('VIEWER', 'alerts:read'),
      async (c) => c.json((await deps.channels.list()).map(channelView)),
    )
    .post(
      '/',
      contract({ summary: 'Create a channel', tag, answers: { 201: Channel }, errors: ['bad_request', 'conflict'] }),
      requireRole('ADMIN', 'alerts:write'),
      json(NewChannel),
      async (c) => c.json(await createChannel(deps, c.get('actor'), c.req.valid('json')), 201),
    )
    .patch(
      '/:id',
      contract({ summary: 'Change a channel', tag, answers: { 200: Channel }, errors: ['bad_request', 'not_found', 'conflict'] }),
      requireRole('ADMIN', 'alerts:write'),
      json(ChannelPatch),
      async (c) => c.json(await updateChannel(deps, c.get('actor'), c.req.param('id'), c.req.valid('json'))),
    )
    .delete(
      '/:id',
      contract({ summary: 'Delete a channel', tag, answers: { 204: null }, errors: ['not_found'] }),
      requireRole('ADMIN', 'alerts:write'),
      async (c) => {
        await deleteChannel(deps, c.get('actor'), c.req.param('id'))
        return c.body(null, 204)
      },
    )
    .post(
      '/:id/test',
      contract({ summary: 'Send a test message to a channel', tag, answers: { 200: TestResult }, errors: ['not_found'] }),
      requireRole('ADMIN', 'alerts:write'),
      async (c) => c.json(await testChannel(deps, c.get('actor'), c.req.param('id'), c.req.raw.signal)),
    )
