import { connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type Mariadb, startMariadb } from '../../../deployment/testing/mariadb.ts'
import { requireParts } from '../../../deployment/testing/real-part.ts'
import { connectMysql } from './connect-mysql.ts'

const password = 'heron-4-tide'
const login = { host: '127.0.0.1', name: 'acme', username: 'acme', password, tls: null }
/** InnoDB shows its transactions as they were up to a tenth of a second ago. */
const staleMs = 150

const odd: [string, string][] = [
  ['its defaults', 'SELECT 1'],
  ['autocommit off', 'SET GLOBAL autocommit = 0'],
  ['a transaction of init_connect', "SET GLOBAL init_connect = 'START TRANSACTION WITH CONSISTENT SNAPSHOT'"],
  ['a transaction of init_connect that holds the table', "SET GLOBAL init_connect = 'START TRANSACTION; SELECT * FROM acme.numbers'"],
  ['both', "SET GLOBAL autocommit = 0; SET GLOBAL init_connect = 'SELECT * FROM acme.numbers'"],
  ['serializable transactions', "SET GLOBAL tx_isolation = 'SERIALIZABLE'; SET GLOBAL autocommit = 0"],
  ['dirty reads', "SET GLOBAL tx_isolation = 'READ-UNCOMMITTED'"],
  ['transactions that follow one another', "SET GLOBAL completion_type = 'CHAIN'; SET GLOBAL init_connect = 'BEGIN'"],
  ['another character set', "SET GLOBAL init_connect = 'SET NAMES latin1'"],
]

describe.runIf(requireParts('mariadbd', 'mariadb-install-db'))('a session on a server with', () => {
  let mariadb: Mariadb
  beforeAll(async () => {
    mariadb = await startMariadb()
    await mariadb.createSchema('acme', password)
    await mariadb.run("CREATE TABLE numbers (n INT, name VARCHAR(20)) CHARACTER SET utf8mb4; INSERT INTO numbers VALUES (1, 'Zoë')", 'acme')
  })
  afterEach(() =>
    mariadb.run(
      `SET GLOBAL autocommit = DEFAULT; SET GLOBAL init_connect = DEFAULT; SET GLOBAL tx_isolation = DEFAULT; SET GLOBAL completion_type = DEFAULT;
       DELETE FROM acme.numbers WHERE n > 1; COMMIT`,
    ),
  )
  afterAll(() => mariadb.stop())

  const openTransactions = async () => {
    await delay(staleMs)
    return mariadb.ask('SELECT trx_mysql_thread_id FROM information_schema.innodb_trx')
  }

  test.each(odd)('%s reads what is committed now, leaves no transaction open and holds no lock', async (_what, settings) => {
    await mariadb.run(settings)
    const socket = connect(mariadb.port, '127.0.0.1')
    const session = await connectMysql(socket, login, { giveUp: () => socket.destroy(), isTunnel: false }).ready(5_000)
    const read = async () => (await session.query('SELECT COUNT(*) AS count, MIN(name) AS name FROM numbers', [], 5_000))[0]
    try {
      expect(await openTransactions(), 'after the sign-in').toEqual([])
      expect(await read()).toEqual({ count: 1, name: 'Zoë' })
      await mariadb.run('INSERT INTO numbers (n) VALUES (2); COMMIT', 'acme')
      expect(await read()).toEqual({ count: 2, name: 'Zoë' })
      expect(await openTransactions(), 'after a capture').toEqual([])
      await mariadb.run(
        'SET SESSION lock_wait_timeout = 1; ALTER TABLE numbers ADD COLUMN more INT; ALTER TABLE numbers DROP COLUMN more',
        'acme',
      )
      await expect(session.query('INSERT INTO numbers (n) VALUES (3)', [], 5_000)).rejects.toMatchObject({
        message: expect.stringContaining('READ ONLY'),
      })
      expect(await openTransactions(), 'after a statement that failed').toEqual([])
    } finally {
      socket.destroy()
    }
  })
})
