import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { java } from '../../src/bill/runtimes/java.ts'
import type { RuntimeView } from '../../src/model/bill.ts'
import type { Answer } from '../../src/model/question.ts'
import { readProcess } from '../../src/sources/proc/process.ts'
import { hostReader } from '../../src/sources/reader.ts'
import { ask } from '../../src/sources/runtime/ask.ts'
import type { TestGroup, TestProcess } from './cgroups.ts'
import type { ImageRecipe } from './images.ts'
import { run, testbedFolder, until } from './testbed.ts'

/** A folder with the program that takes memory of the kinds it is asked for; anybody may read it. */
export function shapes(): string {
  return compiled(join(import.meta.dirname, '../../fixtures/jvm/Shapes.java'))
}

/** A folder with the program that leaks memory which its heap does not know. */
export function nativeLeak(): string {
  return compiled(join(import.meta.dirname, 'growing/NativeLeak.java'))
}

function compiled(source: string): string {
  const folder = testbedFolder('jvm-classes')
  const classFile = join(folder, basename(source).replace(/java$/, 'class'))
  const found = statSync(classFile, { throwIfNoEntry: false })
  if (found !== undefined && found.mtimeMs > statSync(source).mtimeMs) return folder
  run(['javac', '--release', '8', '-Xlint:-options', '-d', folder, source])
  return folder
}

export interface TestJvm {
  pid: number
  /** Standard output so far. */
  said(): string
  /** Ends it as it wants to end, so that it takes its socket away. */
  stop(): Promise<void>
}

/** Starts a JVM in a group and waits until it holds what it was asked to take. */
export async function startJvm(
  group: TestGroup,
  options: readonly string[],
  shape: readonly string[] = [],
): Promise<TestJvm> {
  return whenReady(group.start(['java', ...options, '-cp', shapes(), 'Shapes', ...shape]))
}

export async function whenReady({ child, pid, ended }: TestProcess): Promise<TestJvm> {
  let text = ''
  child.stdout?.on('data', (chunk: Buffer) => (text += chunk.toString()))
  await until('the JVM is ready', () => text.includes('ready'), 60_000)
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM')
    await ended
  }
  return { pid, said: () => text, stop }
}

/** Asks a JVM all that a bill asks. */
export async function askAll(pid: number): Promise<{ view: RuntimeView; answers: Answer[] }> {
  const reader = hostReader()
  const read = readProcess(reader, pid, { rollupMaxRssBytes: Infinity })
  if (!read.ok) throw new Error(`process ${pid} is gone`)
  const process = read.observation.fact
  const answers: Answer[] = []
  for (const question of java.questions(process, [])) {
    answers.push(await ask(reader, pid, question, AbortSignal.timeout(10_000)))
  }
  const byId = new Map(answers.map((answer) => [answer.id, answer]))
  const view = java.view(process, { answers: byId, processes: [process], limitBytes: null })
  if (view === null) throw new Error(`process ${pid} is no JVM`)
  return { view, answers }
}

function home(): string {
  return dirname(dirname(realpathSync(run(['sh', '-c', 'command -v java']).trim())))
}

/** The machine's own Java with jcmd, without what only a compiler needs. */
export function jvmImage(): ImageRecipe {
  const root = home()
  const library = join(root, 'lib')
  // A folder comes before a library that would bring files of it; Debian's link to the sources leads nowhere.
  const entries = readdirSync(library, { withFileTypes: true })
    .toSorted((a, b) => Number(b.isDirectory()) - Number(a.isDirectory()))
    .map(({ name }) => join(library, name))
    .filter((path) => existsSync(path) && !/\/(?:src\.zip|ct\.sym)$/.test(path))
  return {
    name: 'stella-test/jvm',
    files: [...entries, join(root, 'conf'), join(root, 'bin/java'), join(root, 'bin/jcmd')],
    links: {
      'usr/bin/java': join(root, 'bin/java'),
      'usr/bin/jcmd': join(root, 'bin/jcmd'),
    },
  }
}
