import { useNavigate } from '@solidjs/router'
import { useQueryClient } from '@tanstack/solid-query'
import { Page } from '../../components/page.tsx'
import { toastDone } from '../../components/toast.tsx'
import { PartnerForm } from './form/partner-form.tsx'

const NewPartnerPage = () => {
  const navigate = useNavigate()
  const queries = useQueryClient()
  const open = (partnerId: string) => {
    void queries.invalidateQueries({ queryKey: ['partners'], exact: true })
    toastDone('The partner was created. Its first numbers arrive in a moment.')
    navigate(`/partners/${partnerId}`)
  }
  return (
    <Page title="New partner" description="Where its database is and how to reach it.">
      <PartnerForm saved={null} onSaved={open} onCancel={() => navigate('/partners')} />
    </Page>
  )
}

export default NewPartnerPage
