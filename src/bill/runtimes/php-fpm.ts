import { formatBytes, KIB, MIB } from '../../model/bytes.ts'
import type { ProcessState } from '../../model/facts.ts'
import type { Question } from '../../model/question.ts'
import { folderName } from '../../parsers/lines.ts'
import { readPhpSize } from '../../parsers/quantity/php.ts'
import { sumKnown } from '../processes.ts'
import { answerText } from './runtime.ts'
import type { Runtime, RuntimeContext } from './runtime.ts'
import { childrenOf, isMaster, treeView } from './worker-tree/tree.ts'
import type { WorkerTree } from './worker-tree/worker-tree.ts'

/** PHP's own default of memory_limit, main.c. */
const DEFAULT_LIMIT = '128M'
const MAX_POOLS = 16

/** php-fpm writes the roles into its titles: `php-fpm: master process (/etc/…/php-fpm.conf)`, `php-fpm: pool www`. */
export const phpFpm: Runtime = {
  id: 'php-fpm',
  recognise: (process, processes) =>
    isMaster(process, processes, (one) => title(one).startsWith('php-fpm: master process')),
  questions,
  view(master, context) {
    const workers = childrenOf(master, context.processes).filter((one) => poolOf(one) !== null)
    const settings = settingsOf(workers, context)
    return treeView(
      {
        runtime: phpFpm.id,
        version: versionOf(master),
        master,
        workers,
        helpers: [],
        most: settings.most,
        eachCap: settings.eachCap,
        countSetting: 'pm.max_children',
        recycleSetting: settings.recycles ? null : 'pm.max_requests',
        remarks: sharedOpcache([master, ...workers]),
      },
      context,
    )
  },
}

/** Folders cannot be listed: each pool is looked for where Debian, the official image and Red Hat keep it. */
function questions(master: ProcessState, processes: readonly ProcessState[]): Question[] {
  const path = /^php-fpm: master process \((\/[^)]+)\)/.exec(title(master))?.[1]
  if (path === undefined) return []
  const folder = folderName(path)
  const pools = [...poolNames(childrenOf(master, processes)), 'zz-docker']
  const files = [
    path,
    ...pools.flatMap((name) => [
      `${folder}/pool.d/${name}.conf`,
      `${folder}/php-fpm.d/${name}.conf`,
    ]),
    `${folder}/php.ini`,
    `${folder}/php/php.ini`,
  ]
  return files.map((file) => ({
    kind: 'file',
    id: `${file.endsWith('php.ini') ? 'ini' : 'conf'}:${file}`,
    path: `root${file}`,
    maxBytes: 256 * KIB,
  }))
}

function title({ command }: ProcessState): string {
  return command.join(' ')
}

/** A name in a title becomes part of a path: one that could lead elsewhere is none. */
function poolOf(process: ProcessState): string | null {
  return /^php-fpm: pool ([\w.-]{1,64})\s*$/.exec(title(process))?.[1] ?? null
}

function poolNames(workers: readonly ProcessState[]): string[] {
  const names = new Set(workers.map(poolOf).filter((name) => name !== null))
  return [...names.add('www')].slice(0, MAX_POOLS)
}

function versionOf({ name }: ProcessState): string | null {
  const version = /^php-fpm(\d\.\d)$/.exec(name ?? '')?.[1]
  return version === undefined ? null : `PHP ${version}`
}

interface Settings {
  most: WorkerTree['most']
  eachCap: WorkerTree['eachCap']
  recycles: boolean
}

function settingsOf(workers: readonly ProcessState[], context: RuntimeContext): Settings {
  const texts = (kind: string): string[] =>
    [...context.answers.keys()]
      .filter((id) => id.startsWith(`${kind}:`))
      .map((id) => answerText(context, id) ?? '')
  const pools = poolSettings(texts('conf'))
  const running = poolNames(workers).flatMap((name) => {
    const pool = pools.get(name)
    return pool === undefined ? [] : [{ name, pool }]
  })
  const counts = running.map(({ pool }) => wholeNumber(pool.get('pm.max_children')))
  const count = counts.includes(null) ? null : sumKnown(counts)
  const names = running.length > 1 ? ` of ${running.map(({ name }) => name).join(' + ')}` : ''
  const limits = running.map(({ pool }) => memoryLimit(pool, texts('ini')))
  const least = limits[0]
  return {
    most: count === null ? null : { count, setting: `pm.max_children${names} (${count})` },
    // Pools may differ: then no one figure bounds each worker.
    eachCap:
      least !== undefined && least !== null && limits.every((one) => one?.bytes === least.bytes)
        ? least
        : null,
    recycles: running.every(({ pool }) => (wholeNumber(pool.get('pm.max_requests')) ?? 0) > 0),
  }
}

/** Settings by pool; what comes later wins. */
function poolSettings(texts: readonly string[]): Map<string, Map<string, string>> {
  const pools = new Map<string, Map<string, string>>()
  for (const text of texts) {
    let pool: Map<string, string> | null = null
    for (const line of text.split('\n')) {
      const section = /^\s*\[([\w.-]{1,64})\]/.exec(line)?.[1]
      if (section !== undefined) {
        pool = pools.get(section) ?? new Map()
        if (pools.size < 10 * MAX_POOLS) pools.set(section, pool)
      }
      const setting = /^\s*([\w.[\]]{1,64})\s*=(.*)/.exec(line)
      if (setting !== null && pool !== null && pool.size < 1_000) {
        pool.set(setting[1] ?? '', valueOf(setting[2] ?? ''))
      }
    }
  }
  return pools
}

function memoryLimit(
  pool: ReadonlyMap<string, string>,
  inis: readonly string[],
): WorkerTree['eachCap'] {
  const ini = inis.map((text) => /^[ \t]*memory_limit[ \t]*=(.*)/m.exec(text)?.[1])
  const value =
    pool.get('php_admin_value[memory_limit]') ??
    pool.get('php_value[memory_limit]') ??
    valueOf(ini.find((found) => found !== undefined) ?? DEFAULT_LIMIT)
  const bytes = readPhpSize(value)
  return bytes === null ? null : { bytes, setting: `memory_limit ${value}` }
}

/** Without quotes and comment. */
function valueOf(text: string): string {
  return (/^\s*"([^"]*)"/.exec(text)?.[1] ?? text.replace(/;.*/, '')).trim().slice(0, 64)
}

function wholeNumber(text: string | undefined): number | null {
  return /^\d{1,6}$/.test(text ?? '') ? Number(text) : null
}

function sharedOpcache(processes: readonly ProcessState[]): string[] {
  const shared = sumKnown(processes.map(({ pssShmemBytes }) => pssShmemBytes)) ?? 0
  const counted = sumKnown(processes.map(({ shmemRssBytes }) => shmemRssBytes)) ?? 0
  if (shared < MIB) return []
  const ps = counted > shared ? `, counted as ${formatBytes(counted)} in the RSS of them all` : ''
  return [
    `${formatBytes(shared)} of it are shared memory, that of opcache above all (opcache.memory_consumption)${ps}.`,
  ]
}
