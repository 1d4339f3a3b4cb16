import Download from 'lucide-solid/icons/download'
import { useClient } from '../../api/api-context.tsx'
import { answer } from '../../api/client.ts'
import { buttonClass } from '../../components/button.tsx'
import { Menu, MenuItem } from '../../components/menu.tsx'
import { toastError } from '../../components/toast.tsx'

const saveFile = (blob: Blob, name: string) => {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(blob)
  link.download = name
  link.click()
  URL.revokeObjectURL(link.href)
}

/** Downloads the partners without their secrets, in a form that the import takes. */
export const ExportMenu = () => {
  const client = useClient()
  const download = async (format: 'json' | 'csv') => {
    try {
      const response = await answer(client.partners.export.$get({ query: { format } }))
      saveFile(await response.blob(), `partners.${format}`)
    } catch (error) {
      toastError(error)
    }
  }
  return (
    <Menu
      label="Export"
      triggerClass={buttonClass()}
      trigger={
        <>
          <Download size={16} aria-hidden="true" />
          Export
        </>
      }
    >
      <MenuItem onSelect={() => void download('csv')}>As CSV, for a spreadsheet</MenuItem>
      <MenuItem onSelect={() => void download('json')}>As JSON</MenuItem>
    </Menu>
  )
}
