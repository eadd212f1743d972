import { NO_LIMIT_BYTES } from '../../../model/bytes.ts'
import { linesOf } from '../../../parsers/lines.ts'
import { readJvmSize } from '../../../parsers/quantity/jvm.ts'

/** A maximum, and what sets it. */
export interface Cap {
  /** Null: there is none. */
  bytes: number | null
  /** In words for people: `-Xmx512m`, `the default of ReservedCodeCacheSize`. */
  by: string
  /** False: nobody chose it, it is a default. */
  setByFlag: boolean
}

/** What bounds a JVM's memory, as far as it is known. */
export interface JvmSettings {
  heap: Cap | null
  metaspace: Cap | null
  code: Cap | null
  direct: Cap | null
  /** Address space of one Java thread's stack. */
  stackBytes: number | null
  stackBy: string
}

/** `VM.flags -all`: every flag with its value, JDK 8 to 28. */
const FLAG = /^\s*\w+ (\w{1,80})\s+:?= (\S{1,40})\s+\{/
const MAX_FLAGS = 5_000

/**
 * The settings by `VM.flags -all`, which knows all of them; what it does not tell is read from the words of the command line.
 *
 * @param words in the order in which the JVM takes them; the last one wins
 */
export function jvmSettings(flagsText: string | null, words: readonly string[]): JvmSettings {
  const flags = numbersIn(flagsText ?? '')
  const heap = heapCap(flags, words)
  const stackWord = last(words, /^-Xss|^-XX:ThreadStackSize=/)
  const stackKib = flags.get('ThreadStackSize')
  return {
    heap,
    metaspace: plainCap(flags, words, 'MaxMetaspaceSize'),
    code: plainCap(flags, words, 'ReservedCodeCacheSize'),
    direct: directCap(flags, words, heap),
    // The flag is in KiB; 0 means that of the system.
    stackBytes: stackKib === undefined || stackKib === 0 ? wordSize(stackWord) : stackKib * 1024,
    stackBy: stackWord ?? 'the default of -Xss',
  }
}

/** The options of a JVM in the order in which they count. */
export function optionWords(command: readonly string[], environment: string | null): string[] {
  const of = (name: string): string[] =>
    (environment ?? '')
      .split('\n')
      .filter((line) => line.startsWith(`${name}=`))
      .flatMap((line) => line.slice(name.length + 1).split(/\s+/))
      .filter((word) => word !== '')
  return [
    ...of('JAVA_TOOL_OPTIONS'),
    ...of('JDK_JAVA_OPTIONS'),
    ...command.slice(1),
    ...of('_JAVA_OPTIONS'),
  ]
}

function heapCap(flags: ReadonlyMap<string, number>, words: readonly string[]): Cap | null {
  const word = last(words, /^-Xmx|^-XX:MaxHeapSize=|^-XX:MaxRAM(?:Percentage|Fraction)?=/)
  const bytes = flags.get('MaxHeapSize') ?? wordSize(word)
  if (bytes === null) return null
  return { bytes, by: word ?? 'the default for the memory it sees', setByFlag: word !== undefined }
}

/** Without the flag direct buffers may take as much as the heap (Runtime.maxMemory). */
function directCap(
  flags: ReadonlyMap<string, number>,
  words: readonly string[],
  heap: Cap | null,
): Cap | null {
  const word = last(words, /^-XX:MaxDirectMemorySize=/)
  const bytes = flags.get('MaxDirectMemorySize') ?? wordSize(word)
  if (bytes !== null && bytes > 0) {
    return { bytes, by: word ?? 'MaxDirectMemorySize', setByFlag: true }
  }
  if (heap === null || (flags.size === 0 && word !== undefined)) return null
  const by = 'the maximum heap, for MaxDirectMemorySize is not set'
  return { bytes: heap.bytes, by, setByFlag: false }
}

function plainCap(
  flags: ReadonlyMap<string, number>,
  words: readonly string[],
  name: string,
): Cap | null {
  const word = last(words, new RegExp(`^-XX:${name}=`))
  const bytes = flags.get(name) ?? wordSize(word)
  if (bytes === null) return null
  if (bytes >= NO_LIMIT_BYTES) return { bytes: null, by: `${name} is unlimited`, setByFlag: false }
  return { bytes, by: word ?? `the default of ${name}`, setByFlag: word !== undefined }
}

function last(words: readonly string[], pattern: RegExp): string | undefined {
  return words.findLast((word) => pattern.test(word))?.slice(0, 80)
}

/** Bytes of `-Xmx512m` or `-XX:Name=512m`; null where it is a share of something, or no size. */
function wordSize(word: string | undefined): number | null {
  const size = /^-X(?:mx|ss)(\w+)$|^-XX:\w*Size=(\w+)$/.exec(word ?? '')
  if (size === null) return null
  const bytes = readJvmSize(size[1] ?? size[2] ?? '')
  // -XX:ThreadStackSize alone counts in KiB.
  return bytes !== null && word?.startsWith('-XX:ThreadStackSize=') === true ? bytes * 1024 : bytes
}

function numbersIn(text: string): Map<string, number> {
  const flags = new Map<string, number>()
  for (const { text: line } of linesOf(text)) {
    const match = FLAG.exec(line)
    if (match?.[1] === undefined || !/^\d{1,20}$/.test(match[2] ?? '')) continue
    if (flags.size < MAX_FLAGS) flags.set(match[1], Number(match[2]))
  }
  return flags
}
