/** stout's `Bytes` prints the largest unit that loses nothing; its units are binary, whatever they are called. */
const UNITS: ReadonlyMap<string, number> = new Map([
  ['B', 1],
  ['KB', 2 ** 10],
  ['MB', 2 ** 20],
  ['GB', 2 ** 30],
  ['TB', 2 ** 40],
])

/** `64MB` is 67108864: Mesos writes MB and means MiB. */
export function parseMesosBytes(text: string): number | null {
  const match = /^(\d{1,20})(B|KB|MB|GB|TB)$/.exec(text)
  const unit = UNITS.get(match?.[2] ?? '')
  return match === null || unit === undefined ? null : Number(match[1]) * unit
}
