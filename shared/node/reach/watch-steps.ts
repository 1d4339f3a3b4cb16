/** Something that makes steps as long as it is well; `null`: it has not begun. */
type Stepping = { readonly steps: number | null }

const lookMs = 250
const stuckMs = 2_000
/** The time to start may be longer: a busy machine reads and compiles much then. */
const startMs = 30_000
/** When this thread itself was held up so long, it knows nothing about the others. */
const blindMs = 1_000

type WatchStepsDeps<Watched> = { onStuck: (stuck: Watched) => void /** Called at each look. */; onLook: () => void }

/** Watches that each of its members makes a step every two seconds. Runs while it has members, and does not keep the process. */
export const watchSteps = <Watched extends Stepping>({ onStuck, onLook }: WatchStepsDeps<Watched>) => {
  const members = new Map<Watched, { steps: number | null; since: number }>()
  let [timer, lastLook] = [undefined as NodeJS.Timeout | undefined, 0]

  const look = () => {
    const now = performance.now()
    const wasBlind = now - lastLook > blindMs
    lastLook = now
    for (const [member, seen] of members) {
      if (wasBlind || member.steps !== seen.steps) members.set(member, { steps: member.steps, since: now })
      else if (now - seen.since > (seen.steps === null ? startMs : stuckMs)) onStuck(member)
    }
    onLook()
  }
  const stop = () => {
    clearInterval(timer)
    timer = undefined
  }
  return {
    add: (member: Watched) => {
      members.set(member, { steps: member.steps, since: performance.now() })
      if (timer) return
      lastLook = performance.now()
      timer = setInterval(look, lookMs).unref()
    },
    delete: (member: Watched) => {
      members.delete(member)
      if (members.size === 0) stop()
    },
    stop,
  }
}
