import { MIB } from '../../model/bytes.ts'
import type { ProcessState } from '../../model/facts.ts'
import { baseName } from '../../parsers/lines.ts'
import { answerText } from './runtime.ts'
import type { Runtime, RuntimeContext } from './runtime.ts'
import { childrenOf, isMaster, treeView } from './worker-tree/tree.ts'
import type { WorkerTree } from './worker-tree/worker-tree.ts'

/** gunicorn: workers have the command line of their master unless the module setproctitle is there. */
export const gunicorn: Runtime = {
  id: 'gunicorn',
  recognise: (process, processes) => isMaster(process, processes, isGunicorn),
  questions: (master) => [
    { kind: 'environment', id: 'environment', names: ['WEB_CONCURRENCY', 'GUNICORN_CMD_ARGS'] },
    { kind: 'file', id: 'configuration', path: configurationPath(master), maxBytes: 64 * 1024 },
  ],
  view(master, context) {
    const workers = childrenOf(master, context.processes).filter(isGunicorn)
    const settings = settingsOf(master, context)
    return treeView(
      {
        runtime: gunicorn.id,
        version: null,
        master,
        workers,
        helpers: [],
        most: settings.most,
        eachCap: null,
        countSetting: '--workers',
        recycleSetting: settings.recycles ? null : '--max-requests',
        remarks: loadedByEach(workers, settings.preloads),
      },
      context,
    )
  },
}

function isGunicorn({ command }: ProcessState): boolean {
  return (
    /^gunicorn: (?:master|worker)/.test(command[0] ?? '') ||
    command.slice(0, 4).some((argument) => baseName(argument) === 'gunicorn')
  )
}

function configurationPath({ command }: ProcessState): string {
  const path = option(command, '-c', '--config') ?? 'gunicorn.conf.py'
  return path.startsWith('/') ? `root${path}` : `cwd/${path}`
}

interface Settings {
  most: WorkerTree['most']
  preloads: boolean
  recycles: boolean
}

/** In the order in which gunicorn itself lets one win over the other: command line, variable, file, WEB_CONCURRENCY. */
function settingsOf({ command }: ProcessState, context: RuntimeContext): Settings {
  const environment = answerText(context, 'environment') ?? ''
  const variable = /^GUNICORN_CMD_ARGS=(.*)$/m.exec(environment)?.[1]?.split(/\s+/) ?? []
  const file = answerText(context, 'configuration') ?? ''
  const counts: readonly (readonly [string | null | undefined, string])[] = [
    [option(command, '-w', '--workers'), '--workers'],
    [option(variable, '-w', '--workers'), 'GUNICORN_CMD_ARGS --workers'],
    // It is Python: only a plain number can be told without running it.
    [/^workers\s*=\s*(\d+)\s*(?:#.*)?$/m.exec(file)?.[1], 'workers ='],
    [/^WEB_CONCURRENCY=(\d+)$/m.exec(environment)?.[1], 'WEB_CONCURRENCY'],
  ]
  const [count, words] = counts.find(([value]) => /^\d{1,4}$/.test(value ?? '')) ?? []
  const isSet = (flag: string, name: string): boolean =>
    [...command, ...variable].some((word) => word === flag || word.startsWith(`${flag}=`)) ||
    new RegExp(`^${name}\\s*=\\s*(?!False|0\\b)\\S`, 'm').test(file)
  return {
    most: count ? { count: Number(count), setting: `${words} ${count}` } : null,
    preloads: isSet('--preload', 'preload_app'),
    recycles: isSet('--max-requests', 'max_requests'),
  }
}

/** `-w 4`, `-w4`, `--workers 4`, `--workers=4`. */
function option(words: readonly string[], short: string, long: string): string | null {
  for (const [at, word] of words.entries()) {
    if (word === short || word === long) return words[at + 1] ?? null
    if (word.startsWith(`${long}=`)) return word.slice(long.length + 1)
    if (word.startsWith(short) && !word.startsWith('--')) return word.slice(short.length)
  }
  return null
}

function loadedByEach(workers: readonly ProcessState[], preloads: boolean): string[] {
  const large = workers.filter(({ ussBytes }) => (ussBytes ?? 0) > 32 * MIB)
  if (preloads || large.length < 2) return []
  return [
    'It runs without --preload: each worker loads the application for itself. With it the master loads it once, and they share what they do not write to.',
  ]
}
