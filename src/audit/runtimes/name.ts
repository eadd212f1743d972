import { programIndex } from '../documents/words.ts'
import type { Container } from '../workload.ts'
import { jvmOf } from './jvm.ts'
import { nodeOf } from './node.ts'

/** The runtime of a container that sizes a heap when it starts; null where none is known. */
export function runtimeName(container: Container): 'Java' | 'Node.js' | '.NET' | 'Go' | null {
  if (jvmOf(container) !== null) return 'Java'
  if (nodeOf(container) !== null) return 'Node.js'
  const { environment, words } = container
  const isDotnet =
    programIndex(words, /^dotnet$/) !== -1 || anyName(environment, /^(?:DOTNET|COMPlus)_GC/)
  if (isDotnet) return '.NET'
  return anyName(environment, /^GO(?:MEMLIMIT|GC|MAXPROCS)$/) ? 'Go' : null
}

function anyName(environment: Container['environment'], pattern: RegExp): boolean {
  return [...environment.keys()].some((name) => pattern.test(name))
}
