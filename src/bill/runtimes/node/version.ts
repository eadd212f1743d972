import type { ProcessState } from '../../../model/facts.ts'
import type { Question } from '../../../model/question.ts'
import { baseName } from '../../../parsers/lines.ts'
import type { NodeVersion } from './heap-limit.ts'
import type { KnownRegion } from '../regions.ts'
import { answerText } from '../runtime.ts'
import type { RuntimeContext } from '../runtime.ts'

export interface FullNodeVersion extends NodeVersion {
  /** `20.20.2`; `20` where only that is known. */
  text: string
}

/** Nothing of the container is run: the program holds the address it was published at, with its version. */
export function versionQuestions({ executable }: ProcessState): Question[] {
  const release: Question = {
    kind: 'section',
    id: 'release',
    name: '.rodata',
    mark: 'node-v',
    maxBytes: 32,
  }
  const prefix = /^(\/.*)\/bin\/[^/]+$/.exec(executable ?? '')?.[1]
  if (prefix === undefined || prefix.includes('/..')) return [release]
  const path = `root${prefix}/include/node/node_version.h`
  return [release, { kind: 'file', id: 'header', path, maxBytes: 16 * 1024 }]
}

export function nodeVersion(
  context: RuntimeContext,
  environment: ReadonlyMap<string, string>,
  regions: readonly KnownRegion[],
): FullNodeVersion | null {
  return (
    fromText(/^node-v(\d{1,3})\.(\d{1,4})\.(\d{1,4})/.exec(answerText(context, 'release') ?? '')) ??
    fromHeader(answerText(context, 'header') ?? '') ??
    // Images of Docker's own library set it.
    fromText(/^v?(\d{1,3})\.(\d{1,4})\.(\d{1,4})$/.exec(environment.get('NODE_VERSION') ?? '')) ??
    fromLibrary(regions)
  )
}

function fromText(match: RegExpExecArray | null): FullNodeVersion | null {
  if (match === null) return null
  const [, major, minor, patch] = match
  return { major: Number(major), minor: Number(minor), text: `${major}.${minor}.${patch}` }
}

function fromHeader(text: string): FullNodeVersion | null {
  const parts = ['MAJOR', 'MINOR', 'PATCH'].map(
    (part) => new RegExp(`^#define NODE_${part}_VERSION (\\d{1,4})$`, 'm').exec(text)?.[1],
  )
  return parts.includes(undefined) ? null : fromText(/^(\d+)\.(\d+)\.(\d+)$/.exec(parts.join('.')))
}

/** Debian's Node is a library, named by its NODE_MODULE_VERSION. */
const MODULE_VERSIONS: ReadonlyMap<string, number> = new Map([
  ['108', 18],
  ['115', 20],
  ['127', 22],
  ['137', 24],
  ['147', 26],
])

function fromLibrary(regions: readonly KnownRegion[]): FullNodeVersion | null {
  for (const { region } of regions) {
    const number = /^libnode\.so\.(\d+)/.exec(baseName(region.name))?.[1]
    const major = number === undefined ? undefined : MODULE_VERSIONS.get(number)
    if (major !== undefined) return { major, minor: Infinity, text: String(major) }
  }
  return null
}
