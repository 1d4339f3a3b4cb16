import { type Client, read } from '../../api/client.ts'

const refreshMs = 30_000

/** All partners as stored; their state comes from the fleet. */
export const partnersQuery = (client: Client) => ({
  queryKey: ['partners'],
  queryFn: () => read(client.partners.index.$get()),
  refetchInterval: refreshMs,
})

export const partnerQuery = (client: Client, id: string) => ({
  queryKey: ['partners', id],
  queryFn: () => read(client.partners[':id'].$get({ param: { id } })),
})

export type PartnerDetails = Awaited<ReturnType<ReturnType<typeof partnerQuery>['queryFn']>>
