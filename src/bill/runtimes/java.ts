import type { RuntimeView } from '../../model/bill.ts'
import { MIB } from '../../model/bytes.ts'
import type { ProcessState } from '../../model/facts.ts'
import { accountByCategory, accountByRegion } from './java/account.ts'
import { jvmFigures } from './java/figures.ts'
import { jvmFindings } from './java/findings.ts'
import type { Runtime, RuntimeContext } from './runtime.ts'

/** A Java virtual machine: HotSpot through its attach interface, any other by its regions. */
export const java: Runtime = {
  id: 'java',
  recognise: isJava,
  questions: () => [
    { kind: 'jvm', id: 'version', command: 'VM.version' },
    { kind: 'jvm', id: 'flags', command: 'VM.flags -all' },
    { kind: 'jvm', id: 'heap', command: 'GC.heap_info' },
    { kind: 'jvm', id: 'metaspace', command: 'VM.metaspace basic' },
    // These two belong together: the smaller the time between them, the better they agree.
    { kind: 'jvm', id: 'nmt', command: 'VM.native_memory summary scale=KB' },
    { kind: 'file', id: 'smaps', path: 'smaps', maxBytes: 64 * MIB },
    {
      kind: 'environment',
      id: 'environment',
      names: ['JAVA_TOOL_OPTIONS', 'JDK_JAVA_OPTIONS', '_JAVA_OPTIONS', 'MALLOC_ARENA_MAX'],
    },
  ],
  view,
}

/** The launcher, or a program that starts a JVM in itself and takes its options. */
function isJava({ executable, name, command }: ProcessState): boolean {
  const program = (executable ?? command[0] ?? name ?? '').replace(/ \(deleted\)$/, '')
  if (/(?:^|\/)(?:java|jsvc(?:\.exec)?)$/.test(program)) return true
  return command.slice(1).some((word) => /^-Xmx\d|^-XX:[+-]?[A-Z]/.test(word))
}

function view(process: ProcessState, context: RuntimeContext): RuntimeView | null {
  const figures = jvmFigures(process, context)
  // A shell that was given a JVM's options is none.
  if (figures.machine === 'other') return null
  const account =
    figures.native === null ? accountByRegion(figures) : accountByCategory(figures, figures.native)
  return {
    runtime: java.id,
    pid: process.pid,
    version: figures.version,
    items: account.items,
    residentBytes: figures.residence?.totalBytes ?? process.pssBytes ?? process.rssBytes,
    unattributedBytes: account.unattributedBytes,
    findings: jvmFindings(figures, account, context),
  }
}
