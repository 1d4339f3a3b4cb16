/** The types of channels by name. */
export const channelTypes = [
  { value: 'email', label: 'Email' },
  { value: 'slack', label: 'Slack' },
  { value: 'webhook', label: 'Webhook' },
  { value: 'pagerduty', label: 'PagerDuty' },
] as const

export const channelTypeName = (type: (typeof channelTypes)[number]['value']): string =>
  channelTypes.find(({ value }) => value === type)?.label ?? type
