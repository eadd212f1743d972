/** Finds out what a CASE or a TARGET means. */
import type { CliContext } from '../../context.ts'
import { writtenCases } from '../../recorded-case.ts'
import { parseTarget } from '../../target.ts'
import { redactCase, redactWorld } from '../../../evidence/redact.ts'
import { caseDocument } from '../../../investigate/case-document.ts'
import { ownEvidence } from '../../../investigate/own-evidence.ts'
import type { Case } from '../../../model/case.ts'
import type { World } from '../../../model/evidence.ts'
import { EXIT, StellaError, usageError } from '../../../model/errors.ts'
import type { FixRecord } from '../../../model/fix.ts'
import { podNameOf, type Subject, type Target } from '../../../model/subject.ts'
import { writeWorld } from '../../../parsers/bundle/world-json.ts'

/** What the words of the command line lead to. */
export interface Answered {
  found: Case
  target: Target
  /** What was read just now; null where the case was written before. */
  world: World | null
}

/**
 * The case in a file or folder, or of the journal; else that of a living or dead target, judged now.
 *
 * @param dataFolder where the journal is
 * @throws StellaError 2 where it is none of them, 3 where the target is out of reach, 4 where nothing can be judged
 */
export async function answered(
  context: CliContext,
  text: string,
  dataFolder: string,
): Promise<Answered> {
  const written = await writtenCases(text, dataFolder)
  if (written !== null) {
    const found = onlyCase(written, text)
    return { found, target: targetOf(found.subject, text), world: null }
  }
  const engine = await context.engine()
  const { world, target } = await engine.collect(parseTarget(text), { since: null })
  // Judged as 'stella why' and an exported case would.
  const cases = engine.investigate(redactWorld(world), target, { all: false })
  const found = target.kind === 'host' ? ofMachine(cases) : cases.at(-1)
  if (found !== undefined)
    return { found: redactCase(found), target: containerIn(target, found), world }
  throw new StellaError({
    exitCode: EXIT.inconclusive,
    what: 'nothing is known of it that could be judged',
    where: text,
    todo: "give evidence to 'stella why --from PATH', and its case to this command",
  })
}

/** A pod has several containers, and the case is about one of them. */
function containerIn(target: Target, { subject }: Case): Target {
  if (target.kind !== 'pod' || target.container !== null) return target
  return { ...target, container: subject.name?.split('/')[2] ?? null }
}

/** The log of a machine tells of everything on it; what a container ran out of is not the machine's to repair. */
function ofMachine(cases: readonly Case[]): Case | undefined {
  const own = cases.findLast(
    ({ subject, binding }) => subject.platform === 'host' || binding.scope === 'host',
  )
  const other = cases.at(-1)
  if (own !== undefined || other === undefined) return own
  const { name, id } = other.subject
  throw new StellaError({
    exitCode: EXIT.bad,
    what: 'the machine itself did not run out of memory',
    where: 'host',
    todo: `name what did, as in ${name ?? id ?? 'docker:NAME'}`,
  })
}

function onlyCase(cases: readonly Case[], from: string): Case {
  const [only, more] = cases
  if (only !== undefined && more === undefined) return only
  throw usageError(
    only === undefined ? 'there is no case in it' : `there are ${cases.length} cases in it`,
    from,
    "name a file with one case, as 'stella cases export' writes it",
  )
}

/** How a subject is found again. */
export function targetOf(subject: Subject, where: string | null): Target {
  const { platform, name, id } = subject
  const known = name ?? id
  switch (platform) {
    case 'docker':
    case 'podman':
      if (known !== null) return { kind: 'container', engine: platform, name: known }
      break
    case 'kubernetes': {
      const { namespace, pod, container } = podNameOf(subject)
      if (namespace === null || pod === null) break
      return { kind: 'pod', namespace, pod, container }
    }
    case 'marathon':
      if (name?.startsWith('/') === true) return { kind: 'marathon', app: name }
      break
    case 'cgroup':
      if (known !== null) return { kind: 'cgroup', path: known }
      break
    case 'process':
      if (id !== null && /^\d+$/.test(id)) return { kind: 'process', pid: Number(id) }
      break
    case 'host':
      return { kind: 'host' }
    case 'unknown':
      break
  }
  throw new StellaError({
    exitCode: EXIT.inconclusive,
    what: 'the case does not tell what it is about',
    where,
    todo: 'name the target instead, as in docker:NAME or k8s:NS/POD',
  })
}

/** A container that was made anew has another id, and the same name. */
export function isSameSubject(one: Subject, other: Subject): boolean {
  if (one.platform !== other.platform) return false
  if (one.name !== null && other.name !== null) return one.name === other.name
  return one.id !== null && one.id === other.id
}

/** What is written down beside a fix, before anything is changed. */
export function evidenceOf({ found, world }: Answered): { name: string; text: string }[] {
  const text = `${JSON.stringify(caseDocument(found), null, 2)}\n`
  const own = world === null ? null : ownEvidence(redactWorld(world), [found])
  return [
    { name: 'case.json', text },
    ...(own === null ? [] : [{ name: 'world.json', text: writeWorld(own) }]),
  ]
}

/** Fixes of a subject, newest first. */
export function fixesOf(records: readonly FixRecord[], subject: Subject): FixRecord[] {
  return records.filter((record) => isSameSubject(record.subject, subject))
}
