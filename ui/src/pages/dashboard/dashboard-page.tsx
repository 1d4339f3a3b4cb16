import { Page } from '../../components/page.tsx'

const DashboardPage = () => <Page title="Dashboard">…</Page>

export default DashboardPage
