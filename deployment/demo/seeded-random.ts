/** A repeatable source of numbers in [0, 1): xorshift32 with the shifts 13, 17, 5 (Marsaglia, "Xorshift RNGs", 2003). */
export const createSeededRandom = (seed: number): (() => number) => {
  let state = Math.imul(seed + 1, 0x9e3779b1) | 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
}
