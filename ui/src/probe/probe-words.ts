import { type Reason, type Stage, stages } from '../../../shared/reach/reach-error.ts'

/** The steps to a partner's database, in order. */
export const stagesThroughSsh: readonly Stage[] = stages
export const stagesWithoutSsh: readonly Stage[] = ['db-tls', 'db-connect', 'query']

const stageNames: Readonly<Record<Stage, string>> = {
  'ssh-connect': 'SSH connection',
  'host-key': 'Host key',
  'ssh-auth': 'SSH sign-in',
  tunnel: 'Tunnel to the database',
  'db-tls': 'Database encryption',
  'db-connect': 'Database sign-in',
  query: 'Query',
}

const reasons: Readonly<Record<Reason, { title: string; advice: string }>> = {
  dns: { title: 'The host name was not found', advice: 'Check the spelling of the host, and whether its name resolves from this server.' },
  refused: {
    title: 'The connection was refused',
    advice: 'Nothing listens there: check the host and the port, and whether the service runs.',
  },
  timeout: { title: 'There was no answer in time', advice: 'A firewall may drop the connection, or the server is overloaded.' },
  'host-key-unknown': {
    title: 'The host key is not known yet',
    advice: 'Compare its fingerprint with the server’s own, then trust it. Nothing else was sent.',
  },
  'host-key-changed': {
    title: 'The host key has changed',
    advice: 'The connection was refused before any credential was sent. Find out why before you trust the new key.',
  },
  'ssh-auth': {
    title: 'SSH refused the sign-in',
    advice: 'Check the SSH user and the password or key, and that the server allows this user.',
  },
  'tunnel-refused': {
    title: 'The SSH server refused the tunnel',
    advice: 'Its configuration has to allow TCP forwarding (AllowTcpForwarding, PermitOpen) for this user.',
  },
  'tls-required': {
    title: 'The database and this connection do not agree on encryption',
    advice: 'Choose the encryption that the message names; turn it off only if everybody on the way may read the password and the data.',
  },
  'tls-failed': {
    title: 'The connection to the database could not be encrypted',
    advice: 'Check the server’s TLS settings, and the client certificate and key where it asks for one.',
  },
  certificate: {
    title: 'The database’s certificate is not accepted',
    advice: 'Nothing was sent. Check that it is the right server, then give its CA, or have its certificate renewed.',
  },
  'db-refused': {
    title: 'The database cannot be reached',
    advice: 'Check the database’s host and port as the SSH server sees them, and whether the database runs.',
  },
  'db-auth': {
    title: 'The database refused the sign-in',
    advice: 'Check the database’s user and password, and from which hosts that user may connect.',
  },
  'db-missing': { title: 'The database does not exist', advice: 'Check the database’s name, and that the user may use it.' },
  query: { title: 'The query failed', advice: 'The database answered, but its tables are not as expected, or the query took too long.' },
  decrypt: { title: 'The stored secrets cannot be decrypted', advice: 'They were sealed with another key: enter them again.' },
  aborted: { title: 'The attempt was cancelled', advice: 'Try again.' },
  'partner-overload': {
    title: 'The server asks too much of this service',
    advice: 'It was left alone, so that other partners are not held up. Find out what it sends, and why.',
  },
}

/** What a stage is called; one that is not known by its own name. */
export const stageName = (stage: string): string => stageNames[stage as Stage] ?? stage

/** What a reason means and what to do about it. */
export const reasonWords = (reason: string) => reasons[reason as Reason] ?? { title: reason, advice: '' }
