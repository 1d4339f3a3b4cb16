import type { PreviewedAlert } from '../alert-views.ts'

export type PreviewBar = { firedAt: string; resolvedAt: string | null; message: string; leftPercent: number; widthPercent: number }
export type PreviewLane = { ruleId: string; level: PreviewedAlert['level']; bars: PreviewBar[] }
export type PreviewPartner = { partnerId: string; name: string; lanes: PreviewLane[] }

/** What would have fired as bars on a time axis: partners by name, one lane for each of their rules. */
export const layOutPreview = (
  alerts: readonly PreviewedAlert[],
  range: { from: number; to: number },
  nameOf: (partnerId: string) => string,
): PreviewPartner[] => {
  const percent = (at: number) => (Math.min(Math.max(at, range.from), range.to) - range.from) / ((range.to - range.from) / 100)
  const partners = new Map<string, Map<string, PreviewLane>>()
  for (const { partnerId, ruleId, level, message, firedAt, resolvedAt } of alerts) {
    const lanes = partners.get(partnerId) ?? new Map<string, PreviewLane>()
    const lane = lanes.get(ruleId) ?? { ruleId, level, bars: [] }
    const leftPercent = percent(Date.parse(firedAt))
    const widthPercent = percent(resolvedAt ? Date.parse(resolvedAt) : range.to) - leftPercent
    lane.bars.push({ firedAt, resolvedAt, message, leftPercent, widthPercent })
    partners.set(partnerId, lanes.set(ruleId, lane))
  }
  return [...partners]
    .map(([partnerId, lanes]) => ({ partnerId, name: nameOf(partnerId), lanes: [...lanes.values()] }))
    .sort((left, right) => left.name.localeCompare(right.name))
}
