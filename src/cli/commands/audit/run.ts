import { setFlagsFromString } from 'node:v8'
import { audit as judge, type Audit } from '../../../audit/engine.ts'
import { githubAnnotations } from '../../../audit/github.ts'
import { junitOf } from '../../../audit/junit.ts'
import { isFailing, type Severity } from '../../../audit/rule.ts'
import { RULES } from '../../../audit/rules/index.ts'
import { sarifOf } from '../../../audit/sarif.ts'
import { EXIT, usageError } from '../../../model/errors.ts'
import type { CommonFlags } from '../../common-flags.ts'
import type { CliContext } from '../../context.ts'
import { STDIN } from '../../evidence-flags.ts'
import { type Paint, paintFor, PLAIN } from '../../render/paint.ts'
import { printable } from '../../../report/printable.ts'
import { VERSION } from '../../../app/version.ts'
import { give } from './answer.ts'
import { withoutKnown } from './baseline.ts'
import { documentOf } from './document.ts'
import { explain } from './explain.ts'
import { liveInputs, meansCluster } from './live.ts'
import { applyFixes } from './fix.ts'
import { readInputs } from './inputs.ts'
import { listOf } from './list.ts'
import { progressOf } from '../../reading-progress.ts'
import { settingsOf } from './settings.ts'
import { problemLine, textOf } from './text.ts'

interface AuditFlags extends CommonFlags {
  explain?: string
  list?: boolean
  format?: 'text' | 'json' | 'sarif' | 'junit' | 'github'
  output?: string
  fix?: boolean
  live?: boolean
  cluster?: boolean
  kubeconfig?: string
  context?: string
  namespace?: string
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
  if (flags.list === true) {
    this.io.out(listOf(RULES, format === 'json'))
    return
  }
  if (paths.length === 0 && flags.live !== true && !meansCluster(flags)) {
    throw usageError(
      'nothing to judge: no file is named',
      null,
      "name files or folders, as in 'stella audit .', or this machine with --live, or a cluster with --cluster",
    )
  }
  const settings = await settingsOf(this.io, flags)
  const progress = progressOf(this.io, flags)
  const live = await liveInputs(this, flags)
  const { host, rules, failOn, off } = settings
  const { inputs: files, manifests, unread } = await readInputs(this, paths, settings)
  const inputs = [...(live?.inputs ?? []), ...files]
  progress.judging(inputs.length)
  const mended = flags.fix === true ? await applyFixes(inputs, settings, manifests) : null
  const judged = judge(mended?.inputs ?? inputs, host, rules)
  progress.end()
  const known = flags.baseline === undefined ? null : await withoutKnown(judged, flags.baseline)
  const shown: Audit = known?.audit ?? judged
  for (const problem of shown.problems) this.io.err(`${problemLine(problem)}\n`)
  const untold = [...unread, ...(live?.unasked ?? [])]
  for (const sentence of untold) {
    this.io.err(`stella: ${printable(sentence)}\n`)
  }
  const root = process.cwd()
  const text = (paint: Paint, width: number | null): string =>
    textOf(shown, { paint, width, isShort: flags.quiet === true, mended, known, off, live })
  const isToFile = flags.output !== undefined && flags.output !== STDIN
  const shownText = (): string =>
    text(paintFor(this.io, flags.noColor ?? false), this.io.terminal?.columns ?? null)
  const documents = {
    text: () => (isToFile ? text(PLAIN, null) : shownText()),
    json: () => asJson(documentOf(shown, { mended, known, settings, unread: untold, live })),
    sarif: () => asJson(sarifOf(shown, { version: VERSION, root, unread })),
    junit: () => junitOf(shown, { failOn, unread }),
    github: () => githubAnnotations(shown, { root, unread }),
  }
  await give(this.io, { document: documents[format](), text: shownText }, flags.output)
  const isBroken = shown.problems.length > 0 || unread.length > 0
  const isBad = shown.findings.some(({ severity }) => isFailing(severity, failOn))
  // What may not be read may hold mistakes, too.
  const isWhole = live?.cluster?.missesRight !== true
  this.finish(isBroken ? EXIT.usage : isBad ? EXIT.bad : isWhole ? EXIT.ok : EXIT.inconclusive)
}

function asJson(document: object): string {
  return `${JSON.stringify(document, null, 2)}\n`
}

function ruleOf(id: string): (typeof RULES)[number] {
  const rule = RULES.find((known) => known.id === id)
  if (rule !== undefined) return rule
  throw usageError(
    `there is no rule ${id}`,
    '--explain',
    "name one that 'stella audit --list' shows",
  )
}
