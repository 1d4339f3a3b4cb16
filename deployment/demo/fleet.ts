import { type SimulatedPartner, startSimulatedPartner } from './simulated-partner.ts'
import { type WorkloadProfileName, workloadProfiles } from './workload-profiles.ts'

const members: { name: string; timezone: string; profile: WorkloadProfileName; signIn: 'password' | 'key' }[] = [
  { name: 'Summit Logistics', timezone: 'America/Chicago', profile: 'overloaded', signIn: 'password' },
  { name: 'Harbor Health', timezone: 'America/Los_Angeles', profile: 'busy', signIn: 'key' },
  { name: 'Deccan Talent', timezone: 'Asia/Kolkata', profile: 'steady', signIn: 'password' },
  { name: 'Copper Ridge Jobs', timezone: 'America/Denver', profile: 'busy', signIn: 'key' },
  { name: 'Bluebird Hiring', timezone: 'Europe/London', profile: 'steady', signIn: 'password' },
  { name: 'Lakeside Care', timezone: 'America/New_York', profile: 'idle', signIn: 'key' },
]
const rekeyedName = 'Copper Ridge Jobs'
const flakyName = 'Bluebird Hiring'
const tickMs = 1_000
const outage = { fromMs: 40_000, toMs: 100_000, everyMs: 240_000 }

/** The body that creates this partner through `POST /api/partners`, its host key trusted. */
const creationOf = ({ timezone, profile, signIn }: (typeof members)[number], { name, ssh, db }: SimulatedPartner) => ({
  partnerName: name,
  timezone,
  concurrencyLimit: workloadProfiles[profile].concurrencyLimit,
  db: { type: 'mysql', ...db },
  ssh: {
    enabled: true,
    host: ssh.host,
    port: ssh.port,
    username: ssh.username,
    ...(signIn === 'key' ? { privateKey: ssh.privateKey } : { password: ssh.password }),
    hostKeySha256: ssh.hostKeySha256,
  },
})

type DemoFleet = {
  partners: SimulatedPartner[]
  /** One body for `POST /api/partners` each. */
  creations: ReturnType<typeof creationOf>[]
  /** Gives one partner a new host key and returns the partner. */
  changeHostKey(): SimulatedPartner
  stop(): Promise<void>
}

/** Starts six partners that live by `now`, second by second. One of them is down from second 40 to 100 of every four minutes. */
export const startDemoFleet = async ({ now }: { now: () => number }): Promise<DemoFleet> => {
  const startMs = now()
  const partners = await Promise.all(
    members.map(({ name, profile }, index) => startSimulatedPartner({ name, profile, seed: index + 1, now: () => startMs })),
  )
  const named = (name: string) => partners.find((partner) => partner.name === name)!
  const flaky = named(flakyName)
  let isDown = false

  const followOutage = async () => {
    const elapsedMs = (now() - startMs) % outage.everyMs
    const shouldBeDown = elapsedMs >= outage.fromMs && elapsedMs < outage.toMs
    if (shouldBeDown === isDown) return
    await (shouldBeDown ? flaky.goDown() : flaky.comeBack())
    isDown = shouldBeDown
  }
  let following: Promise<void> = Promise.resolve()
  const timer = setInterval(() => {
    for (const partner of partners) partner.advance(now())
    // Its port may be taken for a moment when it comes back: the next second tries again.
    following = following.then(followOutage).catch(() => undefined)
  }, tickMs)

  return {
    partners,
    creations: members.map((member, index) => creationOf(member, partners[index]!)),
    changeHostKey: () => {
      const partner = named(rekeyedName)
      partner.changeHostKey()
      return partner
    },
    stop: async () => {
      clearInterval(timer)
      await following
      await Promise.all(partners.map((partner) => partner.stop()))
    },
  }
}
