export type Gate = {
  /** Takes a place where one is free. */
  tryEnter: () => boolean
  /** Waits for a place: first come, first served, and before `tryEnter`. */
  enter: () => Promise<void>
  leave: () => void
  /** Changes how many places there are. Nobody is sent away. */
  resize: (places: number) => void
}

/** Holds back whoever comes when all places are taken. */
export const createGate = (): Gate => {
  const waiting: (() => void)[] = []
  let places = 0
  let taken = 0
  const admit = () => {
    while (taken < places && waiting.length > 0) {
      taken += 1
      waiting.shift()?.()
    }
  }
  return {
    tryEnter: () => {
      if (taken >= places) return false
      taken += 1
      return true
    },
    enter: () => {
      const { promise, resolve } = Promise.withResolvers<void>()
      waiting.push(resolve)
      admit()
      return promise
    },
    leave: () => {
      taken -= 1
      admit()
    },
    resize: (count) => {
      places = count
      admit()
    },
  }
}
