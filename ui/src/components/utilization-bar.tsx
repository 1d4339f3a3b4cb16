const toneOf = (percent: number) => (percent >= 95 ? 'bg-critical' : percent >= 80 ? 'bg-medium' : 'bg-accent')

/** How full the lines are: a bar up to 100 %, and the number, which may be more. */
export const UtilizationBar = (props: { percent: number }) => (
  <span class="flex min-w-0 items-center gap-2">
    <span aria-hidden="true" class="h-1.5 w-16 min-w-4 shrink rounded-full bg-sunken">
      <span
        class={`block h-full rounded-full ${toneOf(props.percent)}`}
        style={{ width: `${Math.min(100, Math.max(0, props.percent))}%` }}
      />
    </span>
    <span class="numeric w-10 shrink-0 text-right text-xs text-muted">{Math.round(props.percent)} %</span>
  </span>
)
