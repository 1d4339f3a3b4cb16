/** How a partner behaves. Load 1 brings as many calls as its lines can carry; it swings around the base once per simulated day. */
type WorkloadProfile = {
  concurrencyLimit: number
  campaigns: number
  contactsPerCampaign: number
  baseLoad: number
  loadSwing: number
  maxQueued: number
}

export const workloadProfiles = {
  steady: { concurrencyLimit: 12, campaigns: 4, contactsPerCampaign: 60, baseLoad: 0.65, loadSwing: 0.25, maxQueued: 40 },
  busy: { concurrencyLimit: 20, campaigns: 6, contactsPerCampaign: 80, baseLoad: 1.05, loadSwing: 0.9, maxQueued: 80 },
  overloaded: { concurrencyLimit: 10, campaigns: 8, contactsPerCampaign: 120, baseLoad: 2, loadSwing: 4, maxQueued: 260 },
  idle: { concurrencyLimit: 10, campaigns: 0, contactsPerCampaign: 0, baseLoad: 0, loadSwing: 0, maxQueued: 0 },
} satisfies Record<string, WorkloadProfile>

export type WorkloadProfileName = keyof typeof workloadProfiles
