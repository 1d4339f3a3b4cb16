import CircleCheck from 'lucide-solid/icons/circle-check'
import CircleDashed from 'lucide-solid/icons/circle-dashed'
import CircleMinus from 'lucide-solid/icons/circle-minus'
import CirclePause from 'lucide-solid/icons/circle-pause'
import CloudOff from 'lucide-solid/icons/cloud-off'
import Hourglass from 'lucide-solid/icons/hourglass'
import Info from 'lucide-solid/icons/info'
import OctagonAlert from 'lucide-solid/icons/octagon-alert'
import TriangleAlert from 'lucide-solid/icons/triangle-alert'
import type { Component, JSX } from 'solid-js'
import { Dynamic } from 'solid-js/web'
import type { PartnerState } from '../../../shared/partner/partner-state.ts'
import type { AlertLevel } from '../../../shared/snapshot/snapshot.ts'

type IconComponent = Component<{ size?: number | string; 'aria-hidden'?: 'true' }>

export const tones = {
  critical: 'text-critical bg-critical-soft',
  high: 'text-high bg-high-soft',
  medium: 'text-medium bg-medium-soft',
  ok: 'text-ok bg-ok-soft',
  idle: 'text-idle bg-idle-soft',
  accent: 'text-accent bg-accent-soft',
} as const
export type Tone = keyof typeof tones

/** A short word with a colour and, for those who do not see it, an icon. */
export const Badge = (props: { tone: Tone; icon?: IconComponent; children: JSX.Element; title?: string | undefined }) => (
  <span
    title={props.title}
    class={`inline-flex items-center gap-1 rounded-full px-2 py-0.5 text-xs font-semibold whitespace-nowrap ${tones[props.tone]}`}
  >
    {props.icon && <Dynamic component={props.icon} size={13} aria-hidden="true" />}
    {props.children}
  </span>
)

type Look = { tone: Tone; icon: IconComponent; text: string }

const levels: Record<AlertLevel, Look> = {
  CRITICAL: { tone: 'critical', icon: OctagonAlert, text: 'Critical' },
  HIGH: { tone: 'high', icon: TriangleAlert, text: 'High' },
  MEDIUM: { tone: 'medium', icon: Info, text: 'Medium' },
  IDLE: { tone: 'idle', icon: CirclePause, text: 'Idle' },
  NORMAL: { tone: 'ok', icon: CircleCheck, text: 'Normal' },
}

/** What a level is called. */
export const levelName = (level: AlertLevel) => levels[level].text

export const LevelBadge = (props: { level: AlertLevel; title?: string }) => (
  <Badge tone={levels[props.level].tone} icon={levels[props.level].icon} title={props.title}>
    {levels[props.level].text}
  </Badge>
)

const states: Record<PartnerState, Look> = {
  ok: { tone: 'ok', icon: CircleCheck, text: 'Up' },
  failing: { tone: 'high', icon: TriangleAlert, text: 'Failing' },
  error: { tone: 'critical', icon: CloudOff, text: 'Offline' },
  stale: { tone: 'medium', icon: Hourglass, text: 'Stale' },
  never: { tone: 'idle', icon: CircleDashed, text: 'No data yet' },
  inactive: { tone: 'idle', icon: CircleMinus, text: 'Inactive' },
}

/** What a partner's state is called. */
export const stateName = (state: PartnerState) => states[state].text

export const StateBadge = (props: { state: PartnerState; title?: string }) => (
  <Badge tone={states[props.state].tone} icon={states[props.state].icon} title={props.title}>
    {states[props.state].text}
  </Badge>
)
