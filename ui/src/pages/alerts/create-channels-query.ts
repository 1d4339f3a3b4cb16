import { useQuery } from '@tanstack/solid-query'
import { useClient } from '../../api/api-context.tsx'
import { read } from '../../api/client.ts'

/** Polls, so that a channel that starts to refuse shows it. */
const refreshMs = 10_000

export const createChannelsQuery = () => {
  const client = useClient()
  return useQuery(() => ({
    queryKey: ['alerts', 'channels'],
    queryFn: ({ signal }) => read(client.alerts.channels.$get({}, { init: { signal } })),
    reconcile: 'id',
    refetchInterval: refreshMs,
  }))
}
