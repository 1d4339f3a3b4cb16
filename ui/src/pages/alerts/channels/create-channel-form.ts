import { NewChannel } from '../../../../../functions/alerts/channels/schema.ts'
import { type Client, read } from '../../../api/client.ts'
import { createForm } from '../../../form/create-form.ts'
import type { ChannelView } from '../alert-views.ts'
import { channelValues, newChannelValues, patchSchema, toChannelPatch, toNewChannel } from './channel-form.ts'

const createNewForm = ({ channels }: Client['alerts']) =>
  createForm({
    initial: newChannelValues,
    schema: NewChannel,
    toInput: toNewChannel,
    submit: (json) => read(channels.$post({ json })),
  })

const createChangeForm = ({ channels }: Client['alerts'], channel: ChannelView) =>
  createForm({
    initial: channelValues(channel),
    schema: patchSchema(channel.type),
    toInput: (values) => toChannelPatch(values, channel.version),
    submit: (json) => read(channels[':id'].$patch({ param: { id: channel.id }, json })),
  })

export type ChannelForm = ReturnType<typeof createNewForm> | ReturnType<typeof createChangeForm>

/** The form of a channel that is there, or of a new one. */
export const createChannelForm = (alerts: Client['alerts'], channel: ChannelView | null): ChannelForm =>
  channel ? createChangeForm(alerts, channel) : createNewForm(alerts)
