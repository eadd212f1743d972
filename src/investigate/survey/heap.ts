import type { MachineDocument } from '../../audit/documents/machine.ts'
import { environmentOf } from '../../bill/runtimes/environment.ts'
import { nodeFlags } from '../../bill/runtimes/node/flags.ts'
import { nodeVersion, versionQuestions } from '../../bill/runtimes/node/version.ts'
import { answerText, type RuntimeContext } from '../../bill/runtimes/runtime.ts'
import type { ProcessState } from '../../model/facts.ts'
import type { Question } from '../../model/question.ts'
import { readProcess } from '../../sources/proc/index.ts'
import type { Reader } from '../../sources/reader.ts'
import { ask } from '../../sources/runtime/ask.ts'

type Heap = Pick<MachineDocument['programs'][number], 'version' | 'bounded'>

const TIMEOUT_MS = 2_000
const RELEASE_BYTES = 16 * 1024

/** What tells its version, and who bounds its heap, as far as that can be read from outside. */
export async function heapOf(reader: Reader, pid: number, name: 'node' | 'java'): Promise<Heap> {
  const read = readProcess(reader, pid, { rollupMaxRssBytes: 0 })
  if (!read.ok) return {}
  const { fact: process } = read.observation
  const { questions, view } = name === 'node' ? NODE : JAVA
  const answers: RuntimeContext['answers'] = new Map(
    await Promise.all(
      questions(process).map(async (question) => {
        const answer = await ask(reader, pid, question, AbortSignal.timeout(TIMEOUT_MS))
        return [question.id, answer] as const
      }),
    ),
  )
  const { version, isBounded } = view(process, { answers, processes: [process], limitBytes: null })
  return {
    ...(version === null ? {} : { version }),
    ...(isBounded === null ? {} : { bounded: isBounded }),
  }
}

interface HeapReading {
  questions(process: ProcessState): readonly Question[]
  view(
    process: ProcessState,
    context: RuntimeContext,
  ): { version: string | null; isBounded: boolean | null }
}

const NODE: HeapReading = {
  questions: (process) => [
    ...versionQuestions(process),
    { kind: 'environment', id: 'environment', names: ['NODE_OPTIONS', 'NODE_VERSION'] },
  ],
  view({ command }, context) {
    const environment = environmentOf(context)
    const flags = nodeFlags(command, environment.get('NODE_OPTIONS') ?? null)
    const isSet = [flags.oldSpace, flags.heap, flags.percentage].some((flag) => flag !== null)
    return {
      version: nodeVersion(context, environment, [])?.text ?? null,
      isBounded: isKnown(command, context) ? isSet : null,
    }
  },
}

const JAVA: HeapReading = {
  questions: ({ executable }) => [
    ...releaseFiles(executable ?? ''),
    {
      kind: 'environment',
      id: 'environment',
      names: ['JAVA_TOOL_OPTIONS', 'JDK_JAVA_OPTIONS', '_JAVA_OPTIONS'],
    },
  ],
  view({ command }, context) {
    const release = answerText(context, 'release') ?? answerText(context, 'release above') ?? ''
    const words = [...command, ...environmentOf(context).values()].join(' ')
    const isSet = /(?:^|\s)-(?:Xmx|XX:MaxHeapSize=|XX:MaxRAM=)\d/.test(words)
    // What stands in a file of arguments is not known.
    const isHidden = command.some((word) => word.startsWith('@'))
    return {
      version: /^JAVA_VERSION="([\w.+-]{1,40})"$/m.exec(release)?.[1] ?? null,
      isBounded: isSet ? true : isKnown(command, context) && !isHidden ? false : null,
    }
  },
}

/** A JDK says in a file at its top what it is; that of Java 8 keeps its java one folder further down. */
function releaseFiles(executable: string): Question[] {
  const home = /^(\/.*)\/bin\/[^/]+$/.exec(executable)?.[1]
  if (home === undefined || home.includes('/..')) return []
  const above = home.slice(0, home.lastIndexOf('/'))
  const file = (id: string, folder: string): Question => ({
    kind: 'file',
    id,
    path: `root${folder}/release`,
    maxBytes: RELEASE_BYTES,
  })
  return [file('release', home), file('release above', above)]
}

/** Both its arguments and its variables could be read: what is not among them is not set. */
function isKnown(command: readonly string[], { answers }: RuntimeContext): boolean {
  return command.length > 0 && answers.get('environment')?.ok === true
}
