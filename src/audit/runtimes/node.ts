import { MIB } from '../../model/bytes.ts'
import { programIndex, programWords } from '../documents/words.ts'
import { npmNodeOptions, scriptWords } from '../settings/npm.ts'
import { pm2Apps } from '../settings/pm2.ts'
import type { Container, Word } from '../workload.ts'
import { oncePerContainer } from './once.ts'
import { imageName, isUnknown, variableWords } from './options.ts'

/** A Node.js as its container's file starts it. */
export interface NodeProgram {
  /** `--max-old-space-size`, in bytes, and the option itself. */
  oldSpace: { bytes: number; word: Word } | null
  /** Another option that bounds the heap. */
  isBounded: boolean
  isWhole: boolean
  /** The file starts node, npm or the like, or the image is Node's own. */
  runsNode: boolean
  /** Of the image's tag; null where it does not say. */
  version: { major: number; minor: number | null } | null
}

const NODE = /^(?:node|nodejs)$/
const STARTS_NODE = /^(?:node|nodejs|npm|npx|yarn|pnpm|pm2|pm2-runtime)$/
const OLD_SPACE = /^--max[-_]old[-_]space[-_]size=(\d{1,9})$/
const OTHER = /^--max[-_](?:heap[-_]size|old[-_]space[-_]size[-_]percentage)=/

/** The Node.js of a container; null where nothing says that there is one. */
export const nodeOf = oncePerContainer(readNode)

function readNode(container: Container): NodeProgram | null {
  const { name, tag } = imageName(container.image)
  const isImage = name === 'node'
  const startsNode = programIndex(container.words, STARTS_NODE) !== -1
  const startsOther = container.namesProgram && !startsNode
  const hasOptions = container.environment.has('NODE_OPTIONS')
  if (!startsNode && !hasOptions && !(isImage && !startsOther)) return null
  const apps = pm2Apps(container)
  const [app, other] = apps ?? []
  const options = [
    ...(npmNodeOptions(container) ?? variableWords(container, 'NODE_OPTIONS')),
    ...commandOptions(programWords(container.words, NODE)),
    ...commandOptions(programWords(scriptWords(container), NODE)),
    // Of several programs each has its own.
    ...(app === undefined || other !== undefined ? [] : app.nodeArguments),
  ]
  const [, major, minor] = isImage ? (/^v?(\d+)(?:\.(\d+))?/.exec(tag) ?? []) : []
  return {
    oldSpace: oldSpaceOf(options),
    isBounded: options.some(({ text }) => OTHER.test(text)),
    isWhole:
      container.environmentIsWhole &&
      apps !== null &&
      !isUnknown(container, 'NODE_OPTIONS') &&
      !options.some(({ text }) => text.includes('$')),
    runsNode: startsNode || (isImage && !startsOther),
    version:
      major === undefined
        ? null
        : { major: Number(major), minor: minor === undefined ? null : Number(minor) },
  }
}

/** What stands behind the script belongs to it. */
function commandOptions(words: readonly Word[]): readonly Word[] {
  const [, ...rest] = words
  const end = rest.findIndex(({ text }) => !text.startsWith('-') && !text.startsWith('$'))
  return end === -1 ? rest : rest.slice(0, end)
}

/** The last one wins; NODE_OPTIONS come before the command line (node, cli.md). */
function oldSpaceOf(options: readonly Word[]): NodeProgram['oldSpace'] {
  const word = options.findLast(({ text }) => OLD_SPACE.test(text))
  if (word === undefined) return null
  const mebibytes = Number(OLD_SPACE.exec(word.text)?.[1])
  return { bytes: mebibytes * MIB, word }
}

/**
 * V8's own limit of the heap in a container, from Node 20.3 on: a floor below 512 MiB, then half of the limit up to 2 GiB
 * (v8, Heap::HeapSizeFromPhysicalMemory; measured with Node 20, 22 and 24, which differ in the young generation).
 */
export function defaultHeapBytes(limitBytes: number): number {
  const old = Math.min(Math.max(limitBytes / 2, 256 * MIB), 2048 * MIB)
  return limitBytes >= 15 * 1024 * MIB ? 4096 * MIB : old
}
