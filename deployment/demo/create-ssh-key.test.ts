import ssh2 from 'ssh2'
import { expect, test } from 'vitest'
import { createSshKey } from './create-ssh-key.ts'

test('every new key can be read back and has a whole public key', () => {
  for (let count = 0; count < 2_000; count += 1) {
    const { privateKey, parsed } = createSshKey()
    expect(ssh2.utils.parseKey(privateKey)).not.toBeInstanceOf(Error)
    expect(parsed.getPublicSSH()).toHaveLength(4 + 'ssh-ed25519'.length + 4 + 32)
  }
})
