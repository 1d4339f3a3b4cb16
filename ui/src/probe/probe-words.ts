import { type Reason, type Stage, stages } from '../../../shared/reach/reach-error.ts'

/** The steps to a partner's database, in order. */
export const stagesThroughSsh: readonly Stage[] = stages
export const stagesWithoutSsh: readonly Stage[] = ['db-connect', 'query']

const stageNames: Readonly<Record<Stage, string>> = {
  'ssh-connect': 'SSH connection',
  'host-key': 'Host key',
  'ssh-auth': 'SSH sign-in',
  tunnel: 'Tunnel to the database',
  'db-connect': 'Database sign-in',
  query: 'Query',
}

const reasons: Readonly<Record<Reason, { title: string; advice: string }>> = {
  dns: { title: 'The host name was not found', advice: 'Check the spelling of the host, and whether its name resolves from this server.' },
  'address-forbidden': {
    title: 'No partner may be at this address',
    advice: 'Check the host, or the allowed networks in the settings. Addresses where hosts serve their metadata are never allowed.',
  },
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
