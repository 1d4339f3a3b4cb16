import { formatExact, formatRelative } from '../time/format-time.ts'
import { useZone } from '../time/zone-context.tsx'

/** A time: relative with the exact one on hover, or the other way round. */
export const Time = (props: { at: string | number; exact?: boolean; class?: string | undefined }) => {
  const { zone, now } = useZone()
  const date = () => new Date(props.at)
  const exact = () => `${formatExact(date(), zone())} (${zone()})`
  const relative = () => formatRelative(date().getTime(), now())
  return (
    <time
      datetime={date().toISOString()}
      title={props.exact ? relative() : exact()}
      class={`numeric whitespace-nowrap ${props.class ?? ''}`}
    >
      {props.exact ? formatExact(date(), zone()) : relative()}
    </time>
  )
}
