import { Page } from '../../components/page.tsx'

const PartnerPage = () => <Page title="Partner">…</Page>

export default PartnerPage
