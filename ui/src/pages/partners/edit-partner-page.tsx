import { useNavigate, useParams } from '@solidjs/router'
import { useQuery, useQueryClient } from '@tanstack/solid-query'
import { createSignal, Show } from 'solid-js'
import { isolateName } from '../../../../shared/isolate-name.ts'
import { useClient } from '../../api/api-context.tsx'
import { Page } from '../../components/page.tsx'
import { QueryView } from '../../components/query-view.tsx'
import { toastDone } from '../../components/toast.tsx'
import { PartnerForm } from './form/partner-form.tsx'
import { type PartnerDetails, partnerQuery } from './partner-queries.ts'

/** The form starts from one reading of the partner: what others save meanwhile shows when it is sent. */
const EditPartner = (props: { partner: PartnerDetails }) => {
  const navigate = useNavigate()
  const queries = useQueryClient()
  const [saved] = createSignal(props.partner)
  const open = (partnerId: string, next: { probe: boolean }) => {
    void queries.invalidateQueries({ queryKey: ['partners'] })
    toastDone(`${isolateName(saved().partnerName)} was saved.`)
    navigate(`/partners/${partnerId}?tab=connection`, { state: next })
  }
  return <PartnerForm saved={saved()} onSaved={open} onCancel={() => navigate(`/partners/${saved().id}`)} />
}

const EditPartnerPage = () => {
  const client = useClient()
  const params = useParams<{ id: string }>()
  const query = useQuery(() => ({ ...partnerQuery(client, params.id), staleTime: 0, refetchOnWindowFocus: false }))
  return (
    <Page title={query.data ? `Edit ${isolateName(query.data.partnerName)}` : 'Edit the partner'}>
      <QueryView query={query}>
        {(partner) => (
          <Show when={partner().id} keyed>
            <EditPartner partner={partner()} />
          </Show>
        )}
      </QueryView>
    </Page>
  )
}

export default EditPartnerPage
