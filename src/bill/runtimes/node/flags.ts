/** What a Node process was told about its heap. Null: nothing was said. */
export interface NodeFlags {
  oldSpace: Flag | null
  semiSpace: Flag | null
  heap: Flag | null
  /** Share of the memory that it sees, in percent; wins over all of the above. */
  percentage: Flag | null
  /** --optimize-for-size and --lite-mode keep the young generation at its smallest. */
  small: boolean
  /** --inspect and its like: somebody could ask the process itself. */
  inspector: string | null
}

export interface Flag {
  /** MiB, or percent. */
  value: number
  /** As it was written: `--max-old-space-size=200`. */
  words: string
  from: 'the command line' | 'NODE_OPTIONS'
}

/**
 * Reads the options of a Node process. The command line wins over NODE_OPTIONS, and what comes later over what came earlier.
 *
 * @param command the arguments of the process, with its own name
 * @param nodeOptions the value of NODE_OPTIONS, null where it is not set
 */
export function nodeFlags(command: readonly string[], nodeOptions: string | null): NodeFlags {
  const flags: NodeFlags = {
    oldSpace: null,
    semiSpace: null,
    heap: null,
    percentage: null,
    small: false,
    inspector: null,
  }
  for (const words of wordsOf(nodeOptions ?? '')) take(flags, words, 'NODE_OPTIONS')
  for (const words of optionsOf(command)) take(flags, words, 'the command line')
  return flags
}

const SIZES = {
  '--max-old-space-size': 'oldSpace',
  '--max-semi-space-size': 'semiSpace',
  '--max-heap-size': 'heap',
  '--max-old-space-size-percentage': 'percentage',
} as const satisfies Record<string, keyof NodeFlags>

function take(flags: NodeFlags, words: string, from: Flag['from']): void {
  const [written = '', value] = words.split('=', 2)
  // V8 takes an underscore for a hyphen.
  const name = written.replaceAll('_', '-')
  if (name === '--optimize-for-size' || name === '--lite-mode') flags.small = true
  if (/^--inspect(?:-brk|-wait)?$/.test(name)) flags.inspector = words
  if (!isSize(name) || value === undefined) return
  const amount = /^\d{1,9}(?:\.\d{1,9})?$/.test(value) ? Number(value) : 0
  // V8 takes a size of 0 for no size at all.
  flags[SIZES[name]] = amount === 0 ? null : { value: amount, words, from }
}

function isSize(name: string): name is keyof typeof SIZES {
  return Object.hasOwn(SIZES, name)
}

/** Options of Node that take the argument after them. */
const WITH_ARGUMENT =
  /^(?:-r|--require|--import|--loader|--experimental-loader|-e|--eval|-p|--print|-pe|-C|--conditions|--env-file(?:-if-exists)?|--title|--input-type|--watch-path|--test-name-pattern|--test-reporter(?:-destination)?|--dns-result-order|--icu-data-dir|--openssl-config|--redirect-warnings|--disable-warning|--inspect-port)$/

/** The options ahead of the script: what follows it is the program's own. */
function* optionsOf(command: readonly string[]): Generator<string> {
  for (let at = 1; at < command.length; at++) {
    const argument = command[at] ?? ''
    if (argument === '--' || argument === '-' || !argument.startsWith('-')) return
    yield argument
    if (WITH_ARGUMENT.test(argument)) at++
  }
}

/** Words of NODE_OPTIONS: apart by blanks, but for those in double quotes, where a backslash escapes. */
function wordsOf(text: string): string[] {
  const words = text.match(/(?:"(?:[^"\\]|\\.)*"|[^\s"])+/g) ?? []
  return words.map((word) =>
    word.replaceAll(/"((?:[^"\\]|\\.)*)"/g, (_, quoted: string) =>
      quoted.replaceAll(/\\(.)/g, '$1'),
    ),
  )
}
