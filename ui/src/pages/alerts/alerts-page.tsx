import { Page } from '../../components/page.tsx'

const AlertsPage = () => <Page title="Alerts">…</Page>

export default AlertsPage
