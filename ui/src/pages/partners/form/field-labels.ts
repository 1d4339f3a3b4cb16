/** What the fields of a partner are called, by their path in the API. */
export const fieldLabels: Readonly<Record<string, string>> = {
  partnerName: 'Name',
  tenantId: 'Tenant ID',
  timezone: 'Time zone',
  isActive: 'Capture this partner',
  priority: 'Priority',
  concurrencyLimit: 'Concurrency limit',
  maxConcurrency: 'Maximum concurrency',
  pauseNonPriorityCampaigns: 'Pause campaigns without priority',
  'db.host': 'Database host',
  'db.port': 'Database port',
  'db.name': 'Database name',
  'db.username': 'Database user',
  'db.password': 'Database password',
  'db.tls': 'Encryption of the database connection',
  'db.tlsCa': 'CA certificate',
  'db.tlsCertificate': 'Client certificate',
  'db.tlsKey': 'Key of the client certificate',
  'ssh.enabled': 'Reach the database through SSH',
  'ssh.host': 'SSH host',
  'ssh.port': 'SSH port',
  'ssh.username': 'SSH user',
  'ssh.password': 'SSH password',
  'ssh.privateKey': 'Private key',
  'ssh.passphrase': 'Passphrase',
  'ssh.certificate': 'Certificate',
  'ssh.hostCa': 'Certificate authorities',
  'ssh.revokedKeys': 'Revoked keys',
  'ssh.hostKeySha256': 'Host key fingerprint',
  'ssh.trustOnFirstUse': 'Trust on first use',
}

/** The paths of the fields that a form with these hops shows. */
export const fieldsOf = ({ ssh }: { ssh: { jumps: readonly object[] } }) => [
  ...Object.keys(fieldLabels),
  ...ssh.jumps.flatMap((_, index) =>
    Object.keys(fieldLabels)
      .filter((path) => path.startsWith('ssh.'))
      .map((path) => path.replace('ssh.', `ssh.jumps.${index}.`)),
  ),
]

/** A path's label, or the path where it has none. A hop's fields are called as those of the partner's own SSH server. */
export const labelOf = (path: string) => {
  const [, index, field] = /^ssh\.jumps\.(\d+)\.(\w+)$/.exec(path) ?? []
  if (index !== undefined) return `Hop ${Number(index) + 1}: ${fieldLabels[`ssh.${field}`] ?? field}`
  return fieldLabels[path] ?? path
}
