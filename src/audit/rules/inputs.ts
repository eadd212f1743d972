import type { Container } from '../workload.ts'
import { type Jvm, jvmOf } from '../runtimes/jvm.ts'
import { type NodeProgram, nodeOf } from '../runtimes/node.ts'
import {
  inContainers,
  type AuditContext,
  type Rule,
  type RuleFinding,
  EVERYWHERE,
} from '../rule.ts'

type Check<Program> = (
  program: Program,
  container: Container,
  context: AuditContext,
) => Iterable<RuleFinding>

/** A check of every container that runs a JVM. */
export function inJvms(check: Check<Jvm>): Rule['check'] {
  return inContainers(EVERYWHERE, function* (container, context) {
    const jvm = jvmOf(container)
    if (jvm !== null) yield* check(jvm, container, context)
  })
}

/** A check of every container that runs Node.js. */
export function inNodes(check: Check<NodeProgram>): Rule['check'] {
  return inContainers(EVERYWHERE, function* (container, context) {
    const node = nodeOf(container)
    if (node !== null) yield* check(node, container, context)
  })
}

/** A service of a machine is no container: without a limit it may take the whole machine, and is meant to. */
export function isUnbounded({ workload, effectiveLimit }: Container): boolean {
  return workload.platform === 'systemd' && effectiveLimit === null
}
