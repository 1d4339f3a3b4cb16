import { Page } from '../../components/page.tsx'

const PartnersPage = () => <Page title="Partners">…</Page>

export default PartnersPage
