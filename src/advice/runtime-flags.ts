/** Flags of a runtime in a variable that may hold others, too. */

/** Which flags of a variable speak of the same as those that stella sets, with their values. */
const OURS: Readonly<Record<string, RegExp>> = {
  NODE_OPTIONS: /(?<=^|\s)--max[-_]old[-_]space[-_]size(?:[-_]percentage)?(?:=|\s+)\S+/g,
  JAVA_TOOL_OPTIONS: /(?<=^|\s)-(?:Xmx|XX:MaxHeapSize=|XX:MaxRAMPercentage=|XX:MaxRAM=)\S+/g,
}

/**
 * The value that a variable has to get so that the flag is in force, as the last one of its kind: what else stood there is kept.
 *
 * @param present null: it is not set
 * @example withFlag('NODE_OPTIONS', '--trace-gc --max-old-space-size=4096', '--max-old-space-size=512') // '--trace-gc --max-old-space-size=512'
 */
export function withFlag(variable: string, present: string | null, flag: string): string {
  const ours = OURS[variable]
  if (ours === undefined || present === null) return flag
  const rest = flag.search(ours) === -1 ? present : present.replace(ours, ' ')
  const flags = flag.split(/\s+/)
  const kept = rest.split(/\s+/).filter((word) => word !== '' && !flags.includes(word))
  return [...kept, flag].join(' ')
}

/**
 * A value as it may be shown: flags that stella sets, and a mark for the rest, which may hold secrets.
 *
 * @example shownValue('JAVA_TOOL_OPTIONS', '-Dkey=hidden -Xmx512m') // '… -Xmx512m'
 */
export function shownValue(variable: string, value: string): string {
  const ours = OURS[variable]
  const flags = ours === undefined ? [] : (value.match(ours) ?? [])
  const rest = ours === undefined ? value : value.replace(ours, '')
  return [...(rest.trim() === '' ? [] : ['…']), ...flags].join(' ')
}
