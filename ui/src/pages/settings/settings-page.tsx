import { Page } from '../../components/page.tsx'

const SettingsPage = () => <Page title="Settings">…</Page>

export default SettingsPage
