import { setFlagsFromString } from 'node:v8'
import { audit as judge, type Audit, type AuditInput } from '../../../audit/engine.ts'
import { readVariables } from '../../../audit/documents/interpolate.ts'
import type { SourceFile } from '../../../audit/documents/place.ts'
import { githubAnnotations } from '../../../audit/github.ts'
import { junitOf } from '../../../audit/junit.ts'
import { isFailing, type Severity } from '../../../audit/rule.ts'
import { RULES } from '../../../audit/rules/index.ts'
import { sarifOf } from '../../../audit/sarif.ts'
import { EXIT, usageError } from '../../../model/errors.ts'
import { type Manifest, readManifests } from '../../../sources/files/manifests.ts'
import type { CommonFlags } from '../../common-flags.ts'
import type { CliContext } from '../../context.ts'
import { STDIN } from '../../evidence-flags.ts'
import { paintFor } from '../../render/paint.ts'
import { printable } from '../../render/printable.ts'
import { VERSION } from '../../version.ts'
import { readWhole } from '../simulate/read-text.ts'
import { withoutKnown } from './baseline.ts'
import { documentOf } from './document.ts'
import { explain } from './explain.ts'
import { liveInputs } from './live.ts'
import { applyFixes } from './fix.ts'
import { settingsOf, type Settings } from './settings.ts'
import { problemLine, textOf } from './text.ts'

interface AuditFlags extends CommonFlags {
  explain?: string
  format?: 'text' | 'json' | 'sarif' | 'junit' | 'github'
  fix?: boolean
  live?: boolean
  evidence?: string
  baseline?: string
  config?: string
  exclude?: readonly string[]
  pedantic?: boolean
  failOn?: Severity
  cgroup?: 'v1' | 'v2'
  hostMemory?: number
}

/** `stella audit`. */
export async function audit(
  this: CliContext,
  flags: AuditFlags,
  ...paths: readonly string[]
): Promise<void> {
  // What is read stays until the end, so a nursery that grows only makes the peak higher: twice as high over 2,000 files.
  setFlagsFromString('--semi-space-growth-factor=1')
  const format = flags.json === true ? 'json' : (flags.format ?? 'text')
  if (flags.explain !== undefined) {
    this.io.out(explain(ruleOf(flags.explain), format === 'json'))
    return
  }
  if (paths.length === 0 && flags.live !== true) {
    throw usageError(
      'nothing to judge: no file is named',
      null,
      "name files or folders, as in 'stella audit .', or this machine with --live",
    )
  }
  const settings = await settingsOf(this.io, flags)
  const live = await liveInputs(this, flags)
  const { host, rules, failOn, off } = settings
  const { inputs: files, manifests, unread } = await readInputs(this, paths, settings)
  const inputs = [...(live?.inputs ?? []), ...files]
  const mended = flags.fix === true ? await applyFixes(inputs, settings, manifests) : null
  const judged = judge(mended?.inputs ?? inputs, host, rules)
  const known = flags.baseline === undefined ? null : await withoutKnown(judged, flags.baseline)
  const shown: Audit = known?.audit ?? judged
  for (const problem of shown.problems) this.io.err(`${problemLine(problem)}\n`)
  for (const sentence of [...unread, ...(live?.unasked ?? [])]) {
    this.io.err(`stella: ${printable(sentence)}\n`)
  }
  const paint = paintFor(this.io, flags.noColor ?? false)
  const root = process.cwd()
  const written = {
    text: () => textOf(shown, { paint, isShort: flags.quiet === true, mended, known, off, live }),
    json: () => asJson(documentOf(shown, { mended, known, settings })),
    sarif: () => asJson(sarifOf(shown, { version: VERSION, root, unread })),
    junit: () => junitOf(shown, { failOn, unread }),
    github: () => githubAnnotations(shown, { root, unread }),
  }
  this.io.out(written[format]())
  const isBroken = shown.problems.length > 0 || unread.length > 0
  const isBad = shown.findings.some(({ severity }) => isFailing(severity, failOn))
  this.finish(isBroken ? EXIT.usage : isBad ? EXIT.bad : EXIT.ok)
}

function asJson(document: object): string {
  return `${JSON.stringify(document, null, 2)}\n`
}

interface ReadInputs {
  inputs: AuditInput[]
  manifests: ReadonlyMap<SourceFile, Manifest>
  unread: readonly string[]
}

async function readInputs(
  context: CliContext,
  paths: readonly string[],
  { isExcluded }: Settings,
): Promise<ReadInputs> {
  const named = paths.filter((path) => path !== STDIN)
  const { manifests, unread } = await readManifests(named, isExcluded)
  const byFile = new Map<SourceFile, Manifest>()
  const inputs = manifests.map((manifest): AuditInput => {
    const file = { path: manifest.path, text: manifest.text }
    byFile.set(file, manifest)
    return { file, variables: readVariables(manifest.environment), isNamed: manifest.isNamed }
  })
  if (paths.includes(STDIN)) {
    const file = { path: STDIN, text: await readWhole(context.io, STDIN) }
    inputs.push({ file, variables: new Map(), isNamed: true })
  }
  return { inputs, manifests: byFile, unread }
}

function ruleOf(id: string): (typeof RULES)[number] {
  const rule = RULES.find((known) => known.id === id)
  if (rule !== undefined) return rule
  throw usageError(
    `there is no rule ${id}`,
    '--explain',
    `name one of ${RULES.map((known) => known.id).join(', ')}`,
  )
}
