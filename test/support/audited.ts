import { audit, UNKNOWN_HOST, type AuditInput, type Finding } from '../../src/audit/engine.ts'
import type { HostSettings } from '../../src/audit/rule.ts'
import { RULES } from '../../src/audit/rules/index.ts'
import { createGroup } from './cgroups.ts'
import type { TestGroup } from './cgroups.ts'
import { MIB } from '../../src/model/bytes.ts'

/** Programs that are run inside of limits, for what rules say of them to be held against. */
export interface Inside {
  /** What a program says on both outputs, and how it ends. */
  says(limitMib: number, argv: readonly string[]): Promise<{ text: string; code: number | null }>
  /** The same in a group that is made ready first. */
  saysIn(group: TestGroup, argv: readonly string[]): Promise<{ text: string; code: number | null }>
  group(limitMib: number): TestGroup
  /** Removes all groups. */
  end(): Promise<void>
}

export function inside(): Inside {
  const groups: TestGroup[] = []
  const made: Inside = {
    says: (limitMib, argv) => made.saysIn(made.group(limitMib), argv),
    async saysIn(group, argv) {
      const { child, ended } = group.start(argv)
      let text = ''
      child.stdout?.on('data', (chunk: Buffer) => (text += chunk.toString()))
      child.stderr?.on('data', (chunk: Buffer) => (text += chunk.toString()))
      const closed = new Promise((resolve) => child.on('close', resolve))
      const { code } = await ended
      await closed
      return { text, code }
    },
    group(limitMib) {
      const group = createGroup(`audit-${count++}`, limitMib * MIB)
      groups.push(group)
      return group
    },
    async end() {
      for (const group of groups.splice(0)) await group.remove()
    },
  }
  return made
}

let count = 0

/** A Compose file with one service that runs this command with this variable. */
export function serviceWith(
  variable: string,
  options: string,
  limitMib: number,
  command: string,
): AuditInput {
  const text = `services:\n  web:\n    image: registry.example.com/web:1\n    command: ${command}\n    environment:\n      ${variable}: ${options}\n    mem_limit: ${limitMib}m\n`
  return { file: { path: 'compose.yaml', text }, variables: new Map(), isNamed: true }
}

/** What all rules say, those that have to be asked for as well. */
export function everythingFound(
  input: AuditInput,
  host: HostSettings = UNKNOWN_HOST,
): readonly Finding[] {
  return audit([input], host, RULES).findings
}
