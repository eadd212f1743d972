import { KIB } from '../../model/bytes.ts'
import { readJvmSize } from '../../parsers/quantity/jvm.ts'
import { jvmWords } from './words.ts'

export type Collector = 'serial' | 'parallel' | 'g1' | 'z' | 'shenandoah' | 'epsilon'

/** The memory settings of a HotSpot JVM; null is "not set". Sizes in bytes. */
export interface JvmFlags {
  maxHeapBytes: number | null
  initialHeapBytes: number | null
  /** `-XX:MaxRAM`: what the JVM takes for the machine's memory. */
  maxRamBytes: number | null
  maxRamPercentage: number | null
  minRamPercentage: number | null
  initialRamPercentage: number | null
  /** The old form of the percentage, which counts only where that is not set. */
  maxRamFraction: number | null
  maxMetaspaceBytes: number | null
  codeCacheBytes: number | null
  /** `-XX:MaxDirectMemorySize`; 0 is "not set" there. */
  directBytes: number | null
  /** Of one thread. */
  stackBytes: number | null
  collector: Collector | null
  /** Both compilers at work: without, the code cache is small. */
  tiered: boolean
  /** Without, the JVM takes the machine's memory for its own. */
  containerSupport: boolean
}

export interface FlagsReading {
  flags: JvmFlags
  /** The words that set them, the last one where there were several. */
  setBy: ReadonlyMap<keyof JvmFlags, string>
  /** Words that the JVM does not start with. */
  refused: readonly string[]
  /** How many words bear on nothing here. */
  ignored: number
}

export const NO_FLAGS: JvmFlags = {
  maxHeapBytes: null,
  initialHeapBytes: null,
  maxRamBytes: null,
  maxRamPercentage: null,
  minRamPercentage: null,
  initialRamPercentage: null,
  maxRamFraction: null,
  maxMetaspaceBytes: null,
  codeCacheBytes: null,
  directBytes: null,
  stackBytes: null,
  collector: null,
  tiered: true,
  containerSupport: true,
}

/** Enough for everything a person wrote by hand. */
const MAX_REFUSED = 20

/** Reads the memory settings among JVM options. The last one wins, as it does for the JVM. */
export function readJvmFlags(text: string): FlagsReading {
  let flags = NO_FLAGS
  const setBy = new Map<keyof JvmFlags, string>()
  const refused: string[] = []
  let ignored = 0
  for (const word of jvmWords(text)) {
    const change = changeBy(word)
    if (change === null) ignored++
    else if (change === 'refused') {
      if (refused.length < MAX_REFUSED) refused.push(word)
    } else {
      flags = { ...flags, ...change.set }
      setBy.set(change.name, word)
    }
  }
  return { flags, setBy, refused, ignored }
}

type Change = { name: keyof JvmFlags; set: Partial<JvmFlags> } | 'refused'

/** Null: the word bears on nothing here. */
function changeBy(word: string): Change | null {
  const [, xFlag = '', xValue = ''] = /^-X?(m[xs]|ss)(.*)$/s.exec(word) ?? []
  const short = SHORT.get(xFlag)
  if (short !== undefined) return change(short, readJvmSize(xValue))
  if (word === '-Xint') return { name: 'tiered', set: { tiered: false } }
  const [, sign = '', name = '', value = ''] = /^-XX:([+-]?)(\w+)(?:=(.*))?$/s.exec(word) ?? []
  if (sign !== '') return switchChange(name, sign === '+')
  const setting = SETTINGS.get(name)
  return setting === undefined ? null : change(setting.name, setting.read(value))
}

const SHORT: ReadonlyMap<string, NumberFlag> = new Map([
  ['mx', 'maxHeapBytes'],
  ['ms', 'initialHeapBytes'],
  ['ss', 'stackBytes'],
])

type NumberFlag = {
  [Name in keyof JvmFlags]: JvmFlags[Name] extends number | null ? Name : never
}[keyof JvmFlags]

interface Setting {
  name: NumberFlag | 'tiered'
  read(value: string): number | null
}

const SETTINGS: ReadonlyMap<string, Setting> = new Map<string, Setting>([
  ['MaxHeapSize', { name: 'maxHeapBytes', read: readJvmSize }],
  ['InitialHeapSize', { name: 'initialHeapBytes', read: readJvmSize }],
  ['MaxRAM', { name: 'maxRamBytes', read: readJvmSize }],
  ['MaxRAMPercentage', { name: 'maxRamPercentage', read: readPercentage }],
  ['MinRAMPercentage', { name: 'minRamPercentage', read: readPercentage }],
  ['InitialRAMPercentage', { name: 'initialRamPercentage', read: readPercentage }],
  ['MaxRAMFraction', { name: 'maxRamFraction', read: readFraction }],
  ['MaxMetaspaceSize', { name: 'maxMetaspaceBytes', read: readJvmSize }],
  ['ReservedCodeCacheSize', { name: 'codeCacheBytes', read: readJvmSize }],
  ['MaxDirectMemorySize', { name: 'directBytes', read: readJvmSize }],
  ['ThreadStackSize', { name: 'stackBytes', read: readKibibytes }],
  ['TieredStopAtLevel', { name: 'tiered', read: readJvmSize }],
])

function change(name: NumberFlag | 'tiered', value: number | null): Change {
  if (value === null) return 'refused'
  if (name === 'tiered') return { name, set: { tiered: value > 1 } }
  return { name, set: { [name]: name === 'directBytes' && value === 0 ? null : value } }
}

const COLLECTORS: ReadonlyMap<string, Collector> = new Map([
  ['UseSerialGC', 'serial'],
  ['UseParallelGC', 'parallel'],
  ['UseG1GC', 'g1'],
  ['UseZGC', 'z'],
  ['UseShenandoahGC', 'shenandoah'],
  ['UseEpsilonGC', 'epsilon'],
])

function switchChange(name: string, on: boolean): Change | null {
  const collector = COLLECTORS.get(name)
  if (collector !== undefined) return on ? { name: 'collector', set: { collector } } : null
  if (name === 'TieredCompilation') return { name: 'tiered', set: { tiered: on } }
  return name === 'UseContainerSupport'
    ? { name: 'containerSupport', set: { containerSupport: on } }
    : null
}

/** The flag counts in KiB, whatever -Xss says: `=1m` is a gibibyte. */
function readKibibytes(text: string): number | null {
  const kib = readJvmSize(text)
  return kib === null ? null : kib * KIB
}

function readPercentage(text: string): number | null {
  const percentage = /^\d{1,3}(?:\.\d{1,10})?$/.test(text) ? Number(text) : Infinity
  return percentage <= 100 ? percentage : null
}

function readFraction(text: string): number | null {
  const fraction = readJvmSize(text)
  return fraction === null || fraction < 1 ? null : fraction
}
