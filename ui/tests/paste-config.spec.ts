import { Client } from 'ssh2'
import { createSshKey } from '../../deployment/demo/create-ssh-key.ts'
import { startSimulatedSshServer } from '../../deployment/demo/simulated-ssh-server.ts'
import { expect, test } from './product.ts'

/** The public key of a server, as a line of known_hosts has it. */
const scanHostKey = (port: number) =>
  new Promise<string>((resolve, reject) => {
    const client = new Client().on('error', reject)
    const hostVerifier = (key: Buffer) => {
      resolve(`${key.toString('latin1', 4, 4 + key.readUInt32BE(0))} ${key.toString('base64')}`)
      client.removeAllListeners('error').on('error', () => undefined)
      return false
    }
    client.connect({ host: '127.0.0.1', port, username: 'x', hostVerifier })
  })

test('a host behind a jump host of the user’s own SSH configuration becomes a partner: keys pinned, private keys asked for by file', async ({
  adminPage: page,
  product,
}) => {
  const { creation, ssh } = await product.startPartner('Acme Talent', 'busy')
  const jump = createSshKey()
  const bastion = await startSimulatedSshServer({ username: 'jump', password: 'unused-1', userKey: jump.parsed, targetPort: ssh.port })
  const knownHosts = await Promise.all([bastion.port, ssh.port].map(async (port) => `[127.0.0.1]:${port} ${await scanHostKey(port)}`))
  const config = `# mine
Host acme
  HostName 127.0.0.1
  Port ${ssh.port}
  User ${ssh.username}
  ProxyJump bastion
  IdentityFile ~/.ssh/acme
  LocalForward 3307 ${creation.db.host}:${creation.db.port}
Host bastion
  HostName 127.0.0.1
  Port ${bastion.port}
  User jump
  IdentityFile ~/.ssh/jump
Host git.example
  User git
${knownHosts.join('\n')}
`
  await page.goto('/partners/new')
  await page.getByRole('button', { name: 'Paste from ~/.ssh/config' }).click()
  const dialog = page.getByRole('dialog', { name: 'Paste from ~/.ssh/config' })
  await dialog.getByLabel('SSH configuration').fill(config)
  await dialog.getByRole('button', { name: 'Read' }).click()
  await expect(dialog.getByRole('radio', { name: 'acme' })).toBeChecked()
  await expect(dialog.getByRole('radio')).toHaveCount(2)
  await dialog.getByRole('button', { name: 'Fill in the form' }).click()

  const [login, hop] = [page.getByRole('region', { name: 'SSH', exact: true }), page.getByRole('group', { name: 'Hop 1' })]
  await expect(login.getByText('paste what is in ~/.ssh/acme')).toBeVisible()
  await expect(login.getByText('Hop 1: Private key: paste what is in ~/.ssh/jump')).toBeVisible()
  await expect(page.getByLabel('Name', { exact: true })).toHaveValue('acme')
  await expect(login.getByLabel('Fingerprint', { exact: true }).first()).toHaveValue(`ssh-ed25519 ${ssh.hostKeySha256}`)
  await expect(hop.getByLabel('Fingerprint', { exact: true })).toHaveValue(`ssh-ed25519 ${bastion.hostKeySha256()}`)
  await login.getByLabel('Private key', { exact: true }).first().fill(ssh.privateKey)
  await hop.getByLabel('Private key', { exact: true }).fill(jump.privateKey)
  const database = page.getByRole('region', { name: 'Database' })
  await expect(database.getByLabel('Port')).toHaveValue(String(creation.db.port))
  await database.getByLabel('Database', { exact: true }).fill(creation.db.name)
  await database.getByLabel('User').fill(creation.db.username)
  await database.getByLabel('Password').fill(creation.db.password)

  await page.getByRole('button', { name: 'Create the partner' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'acme' })).toBeVisible()
  await expect(page.getByRole('region', { name: 'Current numbers' }).getByText(/Captured .* in \d+ ms/)).toBeVisible()
  await bastion.goDown()
})

test('a configuration that cannot be read says which line is why', async ({ adminPage: page }) => {
  await page.goto('/partners/new')
  await page.getByRole('button', { name: 'Paste from ~/.ssh/config' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('SSH configuration').fill('Host acme\n  User ops\nInclude work/*\n')
  await dialog.getByRole('button', { name: 'Read' }).click()
  await expect(dialog.getByRole('alert')).toContainText('line 3: Include')
  await dialog.getByLabel('SSH configuration').fill('Host acme\n  ProxyCommand nc %h %p\n')
  await dialog.getByRole('button', { name: 'Read' }).click()
  await expect(dialog.getByRole('alert')).toContainText('line 2: ProxyCommand')
})
