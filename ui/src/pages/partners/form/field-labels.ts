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
  'ssh.hostKeySha256': 'Host key fingerprint',
  'ssh.trustOnFirstUse': 'Trust on first use',
}

/** A path's label, or the path where it has none. */
export const labelOf = (path: string) => fieldLabels[path] ?? path
