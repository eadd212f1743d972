const STEPS = '▁▂▃▄▅▆▇█'
const CURVE_CHARACTERS = 32

/** @param shares of the highest, from 0 to 1; neighbours are drawn together by the higher one */
export function curve(shares: readonly number[]): string {
  const width = Math.min(CURVE_CHARACTERS, shares.length)
  return Array.from({ length: width }, (_, at) => {
    const from = Math.floor((at * shares.length) / width)
    const until = Math.floor(((at + 1) * shares.length) / width)
    const highest = Math.max(...shares.slice(from, Math.max(from + 1, until)))
    return STEPS[Math.min(STEPS.length - 1, Math.floor(highest * STEPS.length))]
  }).join('')
}
